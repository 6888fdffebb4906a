// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <numeric>

#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "apps/command.h"
#include "apps/figure.h"
#include "apps/motif_options.h"
#include "core/error.h"
#include "genomics/motif_file.h"
#include "genomics/motif_logo.h"

namespace genocuda::apps {
namespace {

/// Where the motifs come from: a file of motifs, or aligned sites that make one.
struct MotifSource {
  std::string path, sites;
  std::vector<std::string> only;
};

void add_motif_source(CLI::App& command, MotifSource& source) {
  CLI::Option* motifs = command.add_option("-m,--motifs", source.path, "MEME, JASPAR or HOCOMOCO file (plain or gzip)");
  command.add_option("--sites", source.sites, "aligned sites of one motif instead, one a line or FASTA")
      ->excludes(motifs);
  command.add_option("--only", source.only, "motifs to take, by id or name (default: all)")->delimiter(',');
}

std::vector<Motif> read(const MotifSource& source) {
  if (source.path.empty() && source.sites.empty()) {
    throw Error(ErrorKind::invalid_argument, "give --motifs FILE or --sites FILE");
  }
  const bool from_sites = source.path.empty();
  const std::vector<Motif> all =
      from_sites ? std::vector{read_aligned_sites(source.sites, std::filesystem::path(source.sites).stem().string())}
                 : read_motifs(source.path);
  return choose_motifs(all, source.only, from_sites ? source.sites : source.path);
}

std::vector<Motif> turned(std::vector<Motif> motifs, bool reverse) {
  if (reverse)
    std::ranges::transform(motifs, motifs.begin(), [](Motif& m) { return reverse_complement(std::move(m)); });
  return motifs;
}

// show: a row a motif, or its matrix

struct Show {
  MotifSource source;
  MotifOptions options;
  std::string matrix, out;
  bool reverse = false;
};

std::string overview(const std::vector<Motif>& motifs) {
  std::string text = "motif\tname\twidth\tsites\tinformation\tconsensus\n";
  for (const Motif& motif : motifs) {
    const std::vector<double> bits = information(motif);
    text += fmt::format("{}\t{}\t{}\t{}\t{:.4f}\t{}\n", motif.id, motif.name, motif.width(),
                        motif.sites > 0 ? fmt::format("{:.6g}", motif.sites) : "NA",
                        std::accumulate(bits.begin(), bits.end(), 0.0), consensus(motif));
  }
  return text;
}

std::string matrices(const std::vector<Motif>& motifs, const Show& show) {
  const BaseNumbers background = background_of(show.options);
  std::string text = "motif\tposition\tA\tC\tG\tT\tinformation\n";
  for (const Motif& motif : motifs) {
    const std::vector<BaseNumbers> rows = show.matrix == "counts" ? motif.counts
                                          : show.matrix == "pwm"
                                              ? probabilities(motif, show.options.pseudocount, background)
                                              : log_odds(motif, show.options.pseudocount, background);
    const std::vector<double> bits = information(motif);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      text += fmt::format("{}\t{}\t{:.6g}\t{:.4f}\n", motif.id, i + 1, fmt::join(rows[i], "\t"), bits[i]);
    }
  }
  return text;
}

void add_show(CLI::App& parent) {
  CLI::App* command =
      parent.add_subcommand("show", "A row a motif: width, sites, bits, consensus; or its matrix (TSV)");
  auto show = std::make_shared<Show>();
  add_motif_source(*command, show->source);
  command
      ->add_option("--matrix", show->matrix,
                   "a row a position instead: counts, pwm (probabilities) or pssm (log2 odds, in bits)")
      ->check(CLI::IsMember({"counts", "pwm", "pssm"}));
  add_motif_options(*command, show->options, false);
  command->add_flag("--reverse", show->reverse, "of the other strand");
  command->add_option("-o,--out", show->out, "file for the table (default: standard output)");
  command->callback([show] {
    const std::vector<Motif> motifs = turned(read(show->source), show->reverse);
    write_text(show->out, show->matrix.empty() ? overview(motifs) : matrices(motifs, *show));
  });
}

// convert: the same motifs in another format

struct Convert {
  MotifSource source;
  std::string to, out;
  bool reverse = false;
};

void add_convert(CLI::App& parent) {
  static const std::map<std::string, MotifFormat> kFormats{{"meme", MotifFormat::meme},
                                                           {"jaspar", MotifFormat::jaspar},
                                                           {"pcm", MotifFormat::pcm},
                                                           {"pfm", MotifFormat::pfm}};
  CLI::App* command = parent.add_subcommand("convert", "Write motifs in another format");
  auto convert = std::make_shared<Convert>();
  add_motif_source(*command, convert->source);
  command
      ->add_option(
          "--to", convert->to,
          "meme, jaspar (counts, a row a base), pcm or pfm (HOCOMOCO: counts or frequencies, a row a position)")
      ->required()
      ->check(CLI::IsMember({"meme", "jaspar", "pcm", "pfm"}));
  command->add_flag("--reverse", convert->reverse, "the motifs of the other strand");
  command->add_option("-o,--out", convert->out, "file for the motifs (default: standard output)");
  command->callback([convert] {
    write_text(convert->out, write_motifs(turned(read(convert->source), convert->reverse), kFormats.at(convert->to)));
  });
}

// logo: a picture of one motif

struct Logo {
  MotifSource source;
  LogoOptions options;
  std::string out;
  bool uncorrected = false;
};

void add_logo(CLI::App& parent) {
  CLI::App* command = parent.add_subcommand("logo", "Draw a motif as a sequence logo (SVG)");
  auto logo = std::make_shared<Logo>();
  add_motif_source(*command, logo->source);
  command->add_flag("--uncorrected", logo->uncorrected, "without the correction of the information for few sites");
  command->add_flag("--reverse", logo->options.reverse, "of the other strand");
  add_svg_file(*command, logo->out);
  command->callback([logo] {
    const std::vector<Motif> motifs = read(logo->source);
    if (motifs.size() != 1) {
      throw Error(ErrorKind::invalid_argument, "{} holds {} motifs and a logo shows one: choose it with --only",
                  logo->source.path, motifs.size());
    }
    LogoOptions options = logo->options;
    options.corrected = !logo->uncorrected;
    write_text(logo->out, motif_logo(motifs.front(), options));
  });
}

}  // namespace

void add_motifs(CLI::App& app) {
  CLI::App* command = app.add_subcommand("motifs", "Look at motifs, convert them, draw their logos");
  add_show(*command);
  add_convert(*command);
  add_logo(*command);
  require_subcommand(*command);
  command->footer(
      "Examples:\n"
      "  genocuda motifs show -m JASPAR2022.txt\n"
      "  genocuda motifs show --sites sites.txt --matrix pssm --pseudocount 1\n"
      "  genocuda motifs convert -m HOCOMOCO.pcm --to meme -o motifs.meme\n"
      "  genocuda motifs logo -m motifs.meme --only CTCF -o ctcf.svg");
}

}  // namespace genocuda::apps

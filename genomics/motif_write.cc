// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "genomics/motif_file.h"

namespace genocuda {
namespace {

std::string meme_header(const BaseNumbers& background) {
  return fmt::format(
      "MEME version 4\n\nALPHABET= ACGT\n\nstrands: + -\n\nBackground letter frequencies\nA {} C {} G {} T {}\n\n",
      background[0], background[1], background[2], background[3]);
}

std::string meme(const Motif& motif) {
  std::string text = fmt::format("MOTIF {}{}{}\nletter-probability matrix: alength= 4 w= {} nsites= {}\n", motif.id,
                                 motif.name.empty() ? "" : " ", motif.name, motif.width(),
                                 motif.sites > 0 ? motif.sites : kAssumedSites);
  for (const BaseNumbers& row : probabilities(motif)) text += fmt::format(" {:.9f}\n", fmt::join(row, "  "));
  return text + "\n";
}

std::string header(const Motif& motif) {
  return fmt::format(">{}{}{}\n", motif.id, motif.name.empty() ? "" : "\t", motif.name);
}

std::string jaspar(const Motif& motif) {
  std::string text = header(motif);
  for (int base = 0; base < dna::kBases; ++base) {
    text += fmt::format("{}  [", dna::kLetters[base]);
    for (const BaseNumbers& row : motif.counts) text += fmt::format(" {}", row[base]);
    text += " ]\n";
  }
  return text;
}

std::string rows(const Motif& motif, const std::vector<BaseNumbers>& numbers) {
  std::string text = header(motif);
  for (const BaseNumbers& row : numbers) text += fmt::format("{}\n", fmt::join(row, "\t"));
  return text;
}

}  // namespace

std::string write_motifs(const std::vector<Motif>& motifs, MotifFormat format, const BaseNumbers& background) {
  std::string text = format == MotifFormat::meme ? meme_header(background) : std::string();
  for (const Motif& motif : motifs) {
    switch (format) {
      case MotifFormat::meme:
        text += meme(motif);
        break;
      case MotifFormat::jaspar:
        text += jaspar(motif);
        break;
      case MotifFormat::pcm:
        text += rows(motif, motif.counts);
        break;
      case MotifFormat::pfm:
        text += rows(motif, probabilities(motif));
        break;
    }
  }
  return text;
}

}  // namespace genocuda

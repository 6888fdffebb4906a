// SPDX-License-Identifier: Apache-2.0
#include "genomics/motif_file.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <unordered_set>
#include <utility>

#include "core/error.h"
#include "genomics/fasta.h"
#include "genomics/motif_text.h"
#include "genomics/text.h"

namespace genocuda {
namespace {

/// How far from 1 the frequencies of a position may sum: files round them to three digits or more.
constexpr double kRounding = 0.02;

void require_one_each(const MotifMatrices& file) {
  if (file.matrices.empty()) {
    throw Error(ErrorKind::input_file, "{} holds no motif; MEME, JASPAR and HOCOMOCO files are known", file.path);
  }
  std::unordered_set<std::string_view> ids;
  for (const MotifMatrix& matrix : file.matrices) {
    if (!ids.insert(matrix.id).second) {
      throw Error(ErrorKind::input_file, "{} line {}: motif '{}' comes twice", file.path, matrix.line, matrix.id);
    }
  }
}

}  // namespace

MotifMatrices read_motif_matrices(const std::string& path) {
  LineReader lines(path);
  return read_motif_matrices(lines);
}

MotifMatrices read_motif_matrices(LineReader& lines) {
  MotifMatrices file;
  file.path = lines.name();
  std::string_view line;
  do {
    if (!lines.next(line)) {
      throw Error(ErrorKind::input_file, "{} is empty; it should hold motifs (MEME, JASPAR or HOCOMOCO)", lines.name());
    }
  } while (trim(line).empty() || line.front() == '#' || line.front() == '*');
  if (line.starts_with("MEME version")) {
    file.matrices = motif_text::read_meme(lines);
  } else if (line.front() == '>') {
    file.matrices = motif_text::read_headed(lines, line);
  } else {
    throw Error(ErrorKind::input_file,
                "{}: {} begins no file of motifs; MEME files begin with 'MEME version', JASPAR and HOCOMOCO files with "
                "'>'",
                lines.here(), quoted(line));
  }
  require_one_each(file);
  return file;
}

std::vector<Motif> read_motifs(const std::string& path) { return to_motifs(read_motif_matrices(path)); }

std::vector<Motif> to_motifs(const MotifMatrices& file) {
  std::vector<Motif> motifs;
  for (const MotifMatrix& matrix : file.matrices) {
    Motif motif{matrix.id, matrix.name, matrix.rows, matrix.sites};
    double largest = 0;
    bool frequencies = true;
    for (std::size_t i = 0; i < motif.counts.size(); ++i) {
      const BaseNumbers& row = motif.counts[i];
      const double sum = std::accumulate(row.begin(), row.end(), 0.0);
      if (std::ranges::min(row) < 0 || !(sum > 0)) {
        throw Error(ErrorKind::input_file,
                    "{} line {}: position {} of motif '{}' has {}; counts and frequencies are not below 0, and not all "
                    "0",
                    file.path, matrix.line, i + 1, matrix.id,
                    std::ranges::min(row) < 0 ? "a negative number" : "no count at all");
      }
      largest = std::max(largest, sum);
      frequencies = frequencies && std::abs(sum - 1) < kRounding;
    }
    if (frequencies) {
      const double sites = matrix.sites > 0 ? matrix.sites : kAssumedSites;
      for (BaseNumbers& row : motif.counts) {
        const double sum = std::accumulate(row.begin(), row.end(), 0.0);
        for (double& number : row) number *= sites / sum;
      }
    } else if (motif.sites == 0) {
      motif.sites = largest;
    }
    motifs.push_back(std::move(motif));
  }
  return motifs;
}

std::vector<Motif> choose_motifs(const std::vector<Motif>& motifs, const std::vector<std::string>& wanted,
                                 const std::string& path) {
  if (wanted.empty()) return motifs;
  std::vector<Motif> chosen;
  for (const std::string& name : wanted) {
    const auto found = std::ranges::find_if(
        motifs, [&](const Motif& motif) { return motif.id == name || (!motif.name.empty() && motif.name == name); });
    if (found == motifs.end()) throw Error(ErrorKind::input_file, "{}: there is no motif '{}'", path, name);
    chosen.push_back(*found);
  }
  return chosen;
}

Motif read_aligned_sites(const std::string& path, std::string id) {
  std::vector<std::string> sites;
  std::int64_t line_of_site = 0;
  const auto add = [&](std::string site, std::int64_t line) {
    if (!sites.empty() && site.size() != sites[0].size()) {
      throw Error(ErrorKind::input_file, "{} line {}: a site of {} bases, but the first has {}; align them first", path,
                  line, site.size(), sites[0].size());
    }
    sites.push_back(std::move(site));
    line_of_site = line;
  };
  LineReader first(path);
  std::string_view line;
  while (first.next(line) && trim(line).empty()) {
  }
  LineReader lines(path);
  if (line.starts_with('>')) {
    FastaReader fasta(lines);
    FastaRecord record;
    while (fasta.next(record)) add(record.sequence.letters(), record.line);
  } else {
    while (lines.next(line)) {
      const std::string_view site = trim(line);
      if (site.empty() || site.front() == '#') continue;
      const auto wrong = std::ranges::find_if(site, [](char c) { return dna::code_of(c) == dna::kNotABase; });
      if (wrong != site.end()) {
        throw Error(ErrorKind::input_file, "{}: {} is no base; aligned sites are one a line, or FASTA", lines.here(),
                    quoted(std::string_view(&*wrong, 1)));
      }
      add(std::string(site), lines.line_number());
    }
  }
  if (sites.empty()) throw Error(ErrorKind::input_file, "{} holds no sites; write one a line, or FASTA", path);
  try {
    return motif_from_sites(sites, std::move(id));
  } catch (const Error& error) {
    throw Error(ErrorKind::input_file, "{} line {}: {}", path, line_of_site, error.what());
  }
}

}  // namespace genocuda

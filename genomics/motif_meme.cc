// SPDX-License-Identifier: Apache-2.0
// MEME's text format, as far as motifs go: https://meme-suite.org/meme/doc/meme-format.html
#include <algorithm>
#include <optional>
#include <string>

#include "core/error.h"
#include "genomics/motif_text.h"
#include "genomics/text.h"

namespace genocuda::motif_text {
namespace {

constexpr std::string_view kMatrix = "letter-probability matrix";

/// The number behind "w=" or "nsites=", with or without a blank between.
std::optional<double> setting(std::string_view line, std::string_view key, const LineReader& lines) {
  std::vector<std::string_view> words;
  split_words(line, words);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!words[i].starts_with(key)) continue;
    std::string_view value = words[i].substr(key.size());
    if (value.empty() && i + 1 < words.size()) value = words[i + 1];
    return read_number(value, lines);
  }
  return std::nullopt;
}

void read_rows(LineReader& lines, std::optional<double> width, MotifMatrix& matrix) {
  const auto complete = [&] { return width && static_cast<double>(matrix.rows.size()) >= *width; };
  std::vector<std::string_view> fields;
  std::string_view line;
  while (!complete() && lines.next(line)) {
    split_words(line, fields);
    if (fields.empty()) {
      if (matrix.rows.empty()) continue;
      break;
    }
    if (fields.size() != dna::kBases) {
      throw Error(ErrorKind::input_file, "{}: {} is no row of a matrix of motif '{}', which has four numbers a row{}",
                  lines.here(), quoted(line), matrix.id,
                  width ? fmt::format(" and {} rows by its header", *width) : std::string());
    }
    BaseNumbers row;
    std::ranges::transform(fields, row.begin(), [&](std::string_view field) { return read_number(field, lines); });
    matrix.rows.push_back(row);
  }
  if (matrix.rows.empty() || (width && !complete())) {
    throw Error(ErrorKind::input_file, "{}: the matrix of motif '{}' ends after {} rows{}", lines.here(), matrix.id,
                matrix.rows.size(), width ? fmt::format(" of {}", *width) : std::string());
  }
}

}  // namespace

std::vector<MotifMatrix> read_meme(LineReader& lines) {
  std::vector<MotifMatrix> matrices;
  MotifMatrix header;
  std::vector<std::string_view> words;
  std::string_view line;
  while (lines.next(line)) {
    if (line.starts_with("ALPHABET")) {
      split_words(line, words);
      const std::string_view letters = words.back().starts_with("ALPHABET=") ? words.back().substr(9) : words.back();
      if (words.size() <= 2 && !letters.empty() && letters != "ACGT") {
        throw Error(ErrorKind::input_file, "{}: the alphabet {} is not DNA's ACGT", lines.here(), quoted(letters));
      }
    } else if (line.starts_with("MOTIF")) {
      split_words(line, words);
      if (words.size() < 2) throw Error(ErrorKind::input_file, "{}: the motif has no name", lines.here());
      header = {std::string(words[1]), words.size() > 2 ? std::string(words[2]) : "", {}, 0, lines.line_number()};
    } else if (line.starts_with(kMatrix)) {
      if (header.id.empty()) {
        throw Error(ErrorKind::input_file, "{}: a matrix without a line 'MOTIF name' before it", lines.here());
      }
      if (setting(line, "alength=", lines).value_or(dna::kBases) != dna::kBases) {
        throw Error(ErrorKind::input_file, "{}: the alphabet of motif '{}' is not DNA's four letters", lines.here(),
                    header.id);
      }
      // 1 or less stands for "not known" in files that were made from frequencies alone.
      const double sites = setting(line, "nsites=", lines).value_or(0);
      header.sites = sites > 1 ? sites : 0;
      read_rows(lines, setting(line, "w=", lines), header);
      matrices.push_back(std::move(header));
      header = {};
    }
  }
  return matrices;
}

}  // namespace genocuda::motif_text

// SPDX-License-Identifier: Apache-2.0
// Motif files of '>' headers and plain numbers: JASPAR's two layouts, and HOCOMOCO's.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <string>

#include "core/error.h"
#include "genomics/motif_text.h"
#include "genomics/text.h"

namespace genocuda::motif_text {
namespace {

/// A record as it stands in the file.
struct Record {
  MotifMatrix matrix;                      ///< without rows
  std::vector<std::vector<double>> lines;  ///< of numbers
  std::vector<std::int64_t> line_numbers;
  std::string letters;  ///< before the lines, where there are some: "ACGT"
};

enum class Layout { unknown, bases, positions };

void read_line(std::string_view line, const LineReader& lines, Record& record) {
  std::string text(line);
  std::ranges::replace(text, '[', ' ');
  std::ranges::replace(text, ']', ' ');
  std::vector<std::string_view> fields;
  split_words(text, fields);
  if (fields.empty()) return;
  const bool lettered = fields[0].size() == 1 && dna::code_of(fields[0][0]) < dna::kBases;
  if (lettered != !record.letters.empty() && !record.lines.empty()) {
    throw Error(ErrorKind::input_file, "{}: some rows of motif '{}' begin with a base and some do not", lines.here(),
                record.matrix.id);
  }
  if (lettered) {
    record.letters += dna::kLetters[dna::code_of(fields[0][0])];
    fields.erase(fields.begin());
  }
  std::vector<double> numbers;
  for (const std::string_view field : fields) numbers.push_back(read_number(field, lines));
  record.lines.push_back(std::move(numbers));
  record.line_numbers.push_back(lines.line_number());
}

bool has_four_lines(const Record& record) { return record.lines.size() == dna::kBases; }
bool has_four_numbers(const Record& record) {
  return std::ranges::all_of(record.lines, [](const auto& line) { return line.size() == dna::kBases; });
}

bool equal_sums(const std::vector<double>& sums) {
  return std::ranges::all_of(sums, [&](double sum) { return std::abs(sum - sums[0]) <= 1e-6 * std::abs(sums[0]); });
}

/// What the shape of one record says; of 4 x 4 numbers nothing.
Layout shape_of(const Record& record) {
  if (!record.letters.empty()) return Layout::bases;
  if (has_four_numbers(record)) return has_four_lines(record) ? Layout::unknown : Layout::positions;
  return Layout::bases;
}

Layout layout_by_sums(const Record& record) {
  std::vector<double> of_lines, of_columns(dna::kBases);
  for (const auto& line : record.lines) {
    of_lines.push_back(std::accumulate(line.begin(), line.end(), 0.0));
    for (int i = 0; i < dna::kBases; ++i) of_columns[i] += line[i];
  }
  return equal_sums(of_columns) && !equal_sums(of_lines) ? Layout::bases : Layout::positions;
}

MotifMatrix arrange(Record& record, Layout layout, const std::string& path) {
  MotifMatrix matrix = std::move(record.matrix);
  const auto fail = [&](std::size_t line) {
    throw Error(ErrorKind::input_file,
                "{} line {}: motif '{}' should have four rows (A, C, G, T) of one length, or four numbers a row", path,
                line < record.line_numbers.size() ? record.line_numbers[line] : matrix.line, matrix.id);
  };
  if (record.lines.empty()) {
    throw Error(ErrorKind::input_file, "{} line {}: motif '{}' has no matrix", path, matrix.line, matrix.id);
  }
  if (layout == Layout::positions) {
    for (std::size_t i = 0; i < record.lines.size(); ++i) {
      if (record.lines[i].size() != dna::kBases) fail(i);
      matrix.rows.push_back({record.lines[i][0], record.lines[i][1], record.lines[i][2], record.lines[i][3]});
    }
    return matrix;
  }
  if (!has_four_lines(record)) fail(record.lines.size() < dna::kBases ? record.lines.size() - 1 : dna::kBases);
  if (!record.letters.empty() && record.letters != "ACGT") fail(0);
  matrix.rows.resize(record.lines[0].size());
  for (int base = 0; base < dna::kBases; ++base) {
    if (record.lines[base].size() != matrix.rows.size() || matrix.rows.empty()) fail(base);
    for (std::size_t i = 0; i < matrix.rows.size(); ++i) matrix.rows[i][base] = record.lines[base][i];
  }
  return matrix;
}

}  // namespace

double read_number(std::string_view field, const LineReader& lines) {
  const std::optional<double> number = parse_number(field);
  if (!number) throw Error(ErrorKind::input_file, "{}: {} is no number", lines.here(), quoted(field));
  return *number;
}

std::vector<MotifMatrix> read_headed(LineReader& lines, std::string_view line) {
  std::vector<Record> records;
  do {
    if (trim(line).empty() || line.front() == '#') continue;
    if (line.front() == '>') {
      std::vector<std::string_view> words;
      split_words(line.substr(1), words);
      if (words.empty()) throw Error(ErrorKind::input_file, "{}: the motif has no name", lines.here());
      Record record;
      record.matrix.id = words[0];
      if (words.size() > 1) record.matrix.name = words[1];
      record.matrix.line = lines.line_number();
      records.push_back(std::move(record));
    } else {
      read_line(line, lines, records.back());
    }
  } while (lines.next(line));

  Layout of_file = Layout::unknown;
  for (const Record& record : records) {
    if (of_file == Layout::unknown) of_file = shape_of(record);
  }
  std::vector<MotifMatrix> matrices;
  for (Record& record : records) {
    Layout layout = shape_of(record);
    if (layout == Layout::unknown) layout = of_file;
    if (layout == Layout::unknown) layout = layout_by_sums(record);
    matrices.push_back(arrange(record, layout, lines.name()));
  }
  return matrices;
}

}  // namespace genocuda::motif_text

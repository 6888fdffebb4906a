// SPDX-License-Identifier: Apache-2.0
#include "genomics/sequence_table.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "genomics/sequence_set.h"
#include "genomics/text.h"

namespace genocuda {
namespace {

// The fields of one line; quotes of CSV ("" within them stands for one) are taken off where there are any.
class FieldSplitter {
 public:
  explicit FieldSplitter(char separator) : separator_(separator) {}

  const std::vector<std::string_view>& split(std::string_view line, const LineReader& lines) {
    if (line.find('"') == std::string_view::npos) {
      split_fields(line, separator_, fields_);
    } else {
      split_quoted(line, lines);
    }
    for (std::string_view& field : fields_) field = trim(field);
    return fields_;
  }

 private:
  void split_quoted(std::string_view line, const LineReader& lines) {
    fields_.clear();
    unquoted_.clear();
    unquoted_.reserve(line.size());  // the fields point into it
    std::size_t begin = 0;
    bool inside = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const char letter = line[i];
      if (letter == '"') {
        if (inside && i + 1 < line.size() && line[i + 1] == '"') {
          unquoted_ += line[++i];
        } else {
          inside = !inside;
        }
      } else if (letter == separator_ && !inside) {
        fields_.push_back(std::string_view(unquoted_).substr(begin));
        begin = unquoted_.size();
      } else {
        unquoted_ += letter;
      }
    }
    if (inside) throw Error(ErrorKind::input_file, "{}: a quote is opened and not closed; close it", lines.here());
    fields_.push_back(std::string_view(unquoted_).substr(begin));
  }

  char separator_;
  std::vector<std::string_view> fields_;
  std::string unquoted_;
};

enum class Meaning : std::uint8_t { sequence, name, chromosome, start, end, strand, count };

std::optional<Meaning> meaning_of(std::string_view column) {
  static constexpr std::pair<const char*, Meaning> kMeanings[] = {{"sequence", Meaning::sequence},
                                                                  {"seq", Meaning::sequence},
                                                                  {"name", Meaning::name},
                                                                  {"id", Meaning::name},
                                                                  {"chrom", Meaning::chromosome},
                                                                  {"chr", Meaning::chromosome},
                                                                  {"chromosome", Meaning::chromosome},
                                                                  {"start", Meaning::start},
                                                                  {"end", Meaning::end},
                                                                  {"strand", Meaning::strand}};
  for (const auto& [name, meaning] : kMeanings) {
    if (same_word(column, name)) return meaning;
  }
  return std::nullopt;
}

struct Task {
  std::string name;
  std::size_t column;
};

struct Header {
  std::optional<std::size_t> columns[static_cast<std::size_t>(Meaning::count)];
  std::vector<Task> tasks;
  std::size_t size = 0;

  std::optional<std::size_t> column(Meaning meaning) const { return columns[static_cast<std::size_t>(meaning)]; }
  bool has_places() const { return column(Meaning::chromosome) && column(Meaning::start) && column(Meaning::end); }
};

Header read_header(const std::vector<std::string_view>& fields, const SequenceTableOptions& options,
                   const LineReader& lines) {
  Header header;
  header.size = fields.size();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (std::find(fields.begin(), fields.begin() + static_cast<std::ptrdiff_t>(i), fields[i]) !=
        fields.begin() + static_cast<std::ptrdiff_t>(i)) {
      throw Error(ErrorKind::input_file, "{}: column {} comes twice; rename one of them", lines.here(),
                  quoted(fields[i]));
    }
    const auto meaning = meaning_of(fields[i]);
    auto* column = meaning ? &header.columns[static_cast<std::size_t>(*meaning)] : nullptr;
    if (column && !*column) {
      *column = i;
    } else if (options.tasks.empty()) {
      header.tasks.push_back({std::string(fields[i]), i});
    }
  }
  if (!header.column(Meaning::sequence)) {
    throw Error(ErrorKind::input_file, "{} has no column 'sequence'; the first line must name the columns",
                lines.here());
  }
  for (const std::string& task : options.tasks) {
    const auto found = std::find(fields.begin(), fields.end(), task);
    if (found == fields.end()) {
      throw Error(ErrorKind::input_file, "{} has no column {} for a task of that name", lines.here(), quoted(task));
    }
    header.tasks.push_back({task, static_cast<std::size_t>(found - fields.begin())});
  }
  return header;
}

float read_label(std::string_view field, const Task& task, const LineReader& lines) {
  if (field.empty() || same_word(field, "NA") || same_word(field, "nan"))
    return std::numeric_limits<float>::quiet_NaN();
  // The two labels of nearly every table.
  if (field == "0") return 0.f;
  if (field == "1") return 1.f;
  const auto value = parse_number(field);
  if (!value) {
    throw Error(ErrorKind::input_file, "{}: {} in column '{}' is no number; leave it empty where the label is missing",
                lines.here(), quoted(field), task.name);
  }
  return static_cast<float>(*value);
}

// The place of a row; nothing where the row names no chromosome.
std::optional<Place> read_place(const std::vector<std::string_view>& fields, const Header& header,
                                const LineReader& lines) {
  if (!header.has_places() || fields[*header.column(Meaning::chromosome)].empty()) return std::nullopt;
  const std::string_view start = fields[*header.column(Meaning::start)], end = fields[*header.column(Meaning::end)];
  const auto from = parse_integer(start), to = parse_integer(end);
  if (!from || !to || *from >= *to) {
    throw Error(ErrorKind::input_file, "{}: start {} and end {} are no interval; start must be below end", lines.here(),
                quoted(start), quoted(end));
  }
  Place place{std::string(fields[*header.column(Meaning::chromosome)]), *from, *to, Strand::forward};
  if (const auto strand = header.column(Meaning::strand)) {
    if (fields[*strand] == "-") place.strand = Strand::reverse;
  }
  return place;
}

}  // namespace

Examples read_sequence_table(const std::string& path, const SequenceTableOptions& options) {
  LineReader lines(path);
  return read_sequence_table(lines, options);
}

Examples read_sequence_table(LineReader& lines, const SequenceTableOptions& options) {
  std::string_view line;
  do {
    if (!lines.next(line)) {
      throw Error(ErrorKind::input_file, "{} is empty; it should be a table with a column 'sequence'", lines.name());
    }
  } while (trim(line).empty());
  const char separator = line.find('\t') != std::string_view::npos ? '\t' : ',';
  FieldSplitter splitter(separator);
  const Header header = read_header(splitter.split(line, lines), options, lines);

  std::vector<std::string> tasks;
  for (const Task& task : header.tasks) tasks.push_back(task.name);
  SequenceSet set(lines.name(), options.length, tasks);
  std::vector<float> labels(tasks.size());
  while (lines.next(line)) {
    if (trim(line).empty()) continue;
    const std::vector<std::string_view>& fields = splitter.split(line, lines);
    if (fields.size() != header.size) {
      throw Error(ErrorKind::input_file, "{} has {} columns where the header names {}", lines.here(), fields.size(),
                  header.size);
    }
    const std::string_view letters = fields[*header.column(Meaning::sequence)];
    PackedSequence sequence;
    const std::size_t packed = sequence.append(letters);
    if (packed < letters.size()) {
      throw Error(ErrorKind::input_file,
                  "{}: {} in column 'sequence' is no base; DNA is A, C, G, T, N or an ambiguity code", lines.here(),
                  quoted(letters.substr(packed, 1)));
    }
    for (std::size_t task = 0; task < tasks.size(); ++task) {
      labels[task] = read_label(fields[header.tasks[task].column], header.tasks[task], lines);
    }
    const auto name = header.column(Meaning::name);
    set.add(std::move(sequence), name ? std::string(fields[*name]) : std::string(), read_place(fields, header, lines),
            labels, lines.line_number());
  }
  if (set.size() == 0) throw Error(ErrorKind::input_file, "{} has a header and no rows", lines.name());
  return set.finish();
}

}  // namespace genocuda

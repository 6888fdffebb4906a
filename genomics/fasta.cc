// SPDX-License-Identifier: Apache-2.0
#include "genomics/fasta.h"

#include <cctype>
#include <string_view>

#include "core/error.h"
#include "genomics/text.h"

namespace genocuda {

bool FastaReader::next(FastaRecord& record) {
  std::string_view line;
  while (header_line_ == 0) {  // only before the first record
    if (!lines_.next(line)) {
      if (lines_.line_number() == 0)
        throw Error(ErrorKind::input_file, "{} is empty; it should be FASTA", lines_.name());
      throw Error(ErrorKind::input_file, "{} holds no FASTA record; each needs a header line that starts with '>'",
                  lines_.name());
    }
    line = trim(line);
    if (line.empty()) continue;
    if (line.front() != '>') {
      throw Error(ErrorKind::input_file,
                  "{} is not FASTA: it should start with a header like '>chr1' but starts with {}", lines_.here(),
                  quoted(line));
    }
    header_ = line;
    header_line_ = lines_.line_number();
  }
  if (header_.empty()) return false;

  const std::string_view header = trim(std::string_view(header_).substr(1));
  const std::size_t space = header.find_first_of(" \t");
  record.name = header.substr(0, space);
  record.description = space == std::string_view::npos ? std::string_view() : trim(header.substr(space));
  record.line = header_line_;
  record.sequence = PackedSequence();
  if (record.name.empty()) {
    throw Error(ErrorKind::input_file, "{} line {}: the header has no name; write one after '>'", lines_.name(),
                record.line);
  }
  header_.clear();
  while (lines_.next(line)) {
    if (line.starts_with('>')) {
      header_ = line;
      header_line_ = lines_.line_number();
      break;
    }
    append(trim(line), record);
  }
  if (record.sequence.size() == 0) {
    throw Error(ErrorKind::input_file, "{} line {}: record '{}' has no bases; remove it", lines_.name(), record.line,
                record.name);
  }
  record.sequence.shrink_to_fit();
  return true;
}

void FastaReader::append(std::string_view line, FastaRecord& record) {
  const std::size_t appended = record.sequence.append(line);
  if (appended < line.size()) {
    throw Error(ErrorKind::input_file, "{}: {} is no base; DNA is A, C, G, T, N or an ambiguity code", lines_.here(),
                quoted(line.substr(appended, 1)));
  }
}

}  // namespace genocuda

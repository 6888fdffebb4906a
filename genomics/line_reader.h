// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "genomics/byte_source.h"

namespace genocuda {

/// Lines of a text file that may be plain, gzip or bgzip, without their ends (LF or CRLF) and without a byte order
/// mark.
class LineReader {
 public:
  /// Opens a file; Error (input_file) where it is missing or cannot be read.
  explicit LineReader(const std::string& path);
  /// Reads `source`, gzip or not; `name` stands for the file in messages.
  LineReader(std::unique_ptr<ByteSource> source, std::string name);

  /// The next line, valid until the next call; false at the end. Error (input_file) for a truncated or damaged gzip
  /// stream.
  bool next(std::string_view& line);

  /// The number of the line that next() gave last, from 1.
  std::int64_t line_number() const { return line_number_; }
  const std::string& name() const { return name_; }
  /// "name line 12", to start a message with.
  std::string here() const;

 private:
  bool fill();

  std::unique_ptr<ByteSource> source_;
  std::string name_;
  std::string buffer_;
  std::size_t begin_ = 0, end_ = 0;  // the unread part of buffer_
  bool at_end_ = false;
  std::int64_t line_number_ = 0;
};

}  // namespace genocuda

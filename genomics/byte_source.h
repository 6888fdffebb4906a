// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace genocuda {

/// A stream of bytes, so that every reader works on files, on compressed files and on memory alike.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Reads up to `size` (> 0) bytes; 0 only at the end. Error (input_file) where the bytes cannot be had.
  virtual std::size_t read(char* data, std::size_t size) = 0;
};

/// The bytes of a file as they are; Error (input_file) where it is missing, a folder or not readable.
std::unique_ptr<ByteSource> open_file(const std::string& path);

/// The bytes of `text`, which the source keeps.
std::unique_ptr<ByteSource> open_memory(std::string text);

/// The uncompressed bytes of `source`: those of all members where it starts like gzip (bgzip is gzip of many members),
/// else the bytes as they are. read() throws Error (input_file) naming `name` for a stream that ends early (bgzip's own
/// end marker included), is damaged or is followed by something else.
std::unique_ptr<ByteSource> uncompressed(std::unique_ptr<ByteSource> source, std::string name);

}  // namespace genocuda

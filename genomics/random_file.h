// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace genocuda {

/// A file read from any place by many threads at a time: no read moves a position that another one uses.
class RandomFile {
 public:
  /// Opens a file to read. Error (input_file) where it is missing, a folder or not readable.
  explicit RandomFile(const std::string& path);
  /// A file without a name in `folder`, which goes when this goes; `folder` is where large intermediate data fit.
  static RandomFile scratch(const std::string& folder);

  RandomFile(RandomFile&& other) noexcept;
  RandomFile& operator=(RandomFile&& other) noexcept;
  ~RandomFile();

  const std::string& path() const { return path_; }
  std::uint64_t size() const { return size_; }

  /// Fills `out` from `offset` on. Error (input_file) where the file does not reach that far or cannot be read.
  void read(std::uint64_t offset, std::span<std::byte> out) const;
  /// Adds to the end of a scratch file; not while another thread reads. Error (input_file) where the disk is full.
  void append(std::span<const std::byte> bytes);

 private:
  RandomFile() = default;

  std::string path_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace genocuda

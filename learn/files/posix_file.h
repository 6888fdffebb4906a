// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/error.h"

namespace genocuda {

/// The Error for a failed system call on a file: "cannot ACTION 'PATH': the system's reason; remedy". `code` is an
/// errno.
Error file_error(std::string_view action, std::string_view path, int code);

/// An open file whose every failing call, short writes and a full disk included, throws an Error that names the file.
/// Owns the descriptor; closing in the destructor ignores errors, so whoever writes calls sync() or close().
///
/// A process that may meet a file size limit (ulimit -f) has to ignore SIGXFSZ, or the system ends it at the write that
/// would otherwise be reported here; likewise SIGPIPE for pipes. The command line does both.
class PosixFile {
 public:
  PosixFile() = default;
  /// Opens `path` with the flags of open(2), close-on-exec always. `shown_path` stands in messages (default: `path`).
  PosixFile(const std::string& path, int flags, std::string shown_path = {});
  PosixFile(PosixFile&& other) noexcept;
  PosixFile& operator=(PosixFile&& other) noexcept;
  ~PosixFile();

  /// Opens an existing file for reading.
  static PosixFile open_to_read(const std::string& path);

  /// A second handle on what `descriptor` has open, at the same position and flags.
  static PosixFile duplicate(int descriptor, std::string shown_path);

  int descriptor() const noexcept { return descriptor_; }
  bool is_open() const noexcept { return descriptor_ >= 0; }
  /// The size in bytes now; 0 for what has none, such as a pipe.
  std::uint64_t size() const;

  /// Fills `buffer` from the current position; returns fewer bytes than asked only at the end of the file.
  std::size_t read(std::span<std::byte> buffer);
  /// Writes all of `bytes`.
  void write(std::span<const std::byte> bytes);
  /// Replaces bytes from `offset` on; the current position stays.
  void write_at(std::uint64_t offset, std::span<const std::byte> bytes);
  /// Cuts the file to `bytes` bytes.
  void truncate(std::uint64_t bytes);
  /// Returns once the content is on the disk (fsync); nothing to do for devices and pipes.
  void sync();
  /// Closes and reports what the system held back until now.
  void close();

 private:
  [[noreturn]] void fail(std::string_view action) const;

  int descriptor_ = -1;
  std::string shown_path_;
};

/// The content of `path`. Throws Error (input_file) where it cannot be read, (out_of_memory) where it does not fit.
std::string read_text_file(const std::string& path);

}  // namespace genocuda

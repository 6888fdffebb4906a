// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "learn/files/partial_file.h"
#include "learn/files/posix_file.h"

namespace genocuda {

/// Replaces a file as a whole or not at all. What is written goes to the hidden file ".NAME.partial" of the same
/// folder; commit() syncs it, renames it over `path` and syncs the folder. Whatever ends the program before, kill -9
/// and a power cut included, leaves the old file as it was, and at most a ".NAME.partial" that the next write takes
/// over. An Error or an exception removes it, as does remove_partial_files() of a signal handler.
///
/// A symbolic link is followed, and its target replaced. What cannot be replaced is written to straight away: devices
/// and pipes, and the process's own open files (/dev/stdout, /dev/stderr, /dev/fd/N), whatever the shell led them to.
/// The temporary file is locked: a second writer of the same path gets an Error, not a mixture. One thread at a time.
/// Every member throws Error (input_file) naming `path`, what failed and the remedy.
class AtomicFile {
 public:
  explicit AtomicFile(const std::string& path);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text);
  /// Replaces what was written, from byte `offset` on. Where is_written_straight(), an Error.
  void rewrite(std::uint64_t offset, std::string_view text);
  /// Whether this is a device, a pipe or an open file of the process, where nothing can be taken back.
  bool is_written_straight() const { return !partial_; }
  /// Puts the new content in place, durably. Nothing may be written afterwards.
  void commit();

 private:
  void open_temporary(const std::string& path);

  std::string shown_path_;  // as the caller wrote it
  std::string path_;        // links resolved
  PosixFile file_;
  std::optional<PartialFile> partial_;  // none when written straight; goes before file_, which holds the lock
};

/// Writes `bytes`, `text` or what `writer` writes as the new content of `path` through an AtomicFile.
void write_file_atomically(const std::string& path, std::span<const std::byte> bytes);
void write_file_atomically(const std::string& path, std::string_view text);
void write_file_atomically(const std::string& path, const std::function<void(AtomicFile&)>& writer);

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <string>

#include <signal.h>

namespace genocuda {

/// Held from before a file is made until its PartialFile stands: signals to this thread wait for so long, and so does
/// remove_partial_files() in another one, which would miss the file.
class PartialFileOpening {
 public:
  PartialFileOpening();
  PartialFileOpening(const PartialFileOpening&) = delete;
  PartialFileOpening& operator=(const PartialFileOpening&) = delete;
  ~PartialFileOpening();

 private:
  sigset_t before_;
};

/// An unfinished file, removed when this goes, and by remove_partial_files(), unless it was renamed.
class PartialFile {
 public:
  /// Takes over the file at `path`, which must exist.
  explicit PartialFile(std::string path);
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;
  ~PartialFile();

  /// Puts the finished file in place. Returns 0, or the errno of a failure, after which the file is removed.
  int rename(const std::string& path);

 private:
  void withdraw();

  std::string path_;
  std::atomic<const char*>* slot_;  // where remove_partial_files() finds path_; null once renamed
};

/// Removes every unfinished file of the process. For a signal handler that ends it: async-signal-safe, and threads that
/// are about to make, rename or remove one of them never return.
void remove_partial_files() noexcept;

}  // namespace genocuda

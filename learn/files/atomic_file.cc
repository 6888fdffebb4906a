// SPDX-License-Identifier: Apache-2.0
#include "learn/files/atomic_file.h"

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace genocuda {
namespace {

/// "FOLDER/" of "FOLDER/NAME", empty for a bare name.
std::string folder_of(const std::string& path) { return path.substr(0, path.find_last_of('/') + 1); }

std::string resolve_links(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> resolved(::realpath(path.c_str(), nullptr), &std::free);
  return resolved ? std::string(resolved.get()) : path;
}

/// N of "/dev/fd/N" and of its other names, nothing for other paths. Opened by path it would be replaced if the shell
/// led it to a file, or written from its beginning over what is there.
std::optional<int> own_descriptor(std::string_view path) {
  if (path == "/dev/stdout") return STDOUT_FILENO;
  if (path == "/dev/stderr") return STDERR_FILENO;
  for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(folder)) continue;
    int descriptor = -1;
    const auto [end, failure] = std::from_chars(path.data() + folder.size(), path.data() + path.size(), descriptor);
    if (failure == std::errc() && end == path.data() + path.size()) return descriptor;
  }
  return std::nullopt;
}

bool same_file(int descriptor, const std::string& path) {
  struct stat open_file {
  }, named_file{};
  return ::fstat(descriptor, &open_file) == 0 && ::stat(path.c_str(), &named_file) == 0 &&
         open_file.st_dev == named_file.st_dev && open_file.st_ino == named_file.st_ino;
}

}  // namespace

AtomicFile::AtomicFile(const std::string& path) : shown_path_(path), path_(resolve_links(path)) {
  if (const std::optional<int> descriptor = own_descriptor(path)) {
    file_ = PosixFile::duplicate(*descriptor, path);
    return;
  }
  struct stat status {};
  const bool exists = ::stat(path_.c_str(), &status) == 0;
  if (path_.empty()) throw file_error("create", shown_path_, ENOENT);
  if (path_.back() == '/' || (exists && S_ISDIR(status.st_mode))) throw file_error("write", shown_path_, EISDIR);
  if (exists && !S_ISREG(status.st_mode)) {
    file_ = PosixFile(path_, O_WRONLY, shown_path_);
    return;
  }
  const std::string folder = folder_of(path_);
  open_temporary(folder + "." + path_.substr(folder.size()) + ".partial");
}

void AtomicFile::open_temporary(const std::string& path) {
  const PartialFileOpening opening;
  for (;;) {
    file_ = PosixFile(path, O_WRONLY | O_CREAT | O_NOFOLLOW, shown_path_);
    if (::flock(file_.descriptor(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      throw Error(ErrorKind::input_file, "'{}' is being written by another process; wait for it or write elsewhere",
                  shown_path_);
    }
    // Disks without locks (some network ones) go on without. With them, another writer may have renamed the file away
    // between our open and our lock; what we hold then is its finished file, which must stay untouched.
    if (same_file(file_.descriptor(), path)) break;
  }
  partial_.emplace(path);
  file_.truncate(0);  // what a killed writer left
}

void AtomicFile::write(std::span<const std::byte> bytes) { file_.write(bytes); }

void AtomicFile::write(std::string_view text) { file_.write(std::as_bytes(std::span(text))); }

void AtomicFile::rewrite(std::uint64_t offset, std::string_view text) {
  if (is_written_straight()) throw file_error("write", shown_path_, ESPIPE);
  file_.write_at(offset, std::as_bytes(std::span(text)));
}

void AtomicFile::commit() {
  file_.sync();
  if (partial_) {
    const int failure = partial_->rename(path_);
    partial_.reset();
    if (failure != 0) throw file_error("replace", shown_path_, failure);
    const std::string folder = folder_of(path_);
    PosixFile(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY, shown_path_).sync();
  }
  file_.close();  // last, as it gives up the lock
}

void write_file_atomically(const std::string& path, std::span<const std::byte> bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

void write_file_atomically(const std::string& path, std::string_view text) {
  write_file_atomically(path, std::as_bytes(std::span(text)));
}

void write_file_atomically(const std::string& path, const std::function<void(AtomicFile&)>& writer) {
  AtomicFile file(path);
  writer(file);
  file.commit();
}

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "learn/files/posix_file.h"

#include <algorithm>
#include <cerrno>
#include <new>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace genocuda {
namespace {

// Linux moves at most 2^31 - 4096 bytes a call.
constexpr std::size_t kLargestTransfer = std::size_t{1} << 30;

const char* remedy(int code) {
  switch (code) {
    case ENOSPC:
    case EDQUOT:
      return "free space there or write to another disk";
    case EFBIG:
      return "raise the file size limit (ulimit -f)";
    case EACCES:
    case EPERM:
      return "check the permissions of the file and its folder";
    case EROFS:
      return "write to another disk";
    case ENOENT:
      return "check the path and that its folder exists";
    case EISDIR:
      return "name a file instead of a folder";
    case ENOTDIR:
      return "check the path";
    case ENAMETOOLONG:
      return "choose a shorter name";
    case EMFILE:
    case ENFILE:
      return "raise the limit of open files (ulimit -n)";
    default:
      return "check the disk";
  }
}

}  // namespace

Error file_error(std::string_view action, std::string_view path, int code) {
  return Error(ErrorKind::input_file, "cannot {} '{}': {}; {}", action, path, std::generic_category().message(code),
               remedy(code));
}

PosixFile::PosixFile(const std::string& path, int flags, std::string shown_path)
    : shown_path_(shown_path.empty() ? path : std::move(shown_path)) {
  do {
    descriptor_ = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
  } while (descriptor_ < 0 && errno == EINTR);
  if (descriptor_ < 0) fail((flags & O_CREAT) != 0 ? "create" : "open");
}

PosixFile::PosixFile(PosixFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), shown_path_(std::move(other.shown_path_)) {}

PosixFile& PosixFile::operator=(PosixFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(shown_path_, other.shown_path_);
  return *this;
}

PosixFile::~PosixFile() {
  if (is_open()) ::close(descriptor_);
}

PosixFile PosixFile::open_to_read(const std::string& path) { return PosixFile(path, O_RDONLY); }

PosixFile PosixFile::duplicate(int descriptor, std::string shown_path) {
  PosixFile file;
  file.shown_path_ = std::move(shown_path);
  file.descriptor_ = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (!file.is_open()) file.fail("open");
  return file;
}

std::uint64_t PosixFile::size() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) fail("read");
  return S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
}

std::size_t PosixFile::read(std::span<std::byte> buffer) {
  std::size_t done = 0;
  while (done < buffer.size()) {
    const ssize_t got = ::read(descriptor_, buffer.data() + done, std::min(buffer.size() - done, kLargestTransfer));
    if (got == 0) break;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read");
    done += static_cast<std::size_t>(got);
  }
  return done;
}

void PosixFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(descriptor_, bytes.data(), std::min(bytes.size(), kLargestTransfer));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) fail("write");
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
}

void PosixFile::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t put =
        ::pwrite(descriptor_, bytes.data(), std::min(bytes.size(), kLargestTransfer), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) fail("write");
    bytes = bytes.subspan(static_cast<std::size_t>(put));
    offset += static_cast<std::uint64_t>(put);
  }
}

void PosixFile::truncate(std::uint64_t bytes) {
  if (::ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0) fail("write");
}

void PosixFile::sync() {
  // EINVAL and ENOTSUP are the answers of devices, pipes and some network disks that have nothing to sync.
  if (::fsync(descriptor_) != 0 && errno != EINVAL && errno != ENOTSUP) fail("write");
}

void PosixFile::close() {
  // Linux has released the descriptor whatever close() says, so it must not be closed again.
  if (::close(std::exchange(descriptor_, -1)) != 0 && errno != EINTR) fail("write");
}

void PosixFile::fail(std::string_view action) const { throw file_error(action, shown_path_, errno); }

std::string read_text_file(const std::string& path) {
  PosixFile file = PosixFile::open_to_read(path);
  std::string text;
  try {
    // The size is a first guess: pipes and files of /proc have none, and a file may grow while it is read.
    std::size_t capacity = static_cast<std::size_t>(file.size()) + 1;
    for (;;) {
      const std::size_t have = text.size();
      text.resize(capacity);
      const std::size_t got = file.read(std::as_writable_bytes(std::span(text)).subspan(have));
      text.resize(have + got);
      if (text.size() < capacity) return text;
      capacity = std::max<std::size_t>(2 * capacity, 65536);
    }
  } catch (const std::bad_alloc&) {
    throw Error(ErrorKind::out_of_memory, "no memory to read '{}' ({} bytes)", path, file.size());
  } catch (const std::length_error&) {
    throw Error(ErrorKind::out_of_memory, "no memory to read '{}' ({} bytes)", path, file.size());
  }
}

}  // namespace genocuda

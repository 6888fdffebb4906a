// SPDX-License-Identifier: Apache-2.0
#include "genomics/random_file.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.h"

namespace genocuda {

RandomFile::RandomFile(const std::string& path) : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  struct stat status {};
  if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) {
    const int code = errno;
    if (descriptor_ >= 0) ::close(descriptor_);
    throw Error(ErrorKind::input_file, "{} cannot be opened ({}); check the path", path, std::strerror(code));
  }
  if (!S_ISREG(status.st_mode)) {
    ::close(descriptor_);
    throw Error(ErrorKind::input_file, "{} is a {}; name a file", path,
                S_ISDIR(status.st_mode) ? "folder" : "pipe or device, which cannot be read from any place");
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
}

RandomFile RandomFile::scratch(const std::string& folder) {
  RandomFile file;
  std::string pattern = folder + "/.genocuda.XXXXXX";
  file.path_ = folder;
  file.descriptor_ = ::mkostemp(pattern.data(), O_CLOEXEC);
  if (file.descriptor_ < 0) {
    throw Error(ErrorKind::input_file, "no scratch file can be made in {} ({}); check the folder", folder,
                std::strerror(errno));
  }
  ::unlink(pattern.c_str());
  return file;
}

RandomFile::RandomFile(RandomFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_) {}

RandomFile& RandomFile::operator=(RandomFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(size_, other.size_);
  return *this;
}

RandomFile::~RandomFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void RandomFile::read(std::uint64_t offset, std::span<std::byte> out) const {
  if (offset > size_ || out.size() > size_ - offset) {
    throw Error(ErrorKind::input_file, "{} is damaged or truncated: it ends before byte {}; copy or download it again",
                path_, offset + out.size());
  }
  while (!out.empty()) {
    const ssize_t count = ::pread(descriptor_, out.data(), out.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      throw Error(ErrorKind::input_file, "{} cannot be read ({})", path_,
                  count == 0 ? "it became shorter" : std::strerror(errno));
    }
    out = out.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
}

void RandomFile::append(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      throw Error(ErrorKind::input_file, "cannot write a scratch file in '{}': {}; free space there", path_,
                  std::strerror(errno));
    }
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    size_ += static_cast<std::uint64_t>(count);
  }
}

}  // namespace genocuda

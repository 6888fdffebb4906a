// SPDX-License-Identifier: Apache-2.0
#include "genomics/byte_source.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include <zlib.h>

#include "core/error.h"

namespace genocuda {
namespace {

class FileSource final : public ByteSource {
 public:
  explicit FileSource(const std::string& path) : path_(path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) {
      throw Error(ErrorKind::input_file, "{} is a folder; name a file", path);
    }
    file_ = std::fopen(path.c_str(), "rb");
    if (!file_)
      throw Error(ErrorKind::input_file, "{} cannot be opened ({}); check the path", path, std::strerror(errno));
  }
  ~FileSource() override { std::fclose(file_); }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  std::size_t read(char* data, std::size_t size) override {
    const std::size_t count = std::fread(data, 1, size, file_);
    if (count == 0 && std::ferror(file_)) {
      throw Error(ErrorKind::input_file, "{} cannot be read ({})", path_, std::strerror(errno));
    }
    return count;
  }

 private:
  std::string path_;
  std::FILE* file_;
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string text) : text_(std::move(text)) {}

  std::size_t read(char* data, std::size_t size) override {
    const std::size_t count = std::min(size, text_.size() - position_);
    std::memcpy(data, text_.data() + position_, count);
    position_ += count;
    return count;
  }

 private:
  std::string text_;
  std::size_t position_ = 0;
};

constexpr std::size_t kHeaderBytes = 18;  // of a bgzip block, up to and with its "BC" field

bool starts_like_gzip(const unsigned char* bytes, std::size_t count) {
  return count >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

// A bgzip block: gzip with an extra field "BC" that holds the block's size (SAM specification, section 4.1).
bool starts_like_bgzip(const unsigned char* bytes, std::size_t count) {
  return count >= kHeaderBytes && (bytes[3] & 4) != 0 && bytes[12] == 'B' && bytes[13] == 'C';
}

class UncompressedSource final : public ByteSource {
 public:
  UncompressedSource(std::unique_ptr<ByteSource> source, std::string name)
      : source_(std::move(source)), name_(std::move(name)), input_(kInputBytes) {
    while (available_ < kHeaderBytes && refill()) {
    }
    gzip_ = starts_like_gzip(input_.data(), available_);
    bgzip_ = gzip_ && starts_like_bgzip(input_.data(), available_);
    if (!gzip_) return;
    constexpr int kGzipOnly = 16 + MAX_WBITS;
    if (inflateInit2(&stream_, kGzipOnly) != Z_OK) {
      throw Error(ErrorKind::out_of_memory, "no memory to decompress {}", name_);
    }
  }
  ~UncompressedSource() override {
    if (gzip_) inflateEnd(&stream_);
  }
  UncompressedSource(const UncompressedSource&) = delete;
  UncompressedSource& operator=(const UncompressedSource&) = delete;

  std::size_t read(char* data, std::size_t size) override {
    return gzip_ ? inflate_some(data, size) : copy(data, size);
  }

 private:
  static constexpr std::size_t kInputBytes = 1 << 16;

  // Adds to what is available, which is moved to the front; false at the end of the source.
  bool refill() {
    std::memmove(input_.data(), input_.data() + begin_, available_);
    begin_ = 0;
    const std::size_t count =
        source_->read(reinterpret_cast<char*>(input_.data()) + available_, kInputBytes - available_);
    available_ += count;
    return count > 0;
  }

  std::size_t copy(char* data, std::size_t size) {
    if (available_ == 0 && !refill()) return 0;
    const std::size_t count = std::min(size, available_);
    std::memcpy(data, input_.data() + begin_, count);
    begin_ += count;
    available_ -= count;
    return count;
  }

  std::size_t inflate_some(char* data, std::size_t size) {
    size = std::min<std::size_t>(size, 1u << 30);  // zlib counts in 32 bits
    while (true) {
      if (!in_member_ && !begin_member()) return 0;
      if (available_ == 0 && !refill()) throw truncated();
      stream_.next_in = input_.data() + begin_;
      stream_.avail_in = static_cast<uInt>(available_);
      stream_.next_out = reinterpret_cast<Bytef*>(data);
      stream_.avail_out = static_cast<uInt>(size);
      const int status = inflate(&stream_, Z_NO_FLUSH);
      begin_ += available_ - stream_.avail_in;
      available_ = stream_.avail_in;
      const std::size_t count = size - stream_.avail_out;
      member_bytes_ += count;
      if (status == Z_STREAM_END) {
        in_member_ = false;
        last_member_empty_ = member_bytes_ == 0;
      } else if (status == Z_MEM_ERROR) {
        throw Error(ErrorKind::out_of_memory, "no memory to decompress {}", name_);
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        throw Error(ErrorKind::input_file, "{} is damaged ({}); copy or download it again", name_,
                    stream_.msg ? stream_.msg : "not a gzip stream");
      }
      if (count > 0) return count;
    }
  }

  // True where another gzip member follows; false at the end. Zeros after the last member are padding.
  bool begin_member() {
    while (available_ < 2 && refill()) {
    }
    if (starts_like_gzip(input_.data() + begin_, available_)) {
      inflateReset(&stream_);
      in_member_ = true;
      member_bytes_ = 0;
      return true;
    }
    if (available_ == 1 && input_[begin_] == 0x1f) throw truncated();
    do {
      const unsigned char* bytes = input_.data() + begin_;
      if (std::any_of(bytes, bytes + available_, [](unsigned char byte) { return byte != 0; })) {
        throw Error(ErrorKind::input_file, "{} goes on with other data after its gzip stream; compress it again",
                    name_);
      }
      available_ = 0;
    } while (refill());
    if (bgzip_ && !last_member_empty_) throw truncated();
    return false;
  }

  Error truncated() const {
    return Error(ErrorKind::input_file, "{} is truncated: its gzip stream ends early; copy or download it again",
                 name_);
  }

  std::unique_ptr<ByteSource> source_;
  std::string name_;
  std::vector<unsigned char> input_;
  std::size_t begin_ = 0, available_ = 0;  // unread bytes of input_
  bool gzip_ = false, bgzip_ = false, in_member_ = false, last_member_empty_ = false;
  std::size_t member_bytes_ = 0;
  z_stream stream_{};
};

}  // namespace

std::unique_ptr<ByteSource> open_file(const std::string& path) { return std::make_unique<FileSource>(path); }

std::unique_ptr<ByteSource> open_memory(std::string text) { return std::make_unique<MemorySource>(std::move(text)); }

std::unique_ptr<ByteSource> uncompressed(std::unique_ptr<ByteSource> source, std::string name) {
  return std::make_unique<UncompressedSource>(std::move(source), std::move(name));
}

}  // namespace genocuda

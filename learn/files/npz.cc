// SPDX-License-Identifier: Apache-2.0
// The zip format is PKWARE's APPNOTE 6.3; the .npy format is that of numpy's documentation, version 1.0.
#include "learn/files/npz.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zlib.h>

#include "core/error.h"

namespace genocuda {
namespace {

constexpr std::uint16_t kVersion = 45;           // the first with 64-bit sizes
constexpr std::uint16_t kSizesFollow = 1 << 3;   // the checksum comes after the data
constexpr std::uint16_t kFirstDay = 1 << 5 | 1;  // 1 January 1980, the earliest that the format knows
constexpr std::uint32_t kIn64Bits = 0xffffffff;
constexpr std::size_t kAlignment = 64;  // of numpy's data behind its header

/// Numbers in little-endian order, whatever the machine's.
class Bytes {
 public:
  Bytes& u16(std::uint16_t value) { return number(value, 2); }
  Bytes& u32(std::uint32_t value) { return number(value, 4); }
  Bytes& u64(std::uint64_t value) { return number(value, 8); }
  Bytes& text(std::string_view value) {
    bytes_ += value;
    return *this;
  }
  const std::string& str() const { return bytes_; }

 private:
  Bytes& number(std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) bytes_ += static_cast<char>(value >> 8 * i & 0xff);
    return *this;
  }
  std::string bytes_;
};

std::string npy_header(std::string_view dtype, std::span<const std::int64_t> shape) {
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}", dtype,
                                   fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
  constexpr std::size_t kBefore = 10;  // magic, version, length
  const std::size_t whole = (kBefore + header.size() + 1 + kAlignment - 1) / kAlignment * kAlignment;
  header.append(whole - kBefore - header.size() - 1, ' ');
  header += '\n';
  return Bytes().text(std::string_view("\x93NUMPY\x01\x00", 8)).u16(static_cast<std::uint16_t>(header.size())).str() +
         header;
}

std::uint64_t element_size(std::string_view dtype) {
  std::uint64_t size = 0;
  std::from_chars(dtype.data() + 2, dtype.data() + dtype.size(), size);
  return size;
}

}  // namespace

void NpzWriter::begin(std::string_view name, std::string_view dtype, std::span<const std::int64_t> shape) {
  end();
  open_ = true;
  entries_.push_back({fmt::format("{}.npy", name), written_});
  const std::string& file = entries_.back().name;
  const std::string header = npy_header(dtype, shape);
  std::uint64_t size = element_size(dtype);
  for (const std::int64_t extent : shape) size *= static_cast<std::uint64_t>(extent);
  put(Bytes()
          .u32(0x04034b50)
          .u16(kVersion)
          .u16(kSizesFollow)
          .u16(0)  // stored
          .u16(0)
          .u16(kFirstDay)
          .u32(0)
          .u32(kIn64Bits)
          .u32(kIn64Bits)
          .u16(static_cast<std::uint16_t>(file.size()))
          .u16(20)
          .text(file)
          .u16(1)
          .u16(16)
          .u64(0)
          .u64(0)
          .str());
  missing_ = header.size() + size;
  write(std::as_bytes(std::span(header)));
}

void NpzWriter::write(std::span<const std::byte> bytes) {
  if (bytes.size() > missing_) {
    throw Error(ErrorKind::internal, "more than the array '{}' holds", entries_.back().name);
  }
  Entry& entry = entries_.back();
  entry.checksum = static_cast<std::uint32_t>(
      crc32_z(entry.checksum, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
  entry.size += bytes.size();
  missing_ -= bytes.size();
  file_.write(bytes);
  written_ += bytes.size();
}

void NpzWriter::add_texts(std::string_view name, std::span<const std::string> texts) {
  std::size_t width = 1;
  for (const std::string& text : texts) width = std::max(width, text.size());
  const std::int64_t count = static_cast<std::int64_t>(texts.size());
  begin(name, fmt::format("|S{}", width), {&count, 1});
  for (std::string text : texts) {
    text.resize(width);
    write(std::as_bytes(std::span(text)));
  }
}

void NpzWriter::put(std::string_view bytes) {
  file_.write(bytes);
  written_ += bytes.size();
}

void NpzWriter::end() {
  if (!open_) return;
  const Entry& entry = entries_.back();
  if (missing_ > 0) throw Error(ErrorKind::internal, "{} bytes of the array '{}' are missing", missing_, entry.name);
  put(Bytes().u32(0x08074b50).u32(entry.checksum).u64(entry.size).u64(entry.size).str());
  open_ = false;
}

void NpzWriter::commit() {
  end();
  const std::uint64_t directory = written_;
  for (const Entry& entry : entries_) {
    put(Bytes()
            .u32(0x02014b50)
            .u16(kVersion)
            .u16(kVersion)
            .u16(kSizesFollow)
            .u16(0)
            .u16(0)
            .u16(kFirstDay)
            .u32(entry.checksum)
            .u32(kIn64Bits)
            .u32(kIn64Bits)
            .u16(static_cast<std::uint16_t>(entry.name.size()))
            .u16(28)
            .u16(0)
            .u16(0)
            .u16(0)
            .u32(0)
            .u32(kIn64Bits)
            .text(entry.name)
            .u16(1)
            .u16(24)
            .u64(entry.size)
            .u64(entry.size)
            .u64(entry.offset)
            .str());
  }
  const std::uint64_t size = written_ - directory, end_of_directory = written_;
  const std::uint64_t count = entries_.size();
  put(Bytes()
          .u32(0x06064b50)
          .u64(44)
          .u16(kVersion)
          .u16(kVersion)
          .u32(0)
          .u32(0)
          .u64(count)
          .u64(count)
          .u64(size)
          .u64(directory)
          .u32(0x07064b50)
          .u32(0)
          .u64(end_of_directory)
          .u32(1)
          .u32(0x06054b50)
          .u16(0)
          .u16(0)
          .u16(0xffff)
          .u16(0xffff)
          .u32(kIn64Bits)
          .u32(kIn64Bits)
          .u16(0)
          .str());
  file_.commit();
}

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

/// The layout of bigWig files (supplement of Kent et al., Bioinformatics 2010), for their reader and their writer.
namespace genocuda::bigwig {

static_assert(std::endian::native == std::endian::little, "bigWig numbers are read and written as they lie in memory");

constexpr std::uint32_t kMagic = 0x888FFC26, kSwappedMagic = 0x26FC8F88;
constexpr std::uint32_t kContigTreeMagic = 0x78CA8C91, kIndexMagic = 0x2468ACE0;

constexpr std::size_t kHeaderBytes = 64, kZoomHeaderBytes = 24, kSummaryBytes = 40;
constexpr std::size_t kContigTreeHeaderBytes = 32, kIndexHeaderBytes = 48, kNodeHeaderBytes = 4;
constexpr std::size_t kIndexLeafItemBytes = 32, kIndexInnerItemBytes = 24;
constexpr std::size_t kBlockHeaderBytes = 24, kZoomRecordBytes = 32;

/// What the items of a block hold: start, end and value; start and value; value.
enum BlockKind : std::uint8_t { kRuns = 1, kVariableStep = 2, kFixedStep = 3 };
constexpr std::size_t item_bytes(std::uint8_t kind) {
  return kind == kRuns ? 12 : kind == kVariableStep ? 8 : kind == kFixedStep ? 4 : 0;
}

/// Takes numbers from bytes, one after the other. What it is given must be long enough.
class Fields {
 public:
  explicit Fields(std::span<const std::byte> bytes) : bytes_(bytes) {}

  template <typename Number>
  Number take() {
    Number number;
    std::memcpy(&number, bytes_.data(), sizeof number);
    bytes_ = bytes_.subspan(sizeof number);
    return number;
  }
  void skip(std::size_t count) { bytes_ = bytes_.subspan(count); }
  std::span<const std::byte> rest() const { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

/// Appends numbers to bytes.
template <typename... Numbers>
void put(std::string& out, Numbers... numbers) {
  (out.append(reinterpret_cast<const char*>(&numbers), sizeof numbers), ...);
}

}  // namespace genocuda::bigwig

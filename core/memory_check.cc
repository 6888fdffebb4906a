// SPDX-License-Identifier: Apache-2.0
#include "core/memory_check.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GENOCUDA_ADDRESS_SANITIZER
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(GENOCUDA_ADDRESS_SANITIZER)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) (static_cast<void>(address), static_cast<void>(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) (static_cast<void>(address), static_cast<void>(size))
#endif

namespace genocuda {
namespace {

constexpr std::byte kRedZone{0xA5};
constexpr std::byte kPoison{0xFF};

void open(const GuardedMemory& memory) {
  if (!memory.on_host) return;
  ASAN_UNPOISON_MEMORY_REGION(memory.data - memory.red_zone, memory.bytes + 2 * memory.red_zone);
}

void close_red_zones(const GuardedMemory& memory) {
  if (!memory.on_host) return;
  ASAN_POISON_MEMORY_REGION(memory.data - memory.red_zone, memory.red_zone);
  ASAN_POISON_MEMORY_REGION(memory.data + memory.bytes, memory.red_zone);
}

std::vector<std::byte> fetch(Stream& stream, const void* data, std::size_t bytes) {
  std::vector<std::byte> copy(bytes);
  if (bytes > 0) stream.download(copy.data(), data, bytes);
  stream.synchronize();
  return copy;
}

bool intact(std::span<const std::byte> zone) {
  return std::ranges::all_of(zone, [](std::byte byte) { return byte == kRedZone; });
}

template <typename T>
bool any_nonfinite(std::span<const std::byte> bytes) {
  const std::span values(reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T));
  return std::ranges::any_of(values, [](T value) { return !std::isfinite(value); });
}

}  // namespace

void poison(Stream& stream, const GuardedMemory& memory) {
  open(memory);
  stream.fill(memory.data - memory.red_zone, static_cast<unsigned char>(kRedZone), memory.bytes + 2 * memory.red_zone);
  if (memory.bytes > 0) stream.fill(memory.data, static_cast<unsigned char>(kPoison), memory.bytes);
  stream.synchronize();
  close_red_zones(memory);
}

std::string find_violation(Stream& stream, const GuardedMemory& memory, const TensorType& type) {
  open(memory);
  const std::vector<std::byte> all = fetch(stream, memory.data - memory.red_zone, memory.bytes + 2 * memory.red_zone);
  close_red_zones(memory);
  const std::span bytes(all);
  if (!intact(bytes.first(memory.red_zone))) return "wrote before the start of";
  if (!intact(bytes.last(memory.red_zone))) return "wrote past the end of";
  if (type.dtype == DType::u8 || type.dtype == DType::dna) return "";  // the poison may be a number of theirs
  const std::size_t width = size_of(type.dtype);
  for (std::size_t i = 0; i < memory.bytes / width; ++i) {
    const auto element = bytes.subspan(memory.red_zone + i * width, width);
    if (std::ranges::all_of(element, [](std::byte byte) { return byte == kPoison; })) {
      return fmt::format("never wrote element {} of", i);
    }
  }
  return "";
}

bool has_nonfinite(Stream& stream, const TensorView& tensor) {
  if (!is_floating(tensor.type.dtype)) return false;
  const std::vector<std::byte> bytes = fetch(stream, tensor.data, tensor.type.bytes());
  switch (tensor.type.dtype) {
    case DType::f64:
      return any_nonfinite<double>(bytes);
    case DType::f32:
      return any_nonfinite<float>(bytes);
    default:  // bf16: all exponent bits set
      for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
        const auto bits =
            static_cast<std::uint16_t>(static_cast<unsigned>(bytes[i + 1]) << 8 | static_cast<unsigned>(bytes[i]));
        if ((bits & 0x7F80u) == 0x7F80u) return true;
      }
      return false;
  }
}

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

/// Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2,
/// 3", SC 2011). A number depends on its key and counter alone, so every device and every resumed run draws the same
/// ones.
namespace genocuda::philox {

using Block = std::array<std::uint32_t, 4>;

/// Four random words for `counter` under `key`.
constexpr Block block(std::uint64_t key, std::uint64_t counter_low, std::uint64_t counter_high) {
  std::uint32_t k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
  Block c{static_cast<std::uint32_t>(counter_low), static_cast<std::uint32_t>(counter_low >> 32),
          static_cast<std::uint32_t>(counter_high), static_cast<std::uint32_t>(counter_high >> 32)};
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = 0xD2511F53ull * c[0], p1 = 0xCD9E8D57ull * c[2];
    c = {static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ k0, static_cast<std::uint32_t>(p1),
         static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ k1, static_cast<std::uint32_t>(p0)};
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return c;
}

/// The i-th number of a stream, uniform in [0, 1) with 24 bits; `stream` tells uses and steps apart.
constexpr float uniform(std::uint64_t key, std::uint64_t stream, std::uint64_t i) {
  return static_cast<float>(block(key, i / 4, stream)[i % 4] >> 8) * 0x1p-24f;
}

/// A source of random numbers on the host, in order.
class Generator {
 public:
  Generator(std::uint64_t key, std::uint64_t stream) : key_(key), stream_(stream) {}

  std::uint32_t next() {
    if (position_ % 4 == 0) words_ = block(key_, position_ / 4, stream_);
    return words_[position_++ % 4];
  }
  /// Uniform in [0, 1) with 53 bits.
  double uniform() {
    const std::uint64_t high = next() >> 5, low = next() >> 6;
    return static_cast<double>(high << 26 | low) * 0x1p-53;
  }
  /// Uniform in [0, bound), without bias; `bound` > 0. (Lemire, "Fast random integer generation in an interval", 2019.)
  std::uint32_t below(std::uint32_t bound) {
    std::uint64_t product = static_cast<std::uint64_t>(next()) * bound;
    if (static_cast<std::uint32_t>(product) < bound) {
      const std::uint32_t threshold = (0u - bound) % bound;
      while (static_cast<std::uint32_t>(product) < threshold) product = static_cast<std::uint64_t>(next()) * bound;
    }
    return static_cast<std::uint32_t>(product >> 32);
  }

 private:
  std::uint64_t key_, stream_, position_ = 0;
  Block words_{};
};

}  // namespace genocuda::philox

// SPDX-License-Identifier: Apache-2.0
#include "genomics/sequence_keys.h"

#include <algorithm>
#include <bit>
#include <span>

namespace genocuda {
namespace {

// The finaliser of MurmurHash3, a bijection in which every input bit moves every output bit.
constexpr std::uint64_t mix(std::uint64_t x) {
  x = (x ^ x >> 33) * 0xFF51AFD7ED558CCDull;
  x = (x ^ x >> 33) * 0xC4CEB9FE1A85EC53ull;
  return x ^ x >> 33;
}

SequenceKey hash(std::span<const std::uint32_t> words) {
  SequenceKey key{0x243F6A8885A308D3ull, 0x13198A2E03707344ull};  // digits of pi
  for (const std::uint32_t word : words) {
    key.high = mix(key.high ^ word);
    key.low = mix(std::rotl(key.low, 29) + word);
  }
  return key;
}

}  // namespace

std::vector<SequenceKey> sequence_keys(const Examples& examples) {
  std::vector<std::uint32_t> row(static_cast<std::size_t>(dna::row_words(examples.length)));
  std::vector<SequenceKey> keys;
  keys.reserve(examples.windows.size());
  for (const Window& window : examples.windows) {
    const Window strands[] = {window, window.flipped()};
    SequenceKey key[2];
    for (int i = 0; i < 2; ++i) {
      pack_windows(*examples.genome, {&strands[i], 1}, examples.length, row.data());
      key[i] = hash(row);
    }
    keys.push_back(std::min(key[0], key[1]));
  }
  return keys;
}

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace genocuda {

/// A number for a name, the same everywhere: what tells random streams of parameters, layers and reads apart. (FNV-1a,
/// 64 bits, with a final mix so that its low half alone is good, too.)
constexpr std::uint64_t name_hash(std::string_view name) {
  std::uint64_t hash = 0xCBF29CE484222325ull;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ull;
  hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCDull;
  return hash ^ (hash >> 33);
}

}  // namespace genocuda

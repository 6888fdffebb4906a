// SPDX-License-Identifier: Apache-2.0
#include "learn/files/safetensors_layout.h"

#include <array>

#include <nlohmann/json.hpp>

namespace genocuda {
namespace {

struct TypeRow {
  std::string_view name;
  std::size_t bytes;
};

// In the order of SafetensorsType.
constexpr std::array<TypeRow, 17> kTypes = {{{"BOOL", 1},
                                             {"U8", 1},
                                             {"I8", 1},
                                             {"F8_E5M2", 1},
                                             {"F8_E4M3", 1},
                                             {"F8_E8M0", 1},
                                             {"I16", 2},
                                             {"U16", 2},
                                             {"F16", 2},
                                             {"BF16", 2},
                                             {"I32", 4},
                                             {"U32", 4},
                                             {"F32", 4},
                                             {"C64", 8},
                                             {"F64", 8},
                                             {"I64", 8},
                                             {"U64", 8}}};
static_assert(kTypes.size() == static_cast<std::size_t>(SafetensorsType::u64) + 1);

}  // namespace

std::string_view safetensors_type_name(SafetensorsType type) { return kTypes.at(static_cast<std::size_t>(type)).name; }

std::size_t safetensors_type_size(SafetensorsType type) { return kTypes.at(static_cast<std::size_t>(type)).bytes; }

namespace safetensors {

std::optional<SafetensorsType> type_from_name(std::string_view name) {
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    if (kTypes[i].name == name) return static_cast<SafetensorsType>(i);
  }
  return std::nullopt;
}

std::optional<std::uint64_t> tensor_bytes(SafetensorsType type, std::span<const std::int64_t> shape) {
  std::int64_t bytes = static_cast<std::int64_t>(safetensors_type_size(type));
  for (const std::int64_t extent : shape) {
    if (extent < 0 || __builtin_mul_overflow(bytes, extent, &bytes)) return std::nullopt;
  }
  return static_cast<std::uint64_t>(bytes);
}

std::string shown(std::string_view name) {
  constexpr std::size_t kLongest = 120;
  std::string text =
      nlohmann::json(name).dump(-1, ' ', /*ensure_ascii=*/true, nlohmann::json::error_handler_t::replace);
  if (text.size() > kLongest) text = text.substr(0, kLongest) + "...\"";
  return text;
}

}  // namespace safetensors
}  // namespace genocuda

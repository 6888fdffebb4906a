// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "learn/files/safetensors.h"

/// What the reader and the writer of safetensors share.
namespace genocuda::safetensors {

constexpr std::string_view kMetadataKey = "__metadata__";
/// The bytes before the header, which hold its length.
constexpr std::size_t kLengthBytes = 8;
/// The longest header the format allows.
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;

/// The type of that name, if there is one.
std::optional<SafetensorsType> type_from_name(std::string_view name);

/// Bytes of a tensor; nothing where an extent is negative or the product leaves 63 bits.
std::optional<std::uint64_t> tensor_bytes(SafetensorsType type, std::span<const std::int64_t> shape);

/// A name from a file, fit for a one-line message: quoted, escaped and not longer than a line bears.
std::string shown(std::string_view name);

}  // namespace genocuda::safetensors

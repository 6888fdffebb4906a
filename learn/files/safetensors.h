// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

/// The safetensors format (github.com/huggingface/safetensors), all of it but the types of less than a byte: eight
/// bytes with the length of a JSON header (little endian), the header ({"__metadata__": {text: text}, NAME: {"dtype",
/// "shape", "data_offsets"}}, padded with spaces to a multiple of eight bytes), then the tensors' values without gaps,
/// row-major and little endian.
namespace genocuda {

/// The types of the format, in the format's own order, which decides the order of tensors in a file.
enum class SafetensorsType {
  boolean,
  u8,
  i8,
  f8_e5m2,
  f8_e4m3,
  f8_e8m0,
  i16,
  u16,
  f16,
  bf16,
  i32,
  u32,
  f32,
  c64,
  f64,
  i64,
  u64,
};

/// "F32" for f32, as the header writes it.
std::string_view safetensors_type_name(SafetensorsType type);
/// Bytes of one value.
std::size_t safetensors_type_size(SafetensorsType type);

/// One tensor of a file, or to be written to one. `data` belongs to the SafetensorsFile or to the caller, holds
/// (product of `shape`) values and may start at any address.
struct TensorRecord {
  std::string name;
  SafetensorsType type = SafetensorsType::f32;
  std::vector<std::int64_t> shape;  // empty for a scalar
  std::span<const std::byte> data;
};

using SafetensorsMetadata = std::map<std::string, std::string, std::less<>>;

/// A safetensors file in memory. Movable; records and their data live as long as it does.
class SafetensorsFile {
 public:
  /// Reads a whole file. Throws Error (input_file) that names the file and says whether it is no safetensors file at
  /// all, truncated, or inconsistent and where; (out_of_memory) where it does not fit.
  static SafetensorsFile read(const std::string& path);
  /// The same from memory; `source` stands for the file in messages.
  static SafetensorsFile parse(std::vector<std::byte> bytes, std::string source);

  SafetensorsFile(SafetensorsFile&&) = default;
  SafetensorsFile& operator=(SafetensorsFile&&) = default;
  SafetensorsFile(const SafetensorsFile&) = delete;
  SafetensorsFile& operator=(const SafetensorsFile&) = delete;

  const std::string& source() const noexcept { return source_; }
  /// In the order of their data.
  const std::vector<TensorRecord>& tensors() const noexcept { return tensors_; }
  const SafetensorsMetadata& metadata() const noexcept { return metadata_; }
  /// The tensor of that name, or nullptr.
  const TensorRecord* find(std::string_view name) const;
  /// The tensor of that name; throws Error (input_file) that names file and tensor where there is none.
  const TensorRecord& at(std::string_view name) const;

 private:
  SafetensorsFile() = default;

  std::string source_;
  std::vector<std::byte> bytes_;
  std::vector<TensorRecord> tensors_;
  std::map<std::string, std::size_t, std::less<>> index_;
  SafetensorsMetadata metadata_;
};

/// Writes the tensors and metadata to `path`, as a whole or not at all (AtomicFile). The bytes depend on the content
/// alone: tensors are ordered by type (widest first, so that all are aligned) and name, metadata by key; the reference
/// implementation writes the same. Throws Error (invalid_argument) for two tensors of a name, the name "__metadata__",
/// text that is no UTF-8, a negative extent or data whose size is not that of type and shape; (input_file) as
/// AtomicFile.
void write_safetensors(const std::string& path, std::span<const TensorRecord> tensors,
                       const SafetensorsMetadata& metadata = {});
/// The bytes of that file.
std::vector<std::byte> serialize_safetensors(std::span<const TensorRecord> tensors,
                                             const SafetensorsMetadata& metadata = {});

/// The file's type for values of a C++ type; bfloat16, half and bool have none and go by TensorRecord.
template <typename T>
constexpr SafetensorsType safetensors_type_of() {
  if constexpr (std::same_as<T, float>)
    return SafetensorsType::f32;
  else if constexpr (std::same_as<T, double>)
    return SafetensorsType::f64;
  else if constexpr (std::same_as<T, std::int8_t>)
    return SafetensorsType::i8;
  else if constexpr (std::same_as<T, std::uint8_t>)
    return SafetensorsType::u8;
  else if constexpr (std::same_as<T, std::int16_t>)
    return SafetensorsType::i16;
  else if constexpr (std::same_as<T, std::uint16_t>)
    return SafetensorsType::u16;
  else if constexpr (std::same_as<T, std::int32_t>)
    return SafetensorsType::i32;
  else if constexpr (std::same_as<T, std::uint32_t>)
    return SafetensorsType::u32;
  else if constexpr (std::same_as<T, std::int64_t>)
    return SafetensorsType::i64;
  else {
    static_assert(std::same_as<T, std::uint64_t>, "no safetensors type for this C++ type");
    return SafetensorsType::u64;
  }
}

/// A record over `values`, which it does not copy.
template <typename T>
TensorRecord tensor_record(std::string name, std::vector<std::int64_t> shape, std::span<const T> values) {
  return {std::move(name), safetensors_type_of<T>(), std::move(shape), std::as_bytes(values)};
}

/// A copy of a tensor's values. Throws Error (input_file) where the tensor is of another type.
template <typename T>
std::vector<T> tensor_values(const TensorRecord& record) {
  if (record.type != safetensors_type_of<T>()) {
    throw Error(ErrorKind::input_file, "tensor '{}' is of type {}, not {}", record.name,
                safetensors_type_name(record.type), safetensors_type_name(safetensors_type_of<T>()));
  }
  std::vector<T> values(record.data.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), record.data.data(), values.size() * sizeof(T));
  return values;
}

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "core/tensor_type.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/dna.h"
#include "core/error.h"

namespace genocuda {

std::string_view name_of(DType dtype) {
  switch (dtype) {
    case DType::f64:
      return "f64";
    case DType::f32:
      return "f32";
    case DType::bf16:
      return "bf16";
    case DType::i64:
      return "i64";
    case DType::i32:
      return "i32";
    case DType::u8:
      return "u8";
    case DType::dna:
      return "dna";
  }
  throw Error(ErrorKind::internal, "unknown dtype {}", static_cast<int>(dtype));
}

std::size_t size_of(DType dtype) {
  switch (dtype) {
    case DType::f64:
    case DType::i64:
      return 8;
    case DType::f32:
    case DType::i32:
      return 4;
    case DType::bf16:
      return 2;
    case DType::u8:
      return 1;
    case DType::dna:
      break;
  }
  throw Error(ErrorKind::internal, "dtype {} has no size per element", name_of(dtype));
}

Shape::Shape(std::initializer_list<std::int64_t> extents) : Shape(std::span(extents.begin(), extents.size())) {}

Shape::Shape(std::span<const std::int64_t> extents) : rank_(static_cast<int>(extents.size())) {
  if (extents.size() > kMaxRank) {
    throw Error(ErrorKind::invalid_argument, "a tensor has at most {} dimensions, not {}", kMaxRank, extents.size());
  }
  for (std::size_t axis = 0; axis < extents.size(); ++axis) {
    if (extents[axis] < 0) {
      throw Error(ErrorKind::invalid_argument, "a tensor cannot have the extent {} (axis {})", extents[axis], axis);
    }
    extents_[axis] = extents[axis];
  }
}

std::int64_t Shape::product(int first, int last) const {
  constexpr std::int64_t kMost = std::int64_t{1} << 62;
  std::int64_t result = 1;
  for (int axis = first; axis < last; ++axis) {
    if (extents_[axis] > 0 && result > kMost / extents_[axis]) {
      throw Error(ErrorKind::invalid_argument, "a tensor of shape {} is too large", to_string());
    }
    result *= extents_[axis];
  }
  return result;
}

std::string Shape::to_string() const { return fmt::format("[{}]", fmt::join(extents(), ", ")); }

std::size_t TensorType::bytes() const {
  if (dtype == DType::dna) {
    const std::int64_t rows = shape.product(0, shape.rank() - 1);
    return static_cast<std::size_t>(rows * dna::row_words(shape[-1])) * sizeof(std::uint32_t);
  }
  return static_cast<std::size_t>(shape.elements()) * size_of(dtype);
}

std::string TensorType::to_string() const { return fmt::format("{}{}", name_of(dtype), shape.to_string()); }

}  // namespace genocuda

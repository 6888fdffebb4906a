// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace genocuda {

/// What an element is. `dna` is packed bases (core/dna.h): its last dimension counts bases, not bytes.
enum class DType : std::uint8_t { f64, f32, bf16, i64, i32, u8, dna };

std::string_view name_of(DType dtype);
/// Bytes of one element; throws for dna, which has no whole bytes per element.
std::size_t size_of(DType dtype);
constexpr bool is_floating(DType dtype) { return dtype == DType::f64 || dtype == DType::f32 || dtype == DType::bf16; }

/// The extents of a tensor, outermost first, dense and row-major; rank 0 is a scalar.
class Shape {
 public:
  static constexpr int kMaxRank = 6;

  Shape() = default;
  /// Throws Error(invalid_argument) where the rank exceeds kMaxRank or an extent is negative.
  Shape(std::initializer_list<std::int64_t> extents);
  explicit Shape(std::span<const std::int64_t> extents);

  int rank() const { return rank_; }
  /// The extent of an axis; negative axes count from the end.
  std::int64_t operator[](int axis) const { return extents_[axis < 0 ? rank_ + axis : axis]; }
  void set(int axis, std::int64_t extent) { extents_[axis < 0 ? rank_ + axis : axis] = extent; }
  /// Product of all extents (1 for a scalar); throws where it exceeds 2^62.
  std::int64_t elements() const { return product(0, rank_); }
  /// Product of the extents of axes [first, last).
  std::int64_t product(int first, int last) const;
  std::span<const std::int64_t> extents() const { return {extents_.data(), static_cast<std::size_t>(rank_)}; }
  /// As "[128, 600, 4]".
  std::string to_string() const;

  bool operator==(const Shape&) const = default;

 private:
  std::array<std::int64_t, kMaxRank> extents_{};
  int rank_ = 0;
};

struct TensorType {
  DType dtype = DType::f32;
  Shape shape;

  std::size_t bytes() const;
  /// As "f32[128, 600, 4]".
  std::string to_string() const;
  bool operator==(const TensorType&) const = default;
};

/// A tensor in memory that somebody else owns.
struct TensorView {
  TensorType type;
  void* data = nullptr;

  const Shape& shape() const { return type.shape; }
  std::int64_t elements() const { return type.shape.elements(); }
  template <typename T>
  T* as() const {
    return static_cast<T*>(data);
  }
};

}  // namespace genocuda

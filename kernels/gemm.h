// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "kernels/activation.h"
#include "kernels/storage.h"
#include "kernels/stream.h"

/// The product that conv1d, its two gradients and matmul are forms of: y = A · B with A [m, k] and B [k, n] read from
/// where they lie (implicit GEMM), so that no operand is ever rearranged in memory.
namespace genocuda::kernels {

/// What is multiplied: floats, floats rounded to TF32 or to bf16 (on tensor cores). Sums are in float. Operands in bf16
/// storage are exact in all three.
enum class Arithmetic : std::uint8_t { fp32, tf32, bf16 };

/// Divides by multiplying: the quotient is exact for numbers below 2^31.
class Divisor31 {
 public:
  constexpr Divisor31() = default;
  /// 1 <= divisor < 2^31. With l = ⌈log2 divisor⌉ the factor ⌈2^(31+l) / divisor⌉ fits 32 bits and is too large by less
  /// than 2^l / divisor, which the quotient of a number below 2^31 does not feel.
  constexpr explicit Divisor31(std::int64_t divisor)
      : divisor_(static_cast<std::uint32_t>(divisor)), shift_(31 + std::bit_width(divisor_ - 1)) {
    factor_ = static_cast<std::uint32_t>(((std::uint64_t{1} << shift_) + divisor_ - 1) / divisor_);
  }
  constexpr std::uint32_t quotient(std::uint32_t number) const {
    return static_cast<std::uint32_t>(std::uint64_t{number} * factor_ >> shift_);
  }
  constexpr std::uint32_t value() const { return divisor_; }

 private:
  std::uint32_t divisor_ = 1, factor_ = 1u << 31;
  int shift_ = 31;
};

/// An operand as lines of contiguous numbers, which is all that the tile code knows of convolutions. Line i belongs to
/// group i / lines_per_group, where it is number o = i mod lines_per_group; its columns are taps of `channels` each,
/// and column (tap, c) is
///   data[group · group_stride + p₀ · position_stride + tap · tap_stride + c],  p₀ = first + o · step,
/// or zero where position p₀ + tap · dilation is not in [0, length). So the windows of a padded, strided, dilated
/// sequence are such lines, and those of a matrix are lines of one tap.
struct TapLines {
  const void* data = nullptr;
  std::int64_t lines = 0;
  std::int64_t group_stride = 0, position_stride = 0, tap_stride = 0;
  Divisor31 lines_per_group{}, channels{};
  std::int32_t first = 0, step = 0, dilation = 0, length = 1;
  std::int32_t piece =
      2;  ///< bytes, up to 16, that taps begin on multiples of and are made of: what can be read at once
};

/// What a line of each operand is: a line of y, or a term k of the sums.
enum class GemmForm : std::uint8_t {
  forward,          ///< A: a row of y; B: a term (x · filters)
  input_gradient,   ///< A: a row of y; B: a column of y (dy · filtersᵀ)
  filter_gradient,  ///< A: a term; B: a term (xᵀ · dy)
};

/// Row i of y is at (i / rows_per_group) · group_stride + (i mod rows_per_group) · row_stride; its columns are
/// column_stride apart. In elements.
struct GemmOutput {
  void* data = nullptr;
  Divisor31 rows_per_group{};
  std::int64_t group_stride = 0, row_stride = 0, column_stride = 1;
};

/// Taps that look at the same lines: A's line of (row, tap) is line stream(row) + tap · shift of `stream`, which counts
/// the positions of padded sequences on end. A tile of rows then needs few lines of it for all taps. taps = 0: none.
struct SharedWindow {
  TapLines stream{};
  std::int32_t taps = 0, shift = 0;
};

/// What follows the sums: y = activation(A · B + bias [n]), either as far as it is given. relu, leaky_relu and
/// thresholded_relu are applied to the sums before they are stored; other activations take a second pass, over y, which
/// must then be contiguous.
struct Epilogue {
  const void* bias = nullptr;
  std::optional<Activation> activation{};
};

struct Gemm {
  GemmForm form = GemmForm::forward;
  std::int64_t m = 0, n = 0, k = 0;
  TapLines a{}, b{};
  GemmOutput y{};
  SharedWindow window{};
  Epilogue epilogue{};
};

/// Scratch of gemm(), in bytes.
std::size_t gemm_scratch_bytes(std::int64_t m, std::int64_t n, std::int64_t k, Arithmetic arithmetic);

/// y = A · B through the epilogue: sums of no terms are zeros. m, n and k are below 2^31 (else std::runtime_error),
/// elements may be more. The order of all sums follows from m, n, k and the arithmetic.
void gemm(const Gemm& gemm, Arithmetic arithmetic, Storage storage, void* scratch, Stream stream);

/// A matrix of contiguous rows as lines.
TapLines matrix_lines(const void* data, std::int64_t rows, std::int64_t columns, Storage storage);
/// TapLines::piece of contiguous taps of so many channels from this address on.
std::int32_t piece_of(const void* data, std::int64_t channels, Storage storage);

}  // namespace genocuda::kernels

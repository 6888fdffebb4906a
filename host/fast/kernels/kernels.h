// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/// The inner loops of the fast rows: raw pointers to floats, one thread, no allocation. They are compiled once for each
/// SIMD level (kernels/level_*.cc); the rows divide the work among threads and call the level of this CPU.
///
/// This header is included by files that are compiled for CPUs which this one may not be. It must not bring in inline
/// functions: the linker keeps one copy of each, and might keep one that this CPU cannot run.
namespace genocuda::fast {

/// In the order of genocuda::ActivationKind.
inline constexpr int kActivations = 10;

/// Numbers of one optimizer at one step, for one parameter.
struct OptimizerNumbers {
  float learning_rate, gradient_scale, l2, l1;
  float momentum;                ///< sgd, rmsprop
  bool nesterov;                 ///< sgd
  float decay, one_minus_decay;  ///< rmsprop
  float beta1, one_minus_beta1;  ///< adam, adamw
  float beta2, one_minus_beta2;  ///< adam, adamw
  float step_size;               ///< adam, adamw: learning rate / (1 − beta1^t)
  float inverse_root;            ///< adam, adamw: 1 / sqrt(1 − beta2^t)
  float epsilon;
};

/// A run of numbers of one parameter and of its state; results may lie where the operands do.
struct OptimizerSpan {
  const float *parameter, *gradient, *slot0, *slot1;
  float *new_parameter, *new_slot0, *new_slot1;
  std::int64_t count;
};

/// Rows of tables, looked up by the words at positions of a sequence (fast/tap_words.h).
struct WordLookup {
  const std::uint8_t* words;
  std::int64_t positions, stride;     ///< of the output
  std::int64_t tables, step;          ///< tables that each output position looks up, and words from one to the next
  std::int64_t table_size, row_size;  ///< in floats; rows of tables are padded with zeros to a multiple of kRowPadding
  std::int64_t columns, channels;     ///< of a row that belong to y, and floats from one row of y to the next
};

struct Kernels {
  using Unary = void (*)(const float* x, float* y, std::int64_t n, float alpha);
  using Binary = void (*)(const float* a, const float* b, float* y, std::int64_t n);
  using Gradient = void (*)(const float* d, const float* y, float* result, std::int64_t n, float alpha);
  using Update = void (*)(const OptimizerNumbers& numbers, const OptimizerSpan& span);

  // Elementwise: results may lie where an operand does. A null entry is not provided.
  Unary activation[kActivations];
  Gradient activation_gradient[kActivations];  ///< from y = activation(x)
  Binary add, subtract, multiply;
  void (*scale)(const float* x, float* y, std::int64_t n, float factor, float offset);
  void (*accumulate)(const float* x, float* y, std::int64_t n, float factor);  ///< y += factor · x
  /// x where the number of its position is kept, else 0, times `factor`; positions count from `first`, a multiple of 4.
  void (*dropout)(const float* x, float* y, std::int64_t first, std::int64_t n, std::uint64_t key, std::uint64_t stream,
                  std::uint32_t threshold, float factor);

  // Over rows of `channels` numbers.
  void (*add_bias)(const float* x, const float* bias, float* y, std::int64_t rows, std::int64_t channels);
  void (*column_sums)(const float* x, std::int64_t rows, std::int64_t channels, float* sums);
  double (*sum)(const float* x, std::int64_t n);
  float (*sum_of_squares)(const float* x, std::int64_t n);
  /// Of each column minus its `shift`: the mean, and the sum of squared differences from it. A shift near the mean
  /// keeps the digits of data far from zero.
  void (*moments)(const float* x, const float* shift, std::int64_t rows, std::int64_t channels, float* mean,
                  float* squares);
  /// y = (x − mean) · factor + offset.
  void (*normalise)(const float* x, const float* mean, const float* factor, const float* offset, float* y,
                    std::int64_t rows, std::int64_t channels);
  /// Σ dy and Σ dy · (x − mean) of each column.
  void (*normalise_sums)(const float* dy, const float* x, const float* mean, std::int64_t rows, std::int64_t channels,
                         float* dy_sums, float* product_sums);
  /// dx = (dy − constant − (x − mean) · slope) · factor.
  void (*normalise_backward)(const float* dy, const float* x, const float* mean, const float* factor,
                             const float* constant, const float* slope, float* dx, std::int64_t rows,
                             std::int64_t channels);
  void (*scale_columns)(const float* x, const float* factor, float* y, std::int64_t rows, std::int64_t channels);
  void (*column_squares)(const float* x, std::int64_t rows, std::int64_t channels, float* sums);

  /// The largest of `taps` neighbouring rows of x, and its number, the first of which is `first_tap`.
  void (*max_pool_u8)(const float* x, std::int64_t taps, std::int64_t first_tap, std::int64_t channels, float* y,
                      std::uint8_t* argmax);
  void (*max_pool_i32)(const float* x, std::int64_t taps, std::int64_t first_tap, std::int64_t channels, float* y,
                       std::int32_t* argmax);
  /// dx = or += dy where argmax is `tap`, else 0.
  void (*max_pool_backward_u8)(const float* dy, const std::uint8_t* argmax, std::int64_t tap, std::int64_t channels,
                               bool add, float* dx);
  void (*max_pool_backward_i32)(const float* dy, const std::int32_t* argmax, std::int64_t tap, std::int64_t channels,
                                bool add, float* dx);

  /// y[o, :] = Σ_t table t [word of position o · stride + t · step, :].
  void (*gather_conv)(const WordLookup& lookup, const float* tables, float* y);
  /// The adjoint: table t [word of …, :] += dy[o, :].
  void (*scatter_conv)(const WordLookup& lookup, const float* dy, float* tables);
  /// A copy that goes past the caches where the machine can.
  void (*stream)(const float* x, float* y, std::int64_t n);

  // One row each.
  void (*softmax)(const float* x, float* y, std::int64_t n);
  void (*softmax_gradient)(const float* d, const float* y, float* result, std::int64_t n);
  void (*log_softmax)(const float* x, float* y, std::int64_t n);
  void (*log_softmax_backward)(const float* dy, const float* y, float* dx, std::int64_t n);

  /// In the order of genocuda::OptimizerKind.
  Update update[5];
};

/// Floats that a row of a table for gather_conv is padded to a multiple of.
inline constexpr std::int64_t kRowPadding = 16;

namespace baseline {
extern const Kernels kKernels;
}
namespace v3 {
extern const Kernels kKernels;
}
namespace v4 {
extern const Kernels kKernels;
}

/// The kernels for this CPU (fast/simd_level.h).
const Kernels& kernels();

}  // namespace genocuda::fast

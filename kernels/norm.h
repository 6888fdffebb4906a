// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/stream.h"

/// L2 norms of gradients and weights, in float with sums in double: core/ops/optimizer.h says what they compute. Sums
/// run in an order that follows from the extents alone.
namespace genocuda::kernels {

/// sqrt(Σ x²) over a list of tensors, in as few launches as their number allows.
class GlobalNorm {
 public:
  /// Doubles of scratch that a tensor takes.
  static std::int64_t partials(std::int64_t elements);

  GlobalNorm(double* scratch, Stream stream) : scratch_(scratch), stream_(stream) {}
  void add(const float* values, std::int64_t elements);
  /// Launches what is left and writes the norm: to be called after the last add.
  void finish(float* norm);

 private:
  static constexpr int kTensorsOfLaunch = 120;
  struct Tensor {
    const float* values;
    std::int64_t elements;
  };

  void sum_squares();

  double* scratch_;
  Stream stream_;
  std::int64_t used_ = 0;  ///< of scratch
  int size_ = 0;
  Tensor tensors_[kTensorsOfLaunch];
};

/// scale: 1, or limit / norm where the norm is above a limit that is not 0; NaN where the norm is not finite.
void clip_scale(double limit, const float* norm, float* scale, Stream stream);

/// w [inputs, units] with every unit's weights rescaled to a norm of at most `limit`, or unchanged where
/// `gradient_scale` is not finite. The result may take the place of w.
void max_norm(std::int64_t inputs, std::int64_t units, double limit, const float* w, const float* gradient_scale,
              float* result, void* scratch, Stream stream);
/// Bytes of scratch for that, aligned to 8.
std::size_t max_norm_scratch(std::int64_t inputs, std::int64_t units);

}  // namespace genocuda::kernels

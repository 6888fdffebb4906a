// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/storage.h"
#include "kernels/stream.h"

namespace genocuda::kernels {

/// A convolution of x [batch, length, 4] with filters [width, 4, filters] of stride and dilation 1: output position o
/// looks at the bases o − pad_left + [0, width).
struct InputGradientShape {
  std::int64_t batch, length, out_length, filters, width, pad_left;
};

/// dx [batch, length, 4] of dy [batch, out_length, filters]: how much every base at every position matters. Single
/// precision; dx is aligned to 16.
void onehot_conv1d_input_gradient(const InputGradientShape& shape, Storage storage, const void* dy, const void* filters,
                                  void* dx, Stream stream);

}  // namespace genocuda::kernels

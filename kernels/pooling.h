// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/storage.h"
#include "kernels/stream.h"

/// Pools along the length of x [batch, length, channels] to y [batch, windows, channels]: core/ops/pooling.h says what
/// they compute. Window o covers positions o · stride − pad_left + k, 0 <= k < width, that lie in the sequence.
namespace genocuda::kernels {

struct Pool1d {
  std::int64_t batch, length, windows, channels;
  std::int64_t width, stride, pad_left;
};

/// The winner's k of each window: u8 where `narrow`, else i32.
struct Argmax {
  void* data;
  bool narrow;
};

void max_pool1d(const Pool1d& shape, Storage storage, const void* x, void* y, Argmax argmax, Stream stream);
/// dx: of every position the sum of dy over the windows that it won, first window first.
void max_pool1d_backward(const Pool1d& shape, Storage storage, const void* dy, Argmax argmax, void* dx, Stream stream);

}  // namespace genocuda::kernels

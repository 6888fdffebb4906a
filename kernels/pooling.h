// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/storage.h"
#include "kernels/stream.h"

/// Pools along the length of x [batch, length, channels] to y [batch, windows, channels]: core/ops/pooling.h says what
/// they compute. Window o covers positions o · stride − pad_left + k, 0 <= k < width, that lie in the sequence: at
/// least one.
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
/// y: of every window the element of t [batch, length, channels] where its winner is.
void max_pool1d_gather(const Pool1d& shape, Storage storage, const void* t, Argmax argmax, void* y, Stream stream);

/// y: of every window the mean over the positions in the sequence.
void avg_pool1d(const Pool1d& shape, Storage storage, const void* x, void* y, Stream stream);
/// dx: of every position the sum over its windows of dy by the number of their positions, first window first.
void avg_pool1d_backward(const Pool1d& shape, Storage storage, const void* dy, void* dx, Stream stream);

}  // namespace genocuda::kernels

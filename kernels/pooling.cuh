// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What the pools and their gradients share: windows, and how channels are dealt to threads.

#include "kernels/divisor.cuh"
#include "kernels/pack.cuh"
#include "kernels/pooling.h"

namespace genocuda::kernels {

constexpr int kPoolThreads = 256;
/// Positions, or windows, that a thread loads before it uses any.
constexpr int kPoolsAhead = 4;

/// The positions of a window that lie in the sequence: [first, last), `start` being where k is 0.
struct PoolWindow {
  std::int64_t start, first, last;
  __device__ PoolWindow(const Pool1d& n, std::int64_t window)
      : start(window * n.stride - n.pad_left),
        first(start < 0 ? 0 : start),
        last(start + n.width < n.length ? start + n.width : n.length) {}
  __device__ float positions() const { return static_cast<float>(last - first); }
};

/// Calls `f.operator()<T, channels a thread>()`: 16 bytes of them where shape and addresses allow.
template <typename F>
void with_channels(const Pool1d& n, Storage storage, bool aligned, F f) {
  with_storage(storage, [&](auto type) {
    using T = decltype(type);
    if (n.channels % Pack<T>::kSize == 0 && aligned) {
      f.template operator()<T, Pack<T>::kSize>();
    } else {
      f.template operator()<T, 1>();
    }
  });
}

inline bool has_outputs(const Pool1d& n) { return n.batch * n.windows * n.channels > 0; }

}  // namespace genocuda::kernels

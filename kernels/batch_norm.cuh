// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What both directions of batch normalisation share: how channels are stored and dealt to threads, and the scratch.

#include "kernels/batch_norm.h"
#include "kernels/columns.cuh"
#include "kernels/pack.cuh"

namespace genocuda::kernels {

/// One number a channel.
class ChannelVector {
 public:
  ChannelVector(const void* data, Storage storage) : data_(const_cast<void*>(data)), storage_(storage) {}
  __device__ float operator[](std::int64_t channel) const {
    return storage_ == Storage::bf16 ? to_float(static_cast<const bf16*>(data_)[channel])
                                     : static_cast<const float*>(data_)[channel];
  }
  __device__ void set(std::int64_t channel, double value) const {
    if (storage_ == Storage::bf16) {
      static_cast<bf16*>(data_)[channel] = from_float<bf16>(static_cast<float>(value));
    } else {
      static_cast<float*>(data_)[channel] = static_cast<float>(value);
    }
  }

 private:
  void* data_;
  Storage storage_;
};

/// Calls `f.operator()<T, channels a thread>()`. Four are 16 bytes of floats and 8 of bf16, of which wider runs would
/// take more registers than there are.
template <typename F>
void with_channels(const BatchNorm& n, bool aligned, F f) {
  with_storage(n.storage, [&](auto type) {
    using T = decltype(type);
    if (n.channels % 4 == 0 && aligned) {
      f.template operator()<T, 4>();
    } else {
      f.template operator()<T, 1>();
    }
  });
}
/// The same for sums, whose order must not depend on addresses.
template <typename F>
void with_channels(const BatchNorm& n, F f) {
  with_channels(n, true, f);
}

/// For sums over rows, and for what is done to each of them.
inline ColumnCut cut_for_sums(const BatchNorm& n, int channels_of_thread) {
  return {1, n.rows, n.channels, channels_of_thread};
}
inline ColumnCut cut_for_rows(const BatchNorm& n, int channels_of_thread) {
  return {1, n.rows, n.channels, channels_of_thread, 2048};
}

/// Scratch: 16 bytes a channel, then 16 bytes a channel of each chunk if there are several.
template <typename PerChannel, typename Partial>
struct BatchNormScratch {
  PerChannel* of_channels;
  Partial* partials;  ///< null for one chunk
  BatchNormScratch(const BatchNorm& n, const ColumnCut& cut, void* scratch)
      : of_channels(static_cast<PerChannel*>(scratch)),
        partials(cut.chunks > 1 ? reinterpret_cast<Partial*>(of_channels + n.channels) : nullptr) {
    static_assert(sizeof(PerChannel) == 16 && sizeof(Partial) == 16);
  }
};

}  // namespace genocuda::kernels

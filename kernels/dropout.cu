// SPDX-License-Identifier: Apache-2.0
#include "kernels/dropout.h"

#include <cmath>

#include "kernels/elementwise.cuh"
#include "kernels/philox.cuh"

namespace genocuda::kernels {
namespace {

/// A Philox block serves four neighbouring elements: some 25 integer operations an element, about what a GPU has time
/// for while the memory moves it.
struct DropoutFunction {
  std::uint64_t seed;
  const std::int32_t* step;
  std::uint32_t layer;
  std::uint32_t threshold;  ///< a draw of 24 bits below it drops
  float factor;             ///< of what stays

  template <int kWidth>
  __device__ __forceinline__ Floats<kWidth> operator()(std::int64_t first, const Floats<kWidth>& x) const {
    static_assert(kWidth == 1 || kWidth % 4 == 0);
    const std::uint64_t stream = static_cast<std::uint64_t>(layer) << 32 | static_cast<std::uint32_t>(__ldg(step));
    const auto i = static_cast<std::uint64_t>(first);
    Floats<kWidth> y;
    if constexpr (kWidth == 1) {
      const PhiloxBlock block = philox(seed, i / 4, stream);
      const std::uint32_t half[2] = {i & 1 ? block.words[1] : block.words[0], i & 1 ? block.words[3] : block.words[2]};
      y[0] = kept(i & 2 ? half[1] : half[0], x[0]);
    } else {
#pragma unroll
      for (int k = 0; k < kWidth; k += 4) {
        const PhiloxBlock block = philox(seed, (i + k) / 4, stream);
#pragma unroll
        for (int word = 0; word < 4; ++word) y[k + word] = kept(block.words[word], x[k + word]);
      }
    }
    return y;
  }

 private:
  __device__ __forceinline__ float kept(std::uint32_t word, float x) const {
    return word >> 8 < threshold ? 0.0f : x * factor;
  }
};

}  // namespace

void dropout(std::int64_t n, Storage storage, const Dropout& which, const std::int32_t* step, const void* x, void* y,
             Stream stream) {
  // w · 2^-24 < rate, both exact in double, is w < rate · 2^24.
  const auto threshold = static_cast<std::uint32_t>(std::ceil(which.rate * 0x1p24));
  const DropoutFunction f{which.seed, step, which.layer, threshold, static_cast<float>(1 / (1 - which.rate))};
  with_storage(storage, [&](auto type) {
    using T = decltype(type);
    launch_elementwise(stream, n, f, static_cast<T*>(y), static_cast<const T*>(x));
  });
}

}  // namespace genocuda::kernels

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "simt/site.h"

namespace simt {

/// A __shared__ array of the running block. `key` stands for the declaration.
void* static_shared(const void* key, std::size_t bytes, std::size_t alignment, Site site);
/// The dynamic shared memory of the running block, aligned to 128 bytes.
void* dynamic_shared();
/// True where all of it lies inside one array of the running block's shared memory.
bool is_shared(const void* address, std::size_t bytes);

}  // namespace simt

/// A __shared__ array: KERNEL_SHARED(float, tile, [32][33]); aligned as its type is and no more, like on a GPU: for
/// 16-byte accesses say KERNEL_SHARED(alignas(16) float, tile, [32][32]). Each block finds it filled with ones: as
/// floats, NaN.
#define KERNEL_SHARED(T, name, ...)                                                                     \
  struct SimtShared_##name {                                                                            \
    T array __VA_ARGS__;                                                                                \
  };                                                                                                    \
  static constexpr char simt_key_##name = 0;                                                            \
  auto& name = static_cast<SimtShared_##name*>(                                                         \
                   ::simt::static_shared(&simt_key_##name, sizeof(SimtShared_##name::array),            \
                                         alignof(SimtShared_##name), ::simt::Site{__FILE__, __LINE__})) \
                   ->array

#define KERNEL_DYNAMIC_SHARED(T, name) T* name = static_cast<T*>(::simt::dynamic_shared())

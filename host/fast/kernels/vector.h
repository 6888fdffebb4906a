// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "host/fast/kernels/kernels.h"

/// Vectors of the level that this file is compiled for, by the vector extension of GCC and clang. All functions are in
/// an unnamed namespace, see kernels.h.
namespace genocuda::fast::GENOCUDA_LEVEL {
namespace {

#define GENOCUDA_INLINE inline __attribute__((always_inline))

#if defined(__AVX512F__)
inline constexpr int kLanes = 16;
#elif defined(__AVX2__)
inline constexpr int kLanes = 8;
#else
inline constexpr int kLanes = 4;
#endif

typedef float Vector __attribute__((vector_size(kLanes * 4)));
typedef std::int32_t Integers __attribute__((vector_size(kLanes * 4)));

GENOCUDA_INLINE Vector load(const float* p) {
  Vector v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
GENOCUDA_INLINE void store(float* p, Vector v) { __builtin_memcpy(p, &v, sizeof v); }

/// The first `count` lanes; the others are 0, or are not written.
GENOCUDA_INLINE Vector load_some(const float* p, std::int64_t count) {
  Vector v = {};
  for (std::int64_t i = 0; i < count; ++i) v[i] = p[i];
  return v;
}
GENOCUDA_INLINE void store_some(float* p, Vector v, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) p[i] = v[i];
}

}  // namespace
}  // namespace genocuda::fast::GENOCUDA_LEVEL

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace genocuda::fast {

/// The instruction sets that the vector kernels are compiled for: the levels of the x86-64 psABI, or whatever the
/// compiler takes for granted on other machines.
enum class SimdLevel {
  baseline,  ///< SSE2 on x86-64, NEON on aarch64
  v3,        ///< AVX2 and FMA
  v4,        ///< AVX-512 F, BW, CD, DQ, VL
};

/// "SSE2", "AVX2", "AVX-512", "NEON" …, for people.
std::string_view name_of(SimdLevel level);

/// The best level of this CPU that is compiled in. The environment variable GENOCUDA_SIMD (baseline, v3, v4), read
/// once, can lower it; a name that is none of these is an Error.
SimdLevel simd_level();

}  // namespace genocuda::fast

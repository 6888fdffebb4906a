// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "host/fast/kernels/kernels.h"
#include "host/fast/simd_level.h"

namespace genocuda::fast {

struct Level {
  std::string name;
  const Kernels& kernels;
};

/// The levels that this CPU can run, the baseline first.
inline std::vector<Level> levels() {
  std::vector<Level> result{{"baseline", baseline::kKernels}};
#if defined(__x86_64__)
  if (simd_level() >= SimdLevel::v3) result.push_back({"v3", v3::kKernels});
  if (simd_level() >= SimdLevel::v4) result.push_back({"v4", v4::kKernels});
#endif
  return result;
}

}  // namespace genocuda::fast

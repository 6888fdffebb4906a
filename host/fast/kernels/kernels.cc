// SPDX-License-Identifier: Apache-2.0
#include "host/fast/kernels/kernels.h"

#include "host/fast/simd_level.h"

namespace genocuda::fast {

const Kernels& kernels() {
#if defined(__x86_64__)
  switch (simd_level()) {
    case SimdLevel::v4:
      return v4::kKernels;
    case SimdLevel::v3:
      return v3::kKernels;
    case SimdLevel::baseline:
      break;
  }
#endif
  return baseline::kKernels;
}

}  // namespace genocuda::fast

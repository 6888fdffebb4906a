// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cuda_runtime_api.h>

#include <string_view>

#include "core/error.h"

namespace genocuda::cuda {

/// Throws Error(device) that says what was tried and what CUDA answered.
inline void check(cudaError_t status, std::string_view what) {
  if (status == cudaSuccess) return;
  throw Error(ErrorKind::device, "CUDA: {} failed: {} ({})", what, cudaGetErrorString(status),
              cudaGetErrorName(status));
}

}  // namespace genocuda::cuda

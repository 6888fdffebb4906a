// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/device.h"

namespace genocuda {

/// How many GPUs CUDA sees; 0 where there is no driver.
int cuda_device_count();

/// A GPU that CUDA sees, or, with the name "cuda", why it sees none.
struct CudaReport {
  std::string name;  ///< "cuda:0"
  bool usable = false;
  std::string description;  ///< one line: what it is, or why it cannot be used
};

/// At least one. Never throws for what this machine lacks.
std::vector<CudaReport> report_cuda_devices();

/// The GPU of that number. It keeps memory that is released for the next who asks; the environment variable
/// GENOCUDA_GPU_MEMORY_LIMIT ("6G") limits what it takes. Its streams run apart from each other, stage copies from and
/// to pageable memory in pinned buffers, and record executables as CUDA graphs. Throws Error(device) where there is no
/// such GPU or it cannot be used, with the reason.
std::unique_ptr<Device> make_cuda_device(int ordinal = 0);

}  // namespace genocuda

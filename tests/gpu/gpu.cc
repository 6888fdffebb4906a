// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/gpu.h"

#include "cuda/device.h"

namespace genocuda {

Device& test_gpu() {
  static const std::unique_ptr<Device> device = make_cuda_device();
  return *device;
}

}  // namespace genocuda

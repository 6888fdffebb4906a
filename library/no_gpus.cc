// SPDX-License-Identifier: Apache-2.0
#include "core/error.h"
#include "library/gpus.h"

namespace genocuda {

int count_gpus() { return 0; }

std::vector<DeviceReport> list_gpus() {
  return {{"cuda", false, "this build has no CUDA backend: build it where nvcc is found"}};
}

std::unique_ptr<Device> make_gpu(int) { throw Error(ErrorKind::device, list_gpus().front().description); }

}  // namespace genocuda

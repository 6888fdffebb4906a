// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/gpu.h"
#include "tests/kernels/device_array.h"

namespace genocuda::kernel_test {

Device& device() { return test_gpu(); }

cuda::KernelStream& stream() {
  static const std::unique_ptr<Stream> stream = device().make_stream();
  return static_cast<cuda::KernelStream&>(*stream);
}

}  // namespace genocuda::kernel_test

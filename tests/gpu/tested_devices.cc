// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/gpu.h"
#include "tests/ops/devices.h"

namespace genocuda::op_test {

const std::vector<TestedDevice>& tested_devices() {
  static const std::vector<TestedDevice> devices{{"cuda",
                                                  test_gpu,
                                                  {{DType::f32, Precision::fp32, 1e-5},
                                                   {DType::f32, Precision::tf32, 1e-3},
                                                   {DType::f32, Precision::bf16, 2e-2},
                                                   {DType::bf16, Precision::bf16, 2e-2}}}};
  return devices;
}

}  // namespace genocuda::op_test

// SPDX-License-Identifier: Apache-2.0
#include "tests/ops/devices.h"

namespace genocuda::op_test {

const std::vector<TestedDevice>& tested_devices() {
  static const std::vector<TestedDevice> devices{
      {"cpu", oracle, {{DType::f32, Precision::fp32, 4e-6}, {DType::f64, Precision::fp32, 1e-12}}}};
  return devices;
}

}  // namespace genocuda::op_test

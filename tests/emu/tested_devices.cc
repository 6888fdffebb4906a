// SPDX-License-Identifier: Apache-2.0
#include "tests/emu/emulated_device.h"
#include "tests/ops/devices.h"

namespace genocuda::op_test {
namespace {

Device& emu() {
  static const std::unique_ptr<Device> device = make_emulated_device();
  return *device;
}

}  // namespace

const std::vector<TestedDevice>& tested_devices() {
  static const std::vector<TestedDevice> devices{{"emu",
                                                  emu,
                                                  {{DType::f32, Precision::fp32, 1e-5},
                                                   {DType::f32, Precision::tf32, 1e-3},
                                                   {DType::f32, Precision::bf16, 2e-2},
                                                   {DType::bf16, Precision::bf16, 2e-2}}}};
  return devices;
}

}  // namespace genocuda::op_test

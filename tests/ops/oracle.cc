// SPDX-License-Identifier: Apache-2.0
#include "host/cpu_device.h"
#include "tests/ops/devices.h"

namespace genocuda::op_test {

Device& oracle() {
  // Two threads even where there is one core, so that the parallel code is what is tested.
  static const std::unique_ptr<Device> device = make_cpu_device(2);
  return *device;
}

}  // namespace genocuda::op_test

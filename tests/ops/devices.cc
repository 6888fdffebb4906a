// SPDX-License-Identifier: Apache-2.0
#include "tests/ops/devices.h"

#include <stdexcept>

#include <fmt/format.h>

#include "host/cpu_device.h"

namespace genocuda::op_test {
namespace {

Device& cpu() {
  // Two threads even where there is one core, so that the parallel code is what is tested.
  static const std::unique_ptr<Device> device = make_cpu_device(2);
  return *device;
}

/// The first row that fits applies; "" fits every implementation.
struct ToleranceRow {
  std::string_view device, implementation;
  DType dtype;
  Precision precision;
  double tolerance;
};

constexpr ToleranceRow kTolerances[] = {
    {"cpu", "", DType::f64, Precision::fp32, 1e-12},
    {"cpu", "", DType::f32, Precision::fp32, 4e-6},
};

}  // namespace

Device& oracle() { return cpu(); }

const std::vector<TestedDevice>& tested_devices() {
  static const std::vector<TestedDevice> devices{{"cpu", cpu}};
  return devices;
}

double tolerance_of(std::string_view device, std::string_view implementation, DType dtype, Precision precision) {
  for (const ToleranceRow& row : kTolerances) {
    if (row.device == device && (row.implementation.empty() || row.implementation == implementation) &&
        row.dtype == dtype && row.precision == precision) {
      return row.tolerance;
    }
  }
  throw std::invalid_argument(fmt::format("no tolerance for {} on {} in {}", implementation, device, name_of(dtype)));
}

}  // namespace genocuda::op_test

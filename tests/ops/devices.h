// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/device.h"

namespace genocuda::op_test {

/// The oracle: the CPU, whose table has the reference implementations.
Device& oracle();

/// A device on which all implementations are held against the oracle.
struct TestedDevice {
  std::string name;
  Device& (*get)();
};
const std::vector<TestedDevice>& tested_devices();

/// How far an implementation may be off, relative to the largest element of a tensor.
double tolerance_of(std::string_view device, std::string_view implementation, DType dtype, Precision precision);

}  // namespace genocuda::op_test

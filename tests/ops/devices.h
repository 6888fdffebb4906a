// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/device.h"

namespace genocuda::op_test {

/// The oracle: the CPU, whose table has the reference implementations.
Device& oracle();

/// How numbers are stored and computed with, and how far an implementation may then be off, relative to the largest
/// element of a tensor.
struct Mode {
  DType dtype;
  Precision precision;
  double tolerance;
};

/// A device on which all implementations are held against the oracle.
struct TestedDevice {
  std::string name;
  Device& (*get)();
  std::vector<Mode> modes;  ///< the first is the one that every operator runs in
};

/// Of this test program.
const std::vector<TestedDevice>& tested_devices();

}  // namespace genocuda::op_test

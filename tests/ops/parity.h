// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/ops/devices.h"
#include "tests/ops/operator_case.h"

namespace genocuda::op_test {

/// Runs a case with all its derivatives on a device, once as the device chooses and once for each implementation that
/// any of its nodes could run with, and holds all that comes out against the reference in double on the same data.
/// Differences are failures of the current GoogleTest test.
void expect_parity(const OperatorCase& operator_case, const TestedDevice& device, DType dtype,
                   Precision precision = Precision::fp32);

}  // namespace genocuda::op_test

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/ops/devices.h"
#include "tests/ops/operator_case.h"

namespace genocuda::op_test {

/// Runs a case with all its derivatives on a device in each of its modes, once as the device chooses and once for each
/// implementation that any of its nodes could run with, and holds all that comes out against the reference in double on
/// the same data. Modes after the first are left out where some operator of the case has no implementation in it, or
/// where they choose the implementations of the first. Differences are failures of the current GoogleTest test.
void expect_parity(const OperatorCase& operator_case, const TestedDevice& device);

}  // namespace genocuda::op_test

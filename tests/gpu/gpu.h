// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device.h"

namespace genocuda {

/// The first GPU, which the tests of these programs run on. Without one they are all skipped, or fail where
/// GENOCUDA_REQUIRE_GPU=1 is set.
Device& test_gpu();

}  // namespace genocuda

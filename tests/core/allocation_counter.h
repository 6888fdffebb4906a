// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace genocuda::testing {

/// How often this program has called operator new.
long allocations();

}  // namespace genocuda::testing

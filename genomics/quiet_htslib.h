// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace genocuda {

/// htslib writes to standard error what this library throws; its log level is one for the whole process.
void quieten_htslib();

}  // namespace genocuda

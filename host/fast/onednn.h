// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace genocuda::fast {

/// "oneDNN 2.6.3", or "no oneDNN" in a build without it.
std::string onednn_version();

}  // namespace genocuda::fast

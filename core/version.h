// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace genocuda {

/// The version of the library that runs, "major.minor.patch".
std::string_view version() noexcept;

}  // namespace genocuda

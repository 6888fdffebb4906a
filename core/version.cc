// SPDX-License-Identifier: Apache-2.0
#include "core/version.h"

namespace genocuda {

std::string_view version() noexcept { return GENOCUDA_VERSION; }

}  // namespace genocuda

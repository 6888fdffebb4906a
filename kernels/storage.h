// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace genocuda::kernels {

/// How the floating numbers of a tensor lie in memory. Kernels compute in float whatever the storage.
enum class Storage : std::uint8_t { f32, bf16 };

}  // namespace genocuda::kernels

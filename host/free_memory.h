// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>

namespace genocuda::host {

/// Bytes of host memory that this process may still take: what the system has available with its swap, what the control
/// groups (version 1 and 2) over this process leave of their limits, and what RLIMIT_AS leaves, whichever is least.
/// Memory that holds nothing but pages of files counts as free. Nothing where the system does not say. `root` stands
/// for
/// "/", for tests.
std::optional<std::size_t> free_memory(const std::filesystem::path& root = "/");

}  // namespace genocuda::host

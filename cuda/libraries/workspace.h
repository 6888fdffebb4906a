// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

/// The workspaces of the libraries in the scratch of a node, which is aligned to less than they ask for.
namespace genocuda::cuda {

constexpr std::size_t kWorkspaceAlignment = 256;

/// What to book for a workspace of that size.
constexpr std::size_t booked_workspace(std::size_t bytes) { return bytes == 0 ? 0 : bytes + kWorkspaceAlignment; }

/// The workspace in booked scratch; null in none.
inline void* aligned_workspace(void* scratch) {
  const auto address = reinterpret_cast<std::uintptr_t>(scratch);
  return reinterpret_cast<void*>((address + kWorkspaceAlignment - 1) / kWorkspaceAlignment * kWorkspaceAlignment);
}

}  // namespace genocuda::cuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

#include "simt/vector_types.h"

struct CUstream_st;

namespace simt {

/// A kernel with its arguments and its place in the grid.
struct Launch {
  dim3 grid_size, block_size;
  std::size_t dynamic_bytes;
  /// Of all arguments together.
  std::size_t argument_bytes;
  /// Runs the kernel as one thread: `run(arguments)`.
  void (*run)(const void* arguments);
  const void* arguments;
  /// The kernel's address, by which reports name it.
  const void* kernel;
};

/// Runs every thread of every block; throws Error where the kernel or the configuration is wrong.
void run_grid(const Launch& launch);

/// kernel<<<grid, block, shared_bytes, stream>>>(arguments...); done when it returns.
template <typename... Parameters, typename... Arguments>
void launch(void (*kernel)(Parameters...), dim3 grid, dim3 block, std::size_t shared_bytes, CUstream_st*,
            Arguments&&... arguments) {
  static_assert((std::is_trivially_copyable_v<Parameters> && ...), "a kernel's arguments are copied as bytes");
  struct Call {
    void (*kernel)(Parameters...);
    std::tuple<Parameters...> arguments;
  };
  const Call call{kernel, {static_cast<Parameters>(arguments)...}};
  run_grid({.grid_size = grid,
            .block_size = block,
            .dynamic_bytes = shared_bytes,
            .argument_bytes = (sizeof(Parameters) + ... + 0),
            .run =
                [](const void* opaque) {
                  const Call& once = *static_cast<const Call*>(opaque);
                  [&]<std::size_t... kIndex>(std::index_sequence<kIndex...>) {
                    once.kernel(std::get<kIndex>(once.arguments)...);
                  }
                  (std::index_sequence_for<Parameters...>{});
                },
            .arguments = &call,
            .kernel = reinterpret_cast<const void*>(kernel)});
}

}  // namespace simt

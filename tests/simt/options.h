// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace simt {

/// In which order ready threads of a warp, warps of a block and blocks of a grid take their turns.
enum class Order { forward, reverse, random };

struct Options {
  /// Host threads that share the blocks of a grid.
  int workers = 1;
  Order order = Order::forward;
  unsigned seed = 1;
  /// As GPUs do since Volta, do not wait at a barrier for threads that have returned. It is an error otherwise, since
  /// the programming guide asks for all threads.
  bool lenient = false;
};

/// From SIMT_WORKERS=n, SIMT_ORDER=forward|reverse|random:seed and SIMT_LENIENT=1 when first asked for; throws Error
/// where they say something else. Tests may change it between launches.
Options& options();

}  // namespace simt

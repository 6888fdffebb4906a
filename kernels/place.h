// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace genocuda::kernels {

/// A window on contigs that lie one after another in one table. Positions count along the table: a window has those
/// from `start` on or, on the reverse strand, the same in reverse order.
struct WindowPlace {
  std::int64_t start;                     ///< may lie before contig_begin, and the window may end after contig_end
  std::int64_t contig_begin, contig_end;  ///< outside [begin, end) there is nothing
  std::int32_t reverse;                   ///< not 0: the reverse strand
};

}  // namespace genocuda::kernels

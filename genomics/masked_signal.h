// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "genomics/bed.h"
#include "genomics/notices.h"
#include "genomics/signal_track.h"

namespace genocuda {

/// The signal without its values in some intervals, which are widened by `margin` bases either side: what lies there is
/// missing. Contigs of the intervals that the signal lacks count for nothing; names may be aliases (ContigNames).
std::shared_ptr<const SignalTrack> masked(std::shared_ptr<const SignalTrack> signal, const BedFile& mask,
                                          std::int64_t margin, Notices* notices = nullptr);

}  // namespace genocuda

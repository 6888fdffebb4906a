// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "genomics/genome.h"
#include "genomics/interval_union.h"
#include "genomics/notices.h"

namespace genocuda {

/// The parts of a genome that places stand for, each a contig (chr1), bases of one (chr1:1000-2000, from 0 and
/// half-open as in BED, the way this library names windows) or a BED file. Contigs may go by aliases (ContigNames).
/// Error (input_file) naming the place for a contig that the genome lacks and for bases that it does not have, and as
/// read_bed() and intervals_on() throw.
IntervalUnion regions_on(const Genome& genome, std::span<const std::string> places, Notices* notices = nullptr);

/// All contigs.
IntervalUnion whole(const Genome& genome);

/// What lies in `a` and not in `b`; both are of the same contigs.
IntervalUnion difference(const IntervalUnion& a, const IntervalUnion& b);

/// The first bases that lie in both, as "chr1:100-200", or "".
std::string first_overlap(const Genome& genome, const IntervalUnion& a, const IntervalUnion& b);

}  // namespace genocuda

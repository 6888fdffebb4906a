// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "genomics/byte_sink.h"
#include "genomics/signal_track.h"

namespace genocuda {

/// Whether a file starts like a bigWig file. Error (input_file) where it cannot be read.
bool is_bigwig(const std::string& path);

/// Opens a bigWig file (Kent et al., "BigWig and BigBed", Bioinformatics 2010), versions 1 to 4, items of all three
/// kinds, compressed or not. Only the header and the names of the contigs are read; visit() then reads the blocks that
/// it needs, so that any number of threads may use it and the memory it takes stays small.
///
/// Every length and offset in the file is checked before it is used. Error (input_file) naming the file, and the contig
/// where there is one, for one that is damaged, truncated or written by a big-endian machine.
std::unique_ptr<SignalTrack> open_bigwig(const std::string& path);

/// Writes a track as a compressed bigWig file of version 4 with up to ten zoom levels, as the UCSC tools do: contigs in
/// the order of their names' bytes, the first level about ten runs a record, each further one four times coarser. Reads
/// the track once for each level. Runs must ascend and not overlap. The same track gives the same bytes.
///
/// Error (invalid_argument) where a contig is longer than 2^32 - 1 bases, or there is none.
void write_bigwig(const SignalTrack& track, RewritableSink& out);

}  // namespace genocuda

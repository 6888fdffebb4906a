// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "genomics/byte_sink.h"
#include "genomics/line_reader.h"
#include "genomics/signal_track.h"

namespace genocuda {

/// Reads a bedGraph file into memory, 24 bytes a line: contig, start, end and value, 0-based and half-open, plain, gzip
/// or bgzip; '#', `track`, `browser` and blank lines are skipped, CRLF is fine. A contig is taken to be as long as its
/// last interval ends, as the format does not say.
///
/// Error (input_file) naming file and line for fewer than four columns, a position or value that is no number, start <
/// 0 or >= end, and intervals of a contig that overlap or are not in ascending order.
std::unique_ptr<SignalTrack> read_bedgraph(const std::string& path);
std::unique_ptr<SignalTrack> read_bedgraph(LineReader& lines);

/// Writes all runs of a track, contigs in its order; floats in the shortest form that reads back as the same number.
void write_bedgraph(const SignalTrack& track, ByteSink& out);

}  // namespace genocuda

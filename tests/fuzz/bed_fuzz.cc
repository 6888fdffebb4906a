// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "core/error.h"
#include "genomics/bed.h"
#include "genomics/labelling.h"

using namespace genocuda;

// Plain, gzip and bgzip BED, placed on a small genome, and bins labelled by it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::shared_ptr<const Genome> genome = [] {
    auto small = std::make_shared<Genome>("genome.fa");
    for (const char* name : {"chr1", "chr2", "chrX"}) small->add(name, PackedSequence(std::string(1000, 'A')));
    return small;
  }();
  try {
    LineReader lines(open_memory(std::string(reinterpret_cast<const char*>(data), size)), "input.bed");
    PeakSet set{"task", read_bed(lines)};
    for (const BedInterval& interval : set.peaks.intervals) {
      if (interval.start < 0 || interval.start >= interval.end) std::abort();
      if (interval.point() < interval.start || interval.point() >= interval.end) std::abort();
    }
    BinOptions options;
    options.bin = 7;
    options.window = 30;
    Notices notices;
    label_bins(genome, {&set, 1}, options, &notices);
  } catch (const Error& error) {
    if (std::string_view(error.what()).find('\n') != std::string_view::npos) std::abort();
  }
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

#include "core/error.h"
#include "genomics/bigwig.h"

using namespace genocuda;

// Opens the bytes as a bigWig file and reads what it says to have.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const int file = ::memfd_create("input.bw", MFD_CLOEXEC);
  if (file < 0 || ::write(file, data, size) != static_cast<ssize_t>(size)) std::abort();
  try {
    const auto track = open_bigwig("/proc/self/fd/" + std::to_string(file));
    std::vector<float> values(1000);
    for (std::int32_t contig = 0; contig < std::min(track->contigs().size(), 20); ++contig) {
      const std::int64_t length = track->contigs().length(contig);
      track->visit(contig, 0, length, [&](std::span<const SignalRun> runs) {
        for (const SignalRun& run : runs) {
          if (run.start < 0 || run.start >= run.end || run.end > length) std::abort();
        }
      });
      track->values(contig, -10, values);
    }
  } catch (const Error& error) {
    if (std::string_view(error.what()).find('\n') != std::string_view::npos) std::abort();
  }
  ::close(file);
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// usage: simt_wrong_kernels NAME: launches one wrong kernel. Exit status 3 with the message on standard output where
// the emulator refuses it, 0 where nobody does; a sanitizer ends the program in its own way.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string_view>

#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

struct Named {
  std::string_view name;
  Run run;
};

#define SIMT_NAMED(name) \
  { #name, &name }
constexpr Named kKernels[] = {
    SIMT_NAMED(async_copy_misaligned),
    SIMT_NAMED(async_copy_never_awaited),
    SIMT_NAMED(async_copy_outside_of_shared),
    SIMT_NAMED(async_copy_too_many),
    SIMT_NAMED(barrier_divergence),
    SIMT_NAMED(barrier_not_reached_by_all),
    SIMT_NAMED(deadlock),
    SIMT_NAMED(hinted_load_misaligned),
    SIMT_NAMED(lane_not_in_mask),
    SIMT_NAMED(lane_returned),
    SIMT_NAMED(ldmatrix_misaligned),
    SIMT_NAMED(masks_differ),
    SIMT_NAMED(mma_by_part_of_a_warp),
    SIMT_NAMED(shared_memory_too_large),
    SIMT_NAMED(shuffle_width),
    SIMT_NAMED(warp_divergence),
    SIMT_NAMED(dynamic_out_of_bounds),
    SIMT_NAMED(global_out_of_bounds),
    SIMT_NAMED(shared_before_the_start),
    SIMT_NAMED(shared_out_of_bounds),
    SIMT_NAMED(global_misaligned),
    SIMT_NAMED(shared_misaligned),
    SIMT_NAMED(race_of_async_copy),
    SIMT_NAMED(race_of_blocks),
    SIMT_NAMED(race_of_rows_of_blocks),
    SIMT_NAMED(race_of_sum),
    SIMT_NAMED(race_without_fence),
    SIMT_NAMED(race_without_second_syncthreads),
    SIMT_NAMED(race_without_syncthreads),
    SIMT_NAMED(race_without_syncwarp),
};
#undef SIMT_NAMED

int run(std::string_view name) {
  const auto* const kernel = std::find_if(std::begin(kKernels), std::end(kKernels),
                                          [&](const Named& candidate) { return candidate.name == name; });
  if (kernel == std::end(kKernels)) {
    std::fprintf(stderr, "simt_wrong_kernels: there is no kernel of this name\n");
    return 2;
  }
  constexpr std::size_t kFloats = 256;
  const auto zeros = std::make_unique<float[]>(kFloats), out = std::make_unique<float[]>(kFloats);
  try {
    kernel->run(zeros.get(), out.get());
  } catch (const Error& error) {
    std::printf("%s\n", error.what());
    return 3;
  }
  return 0;
}

}  // namespace
}  // namespace simt::wrong

int main(int argc, char** argv) { return simt::wrong::run(argc == 2 ? argv[1] : ""); }

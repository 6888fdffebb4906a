// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <simt/ptx.h>

/// Kernels that are wrong in ways that a GPU often hides, one a file. The line that its report must name ends in
/// "// wrong" (where two are named, both do). Each function launches its kernel; `zeros` and `out` are 256 floats each
/// in allocations of their own.
namespace simt::wrong {

using Run = void (*)(const float* zeros, float* out);

// What the emulator finds in every build.
void async_copy_misaligned(const float* zeros, float* out);
void async_copy_never_awaited(const float* zeros, float* out);
void async_copy_outside_of_shared(const float* zeros, float* out);
void async_copy_too_many(const float* zeros, float* out);
void barrier_divergence(const float* zeros, float* out);
void barrier_not_reached_by_all(const float* zeros, float* out);
void deadlock(const float* zeros, float* out);
void hinted_load_misaligned(const float* zeros, float* out);
void lane_not_in_mask(const float* zeros, float* out);
void lane_returned(const float* zeros, float* out);
void ldmatrix_misaligned(const float* zeros, float* out);
void masks_differ(const float* zeros, float* out);
void mma_by_part_of_a_warp(const float* zeros, float* out);
void shared_memory_too_large(const float* zeros, float* out);
void shuffle_width(const float* zeros, float* out);
void warp_divergence(const float* zeros, float* out);
// AddressSanitizer and UndefinedBehaviorSanitizer.
void dynamic_out_of_bounds(const float* zeros, float* out);
void global_out_of_bounds(const float* zeros, float* out);
void shared_before_the_start(const float* zeros, float* out);
void shared_out_of_bounds(const float* zeros, float* out);
void global_misaligned(const float* zeros, float* out);
void shared_misaligned(const float* zeros, float* out);
// ThreadSanitizer.
void race_of_async_copy(const float* zeros, float* out);
void race_of_blocks(const float* zeros, float* out);
void race_of_rows_of_blocks(const float* zeros, float* out);
void race_of_sum(const float* zeros, float* out);
void race_without_fence(const float* zeros, float* out);
void race_without_second_syncthreads(const float* zeros, float* out);
void race_without_syncthreads(const float* zeros, float* out);
void race_without_syncwarp(const float* zeros, float* out);

}  // namespace simt::wrong

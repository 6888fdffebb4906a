// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/storage.h"
#include "kernels/stream.h"

/// Sums and their adjoint over tensors seen as [outer, reduced, inner]. The order of every sum follows from the extents
/// alone; partial sums are float over at most 32 elements and double beyond.
namespace genocuda::kernels {

struct SumShape {
  std::int64_t outer, reduced, inner;
};

/// x [outer, reduced, inner] -> y [outer, inner], which may be stored unlike x: a tensor in float summed to bf16.
/// Nothing to reduce gives 0.
void sum(const SumShape& shape, Storage x_storage, const void* x, Storage y_storage, void* y, void* scratch,
         Stream stream);
/// Bytes of scratch for that, aligned to 8.
std::size_t sum_scratch(const SumShape& shape, Storage x_storage);

/// x [outer, inner] -> y [outer, repeats, inner].
void broadcast(std::int64_t outer, std::int64_t repeats, std::int64_t inner, Storage storage, const void* x, void* y,
               Stream stream);

}  // namespace genocuda::kernels

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/gemm.h"

/// Matrix products (core/ops/matmul.h).
namespace genocuda::kernels {

/// y [m, n] = a [m, k] · b [k, n]; a transposed operand lies in memory as [k, m] or [n, k]. No epilogue where both are.
struct Matmul {
  std::int64_t m, n, k;
  bool transpose_a, transpose_b;
};

/// So few rows that reading b takes longer than multiplying: matmul() then has a kernel for it (in fp32 whatever the
/// precision, as that costs nothing), and no need of tensor cores.
bool has_few_rows(const Matmul& shape);

std::size_t matmul_scratch_bytes(const Matmul& shape, Arithmetic arithmetic);
void matmul(const Matmul& shape, Arithmetic arithmetic, Storage storage, const void* a, const void* b, void* y,
            const Epilogue& epilogue, void* scratch, Stream stream);

}  // namespace genocuda::kernels

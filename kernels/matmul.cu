// SPDX-License-Identifier: Apache-2.0
#include "kernels/matmul.h"

#include "kernels/gemm_launch.cuh"

namespace genocuda::kernels {

bool has_few_rows(const Matmul& n) { return n.m <= kFewRows && !n.transpose_a && !n.transpose_b; }

std::size_t matmul_scratch_bytes(const Matmul& n, Arithmetic arithmetic) {
  if (has_few_rows(n)) return few_rows_scratch_bytes(n.m, n.n, n.k);
  return n.transpose_a && n.transpose_b ? gemm_scratch_bytes(n.n, n.m, n.k, arithmetic)
                                        : gemm_scratch_bytes(n.m, n.n, n.k, arithmetic);
}

void matmul(const Matmul& n, Arithmetic arithmetic, Storage storage, const void* a, const void* b, void* y,
            const Epilogue& epilogue, void* scratch, Stream stream) {
  Gemm product{.m = n.m, .n = n.n, .k = n.k, .y = {.data = y, .group_stride = n.n}, .epilogue = epilogue};
  if (n.transpose_a && n.transpose_b) {
    // (b · a)ᵀ with both as they lie: the rows of that product are the columns of y.
    product.m = n.n;
    product.n = n.m;
    product.a = matrix_lines(b, n.n, n.k, storage);
    product.b = matrix_lines(a, n.k, n.m, storage);
    product.y = {.data = y, .group_stride = 1, .column_stride = n.n};
  } else {
    product.form = n.transpose_a   ? GemmForm::filter_gradient
                   : n.transpose_b ? GemmForm::input_gradient
                                   : GemmForm::forward;
    product.a = n.transpose_a ? matrix_lines(a, n.k, n.m, storage) : matrix_lines(a, n.m, n.k, storage);
    product.b = n.transpose_b ? matrix_lines(b, n.n, n.k, storage) : matrix_lines(b, n.k, n.n, storage);
  }
  if (has_few_rows(n)) return few_rows(product, storage, scratch, stream);
  gemm(product, arithmetic, storage, scratch, stream);
}

}  // namespace genocuda::kernels

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "core/implementation.h"

/// The fast rows of the CPU's table, for float tensors without an extent of 0; everything else is left to the
/// reference.
namespace genocuda::fast {

/// True where all floating operands are f32 and no operand is empty.
inline bool is_plain_float(const Problem& problem) {
  const auto fits = [](const TensorType& type) {
    return (!is_floating(type.dtype) || type.dtype == DType::f32) && type.shape.elements() > 0;
  };
  return std::ranges::all_of(problem.inputs, fits) && std::ranges::all_of(problem.outputs, fits);
}

/// One function a file of this folder; each adds its rows.
void add_batch_norm(ImplementationTable& table);
void add_conv1d(ImplementationTable& table);
void add_elementwise(ImplementationTable& table);
void add_kmer_counts(ImplementationTable& table);
void add_matmul(ImplementationTable& table);
void add_onehot_conv1d(ImplementationTable& table);
void add_optimizer(ImplementationTable& table);
void add_pooling(ImplementationTable& table);
void add_rearrange(ImplementationTable& table);
void add_reduction(ImplementationTable& table);
void add_softmax(ImplementationTable& table);

}  // namespace genocuda::fast

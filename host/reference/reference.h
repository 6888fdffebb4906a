// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.h"
#include "core/implementation.h"

/// The reference backend: plain loops in float and double, one file an operator family, written to be read against the
/// docstring of the operator. It is the oracle of every other implementation.
namespace genocuda::reference {

/// The type that an operator computes in: that of its first floating output, else of its first floating input, else
/// f32.
inline DType compute_dtype(const Problem& problem) {
  for (const auto types : {problem.outputs, problem.inputs}) {
    for (const TensorType& type : types) {
      if (is_floating(type.dtype)) return type.dtype;
    }
  }
  return DType::f32;
}

/// Stands for the attributes of operators that have none.
struct NoAttributes {};

/// Makes a table row of a kernel: a struct with a type `Attributes` (NoAttributes where there are none) and
/// `template <typename T> static void run(const Attributes&, const RunContext&)`.
template <typename Kernel>
Implementation implementation() {
  using Attributes = typename Kernel::Attributes;
  return {
      "reference",
      [](const Problem& problem) {
        const DType dtype = compute_dtype(problem);
        return dtype == DType::f32 || dtype == DType::f64;
      },
      [](const Problem& problem) -> Prepared {
        Attributes attributes{};
        if constexpr (!std::is_same_v<Attributes, NoAttributes>) attributes = problem.attribute<Attributes>();
        if (compute_dtype(problem) == DType::f64) {
          return {[attributes](const RunContext& context) { Kernel::template run<double>(attributes, context); }};
        }
        return {[attributes](const RunContext& context) { Kernel::template run<float>(attributes, context); }};
      },
  };
}

/// One function a file of this folder; each adds its rows.
void add_activation(ImplementationTable& table);
void add_affine(ImplementationTable& table);
void add_arithmetic(ImplementationTable& table);
void add_batch_norm(ImplementationTable& table);
void add_conv1d(ImplementationTable& table);
void add_dropout(ImplementationTable& table);
void add_kmer_counts(ImplementationTable& table);
void add_lookup(ImplementationTable& table);
void add_loss(ImplementationTable& table);
void add_matmul(ImplementationTable& table);
void add_one_hot(ImplementationTable& table);
void add_onehot_conv1d_pool(ImplementationTable& table);
void add_optimizer(ImplementationTable& table);
void add_pooling(ImplementationTable& table);
void add_rearrange(ImplementationTable& table);
void add_reduction(ImplementationTable& table);
void add_softmax(ImplementationTable& table);

}  // namespace genocuda::reference

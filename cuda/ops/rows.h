// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>

#include "core/implementation.h"
#include "cuda/stream.h"
#include "kernels/storage.h"

/// The rows of the hand-written kernels (kernels/), one file an operator family. They know tensors and problems and
/// nothing of CUDA: linked with kernels that nvcc compiled they run on a GPU, with emulated ones on the device "emu".
namespace genocuda::cuda {

/// Of a floating type that kernels can read: f32 or bf16.
inline bool is_storable(DType dtype) { return dtype == DType::f32 || dtype == DType::bf16; }
inline kernels::Storage storage_of(const TensorView& view) {
  return view.type.dtype == DType::bf16 ? kernels::Storage::bf16 : kernels::Storage::f32;
}

/// True where all floating operands are of one storable type.
bool has_one_storage(const Problem& problem);

/// Stands for the attributes of operators that have none.
struct NoAttributes {};

/// Makes a table row of a launcher: a struct with a type `Attributes` (NoAttributes where there are none),
/// `static void run(const Attributes&, const RunContext&, kernels::Stream)`, and where it needs them
/// `static bool supports(const Problem&)` (default: has_one_storage) and
/// `static std::size_t scratch(const Problem&)`, in bytes (default: none).
template <typename Launcher>
Implementation row(std::string_view name = "direct") {
  using Attributes = typename Launcher::Attributes;
  return {
      name,
      [](const Problem& problem) {
        if constexpr (requires { Launcher::supports(problem); }) {
          return Launcher::supports(problem);
        } else {
          return has_one_storage(problem);
        }
      },
      [](const Problem& problem) -> Prepared {
        Attributes attributes{};
        if constexpr (!std::same_as<Attributes, NoAttributes>) attributes = problem.attribute<Attributes>();
        std::size_t scratch = 0;
        if constexpr (requires { Launcher::scratch(problem); }) scratch = Launcher::scratch(problem);
        return {[attributes](const RunContext& context) { Launcher::run(attributes, context, native(context.stream)); },
                scratch};
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
void add_onehot_conv1d(ImplementationTable& table);
void add_onehot_conv1d_gradient(ImplementationTable& table);
void add_onehot_conv1d_input_gradient(ImplementationTable& table);
void add_onehot_conv1d_pool(ImplementationTable& table);
void add_optimizer(ImplementationTable& table);
void add_pooling(ImplementationTable& table);
void add_rearrange(ImplementationTable& table);
void add_reduction(ImplementationTable& table);
void add_softmax(ImplementationTable& table);

}  // namespace genocuda::cuda

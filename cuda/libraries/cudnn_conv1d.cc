// SPDX-License-Identifier: Apache-2.0
// The convolution, alone or with bias and activation, and its gradients by cuDNN.
#include "core/ops/affine.h"
#include "core/ops/conv1d.h"
#include "cuda/libraries/cudnn_convolution.h"
#include "cuda/libraries/epilogue.h"
#include "cuda/libraries/workspace.h"
#include "cuda/ops/gemm_rows.h"
#include "kernels/transpose.h"

namespace genocuda::cuda {
namespace {

/// Where an operator has x, the filters and y or their gradients: among its inputs, or as its output.
struct Places {
  static constexpr int kOutput = -1;
  int x, filters, y;
};

constexpr Places places_of(ConvolutionKind kind) {
  switch (kind) {
    case ConvolutionKind::forward:
      return {0, 1, Places::kOutput};
    case ConvolutionKind::backward_input:
      return {Places::kOutput, 1, 0};
    case ConvolutionKind::backward_filters:
      return {0, Places::kOutput, 1};
  }
  return {};
}

template <typename ProblemOrContext>
const auto& at(const ProblemOrContext& operands, int place) {
  return place == Places::kOutput ? operands.outputs[0] : operands.inputs[place];
}

const SlidingWindow& window_of(const Problem& problem) {
  return &problem.op == &ops::kConv1dActivation ? problem.attribute<ops::Conv1dActivationAttributes>().window
                                                : problem.attribute<ops::Conv1dAttributes>().window;
}

/// In bf16 precision float operands are not rounded to bf16: casts would cost more memory traffic than they save, and
/// TF32 is finer.
CudnnConvolution convolution_of(ConvolutionKind kind, const Problem& problem) {
  const Places places = places_of(kind);
  const TensorType& x = at(problem, places.x);
  const kernels::Conv1d n = convolution(window_of(problem), x.shape, at(problem, places.y).shape);
  return {kind,
          n.batch,
          n.length,
          n.in,
          n.out_length,
          n.out,
          n.width,
          n.stride,
          n.dilation,
          n.pad_left,
          x.dtype == DType::bf16,
          x.dtype == DType::f32 && problem.precision != Precision::fp32};
}

bool supports(ConvolutionKind kind, const Problem& problem) {
  if (problem.device == nullptr || !has_one_storage(problem) || !cudnn().problem.empty()) return false;
  // Empty sums are zeros, which other rows write; the library refuses empty tensors.
  for (const TensorType& type : problem.inputs) {
    if (type.shape.elements() == 0) return false;
  }
  if (problem.outputs[0].shape.elements() == 0) return false;
  Context& context = context_of(problem);
  return CudnnPlans::of(context).find(context, convolution_of(kind, problem)) != nullptr;
}

/// The filters lie here as [width, in, out] and there as [out, width, in]: scratch begins with them in that order, the
/// workspace follows.
Prepared prepare(ConvolutionKind kind, const Problem& problem) {
  CudnnPlans& library = CudnnPlans::of(context_of(problem));
  const CudnnConvolution n = convolution_of(kind, problem);
  const CudnnPlan* const plan = library.find(context_of(problem), n);
  const std::size_t filter_bytes = at(problem, places_of(kind).filters).bytes();
  const std::size_t workspace_at = (filter_bytes + kWorkspaceAlignment - 1) / kWorkspaceAlignment * kWorkspaceAlignment;
  const auto run = [&library, kind, n, plan, workspace_at](const RunContext& context) {
    const Places places = places_of(kind);
    const TensorView &x = at(context, places.x), &filters = at(context, places.filters), &y = at(context, places.y);
    const kernels::Stream stream = native(context.stream);
    auto* const turned = static_cast<std::byte*>(aligned_workspace(context.scratch));
    const std::int64_t rows = n.width * n.in;
    if (kind != ConvolutionKind::backward_filters) {
      kernels::transpose(rows, n.out, storage_of(filters), filters.data, turned, stream);
    }
    library.run(*plan, x.data, turned, y.data, turned + workspace_at, stream);
    if (kind == ConvolutionKind::backward_filters) {
      kernels::transpose(n.out, rows, storage_of(filters), turned, filters.data, stream);
    }
  };
  return {run, booked_workspace(workspace_at + plan->workspace_bytes())};
}

Prepared prepare_with_activation(const Problem& problem) {
  const Prepared convolution = prepare(ConvolutionKind::forward, problem);
  const auto activation = problem.attribute<ops::Conv1dActivationAttributes>().activation;
  const auto run = [convolution = convolution.run, activation](const RunContext& context) {
    convolution(context);
    finish_product(context, activation);
  };
  return {run, convolution.scratch_bytes};
}

template <ConvolutionKind kKind>
constexpr Implementation kRow{"cudnn", [](const Problem& problem) { return supports(kKind, problem); },
                              [](const Problem& problem) { return prepare(kKind, problem); }};

}  // namespace

void add_cudnn_conv1d(ImplementationTable& table) {
  table.add(ops::kConv1d, kRow<ConvolutionKind::forward>);
  table.add(ops::kConv1dActivation, {"cudnn", kRow<ConvolutionKind::forward>.supports, prepare_with_activation});
  table.add(ops::kConv1dBackwardInput, kRow<ConvolutionKind::backward_input>);
  table.add(ops::kConv1dBackwardFilters, kRow<ConvolutionKind::backward_filters>);
}

}  // namespace genocuda::cuda

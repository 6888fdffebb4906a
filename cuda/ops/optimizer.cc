// SPDX-License-Identifier: Apache-2.0
#include "kernels/optimizer.h"

#include <algorithm>

#include "core/error.h"
#include "core/ops/optimizer.h"
#include "cuda/ops/rows.h"
#include "kernels/norm.h"

namespace genocuda::cuda {
namespace {

/// Parameters, their state and what is computed of them are float.
struct InFloat {
  static bool supports(const Problem& problem) {
    return std::ranges::all_of(problem.outputs, [](const TensorType& type) { return type.dtype == DType::f32; });
  }
};

kernels::OptimizerRule::Kind kernel_kind(OptimizerKind kind) {
  using Kind = kernels::OptimizerRule::Kind;
  switch (kind) {
    case OptimizerKind::sgd:
      return Kind::sgd;
    case OptimizerKind::adagrad:
      return Kind::adagrad;
    case OptimizerKind::rmsprop:
      return Kind::rmsprop;
    case OptimizerKind::adam:
      return Kind::adam;
    case OptimizerKind::adamw:
      return Kind::adamw;
  }
  throw Error(ErrorKind::internal, "no kernel of optimizer {}", static_cast<int>(kind));
}

struct OptimizerStep : InFloat {
  using Attributes = ops::OptimizerAttributes;
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const OptimizerSettings& settings = attributes.settings;
    const kernels::OptimizerRule rule{.kind = kernel_kind(settings.kind),
                                      .nesterov = settings.nesterov,
                                      .momentum = settings.momentum,
                                      .decay = settings.decay,
                                      .beta1 = settings.beta1,
                                      .beta2 = settings.beta2,
                                      .epsilon = settings.epsilon};
    const std::size_t n = attributes.l2.size();
    const int slots = rule.slots();
    const auto operands = context.inputs.subspan(3);
    kernels::OptimizerStep step(rule, context.inputs[0].as<float>(), context.inputs[1].as<std::int32_t>(),
                                context.inputs[2].as<float>(), stream);
    for (std::size_t k = 0; k < n; ++k) {
      kernels::TrainedTensor tensor{.elements = operands[k].elements(),
                                    .gradient = operands[n + k].as<float>(),
                                    .parameter = operands[k].as<float>(),
                                    .new_parameter = context.outputs[k].as<float>(),
                                    .slots = {},
                                    .new_slots = {},
                                    .l2 = static_cast<float>(attributes.l2[k]),
                                    .l1 = static_cast<float>(attributes.l1[k])};
      for (int slot = 0; slot < slots; ++slot) {
        tensor.slots[slot] = operands[(2 + slot) * n + k].as<float>();
        tensor.new_slots[slot] = context.outputs[(1 + slot) * n + k].as<float>();
      }
      step.add(tensor);
    }
    step.finish();
  }
};

struct GlobalNorm : InFloat {
  using Attributes = NoAttributes;
  static std::size_t scratch(const Problem& problem) {
    std::int64_t partials = 0;
    for (const TensorType& type : problem.inputs) partials += kernels::GlobalNorm::partials(type.shape.elements());
    return static_cast<std::size_t>(partials) * sizeof(double);
  }
  static void run(const Attributes&, const RunContext& context, kernels::Stream stream) {
    kernels::GlobalNorm norm(static_cast<double*>(context.scratch), stream);
    for (const TensorView& values : context.inputs) norm.add(values.as<float>(), values.elements());
    norm.finish(context.outputs[0].as<float>());
  }
};

struct ClipScale : InFloat {
  using Attributes = ops::LimitAttributes;
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    kernels::clip_scale(attributes.limit, context.inputs[0].as<float>(), context.outputs[0].as<float>(), stream);
  }
};

struct MaxNorm : InFloat {
  using Attributes = ops::LimitAttributes;
  static std::size_t scratch(const Problem& problem) {
    const Shape& w = problem.inputs[0].shape;
    return kernels::max_norm_scratch(w.product(0, w.rank() - 1), w[-1]);
  }
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView& w = context.inputs[0];
    const Shape& shape = w.shape();
    kernels::max_norm(shape.product(0, shape.rank() - 1), shape[-1], attributes.limit, w.as<float>(),
                      context.inputs[1].as<float>(), context.outputs[0].as<float>(), context.scratch, stream);
  }
};

}  // namespace

void add_optimizer(ImplementationTable& table) {
  table.add(ops::kOptimizerStep, row<OptimizerStep>());
  table.add(ops::kGlobalNorm, row<GlobalNorm>());
  table.add(ops::kClipScale, row<ClipScale>());
  table.add(ops::kMaxNorm, row<MaxNorm>());
}

}  // namespace genocuda::cuda

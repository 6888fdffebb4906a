// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "core/ops/activation.h"
#include "core/ops/arithmetic.h"
#include "core/ops/dropout.h"
#include "core/ops/matmul.h"
#include "host/fast/kernels/kernels.h"
#include "host/fast/parallel.h"
#include "host/fast/rows.h"

namespace genocuda::fast {
namespace {

static_assert(static_cast<int>(ActivationKind::sigmoid) == 0 && static_cast<int>(ActivationKind::tanh) == 1 &&
                  static_cast<int>(ActivationKind::relu) == 2 &&
                  static_cast<int>(ActivationKind::thresholded_relu) == 3 &&
                  static_cast<int>(ActivationKind::leaky_relu) == 4 &&
                  static_cast<int>(ActivationKind::softplus) == 5 && static_cast<int>(ActivationKind::elu) == 6 &&
                  static_cast<int>(ActivationKind::gelu) == 7 && static_cast<int>(ActivationKind::exp) == 8 &&
                  static_cast<int>(ActivationKind::log1p) == 9,
              "the kernels' tables are in the order of ActivationKind");

const ops::ActivationAttributes& activation_of(const Problem& problem) {
  return problem.attribute<ops::ActivationAttributes>();
}

bool supports_activation(const Problem& problem) {
  return is_plain_float(problem) && kernels().activation[static_cast<int>(activation_of(problem).kind)] != nullptr;
}

Prepared prepare_activation(const Problem& problem) {
  const auto kernel = kernels().activation[static_cast<int>(activation_of(problem).kind)];
  const float alpha = static_cast<float>(activation_of(problem).alpha);
  return {[kernel, alpha](const RunContext& context) {
    const float* x = context.inputs[0].as<float>();
    float* y = context.outputs[0].as<float>();
    parallel_ranges(context.outputs[0].elements(), kGrain,
                    [=](std::int64_t begin, std::int64_t end) { kernel(x + begin, y + begin, end - begin, alpha); });
  }};
}

bool supports_activation_gradient(const Problem& problem) {
  return is_plain_float(problem) && ops::derivative_from_output(activation_of(problem)) &&
         kernels().activation_gradient[static_cast<int>(activation_of(problem).kind)] != nullptr;
}

Prepared prepare_activation_gradient(const Problem& problem) {
  const auto kernel = kernels().activation_gradient[static_cast<int>(activation_of(problem).kind)];
  const float alpha = static_cast<float>(activation_of(problem).alpha);
  return {[kernel, alpha](const RunContext& context) {
    const float *d = context.inputs[0].as<float>(), *saved = context.inputs[1].as<float>();
    float* result = context.outputs[0].as<float>();
    parallel_ranges(context.outputs[0].elements(), kGrain, [=](std::int64_t begin, std::int64_t end) {
      kernel(d + begin, saved + begin, result + begin, end - begin, alpha);
    });
  }};
}

template <Kernels::Binary Kernels::*kKernel>
Prepared prepare_binary(const Problem&) {
  return {[kernel = kernels().*kKernel](const RunContext& context) {
    const float *a = context.inputs[0].as<float>(), *b = context.inputs[1].as<float>();
    float* y = context.outputs[0].as<float>();
    parallel_ranges(context.outputs[0].elements(), kGrain, [=](std::int64_t begin, std::int64_t end) {
      kernel(a + begin, b + begin, y + begin, end - begin);
    });
  }};
}

Prepared prepare_scale(const Problem& problem) {
  const auto& attributes = problem.attribute<ops::ScaleAttributes>();
  const float factor = static_cast<float>(attributes.factor), offset = static_cast<float>(attributes.offset);
  return {[factor, offset](const RunContext& context) {
    const float* x = context.inputs[0].as<float>();
    float* y = context.outputs[0].as<float>();
    parallel_ranges(context.outputs[0].elements(), kGrain, [=](std::int64_t begin, std::int64_t end) {
      kernels().scale(x + begin, y + begin, end - begin, factor, offset);
    });
  }};
}

Prepared prepare_add_bias(const Problem& problem) {
  const std::int64_t channels = problem.inputs[1].shape.elements();
  return {[channels](const RunContext& context) {
    const float *x = context.inputs[0].as<float>(), *bias = context.inputs[1].as<float>();
    float* y = context.outputs[0].as<float>();
    parallel_ranges(context.outputs[0].elements() / channels, kGrain / channels,
                    [=](std::int64_t begin, std::int64_t end) {
                      kernels().add_bias(x + begin * channels, bias, y + begin * channels, end - begin, channels);
                    });
  }};
}

Prepared prepare_dropout(const Problem& problem) {
  const auto attributes = problem.attribute<ops::DropoutAttributes>();
  // A number with 24 bits is below the rate where its bits, as a whole number, are below this.
  const auto threshold = static_cast<std::uint32_t>(std::ceil(attributes.rate * 0x1p24));
  const float factor = static_cast<float>(1 / (1 - attributes.rate));
  return {[attributes, threshold, factor](const RunContext& context) {
    const float* x = context.inputs[0].as<float>();
    float* y = context.outputs[0].as<float>();
    const auto step = static_cast<std::uint32_t>(*context.inputs[1].as<std::int32_t>());
    const std::uint64_t stream = static_cast<std::uint64_t>(attributes.layer) << 32 | step;
    parallel_ranges(context.outputs[0].elements(), kGrain, [&](std::int64_t begin, std::int64_t end) {
      kernels().dropout(x + begin, y + begin, begin, end - begin, attributes.seed, stream, threshold, factor);
    });
  }};
}

}  // namespace

void add_elementwise(ImplementationTable& table) {
  table.add(ops::kActivation, {"vector", supports_activation, prepare_activation});
  table.add(ops::kActivationGradient, {"vector", supports_activation_gradient, prepare_activation_gradient});
  table.add(ops::kAdd, {"vector", is_plain_float, prepare_binary<&Kernels::add>});
  table.add(ops::kSubtract, {"vector", is_plain_float, prepare_binary<&Kernels::subtract>});
  table.add(ops::kMultiply, {"vector", is_plain_float, prepare_binary<&Kernels::multiply>});
  table.add(ops::kScale, {"vector", is_plain_float, prepare_scale});
  table.add(ops::kAddBias, {"vector", is_plain_float, prepare_add_bias});
  table.add(ops::kDropout, {"vector", is_plain_float, prepare_dropout});
}

}  // namespace genocuda::fast

// SPDX-License-Identifier: Apache-2.0
#include "core/ops/softmax.h"

#include "host/fast/kernels/kernels.h"
#include "host/fast/parallel.h"
#include "host/fast/rows.h"

namespace genocuda::fast {
namespace {

template <auto kKernel>
Prepared prepare(const Problem& problem) {
  const std::int64_t width = problem.inputs[0].shape[-1];
  return {[width, kernel = kernels().*kKernel](const RunContext& context) {
    const float* first = context.inputs[0].as<float>();
    float* result = context.outputs[0].as<float>();
    parallel_ranges(context.outputs[0].elements() / width, kGrain / width, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t at = begin * width; at < end * width; at += width) {
        if constexpr (std::is_invocable_v<decltype(kernel), const float*, float*, std::int64_t>) {
          kernel(first + at, result + at, width);
        } else {
          kernel(first + at, context.inputs[1].as<float>() + at, result + at, width);
        }
      }
    });
  }};
}

}  // namespace

void add_softmax(ImplementationTable& table) {
  table.add(ops::kSoftmax, {"vector", is_plain_float, prepare<&Kernels::softmax>});
  table.add(ops::kSoftmaxGradient, {"vector", is_plain_float, prepare<&Kernels::softmax_gradient>});
  table.add(ops::kLogSoftmax, {"vector", is_plain_float, prepare<&Kernels::log_softmax>});
  table.add(ops::kLogSoftmaxBackward, {"vector", is_plain_float, prepare<&Kernels::log_softmax_backward>});
}

}  // namespace genocuda::fast

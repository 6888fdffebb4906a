// SPDX-License-Identifier: Apache-2.0
#include "kernels/optimizer.h"

#include <cmath>

#include "kernels/block_table.cuh"
#include "kernels/grid.cuh"
#include "kernels/pack.cuh"

namespace genocuda::kernels {
namespace {

constexpr int kThreads = 256;
/// Elements that a thread loads at once, and how often it does.
constexpr int kRun = 4, kRuns = 4;
constexpr int kElementsOfBlock = kThreads * kRun * kRuns;

using Table = BlockTable<TrainedTensor, 48>;

/// OptimizerRule in float.
struct Numbers {
  float momentum, decay, one_minus_decay;
  float beta1, one_minus_beta1, log_beta1, beta2, one_minus_beta2, log_beta2;
  float epsilon;
  bool nesterov, decoupled;

  explicit Numbers(const OptimizerRule& rule)
      : momentum(static_cast<float>(rule.momentum)),
        decay(static_cast<float>(rule.decay)),
        one_minus_decay(static_cast<float>(1 - rule.decay)),
        beta1(static_cast<float>(rule.beta1)),
        one_minus_beta1(static_cast<float>(1 - rule.beta1)),
        log_beta1(static_cast<float>(std::log(rule.beta1))),
        beta2(static_cast<float>(rule.beta2)),
        one_minus_beta2(static_cast<float>(1 - rule.beta2)),
        log_beta2(static_cast<float>(std::log(rule.beta2))),
        epsilon(static_cast<float>(rule.epsilon)),
        nesterov(rule.nesterov),
        decoupled(rule.kind == OptimizerRule::Kind::adamw) {}
};

/// What changes from step to step.
struct Scalars {
  const float* learning_rate;
  const std::int32_t* step;
  const float* gradient_scale;
};

/// The rules: made once a thread, then asked for the direction of each element, whose state they update.
struct Sgd {
  static constexpr int kSlots = 0;
  __device__ Sgd(const Numbers&, std::int32_t) {}
  __device__ float direction(const Numbers&, float (&)[2], float gradient) const { return gradient; }
};

struct SgdWithMomentum {
  static constexpr int kSlots = 1;
  __device__ SgdWithMomentum(const Numbers&, std::int32_t) {}
  __device__ float direction(const Numbers& n, float (&slots)[2], float gradient) const {
    slots[0] = n.momentum * slots[0] + gradient;
    return n.nesterov ? gradient + n.momentum * slots[0] : slots[0];
  }
};

struct Adagrad {
  static constexpr int kSlots = 1;
  __device__ Adagrad(const Numbers&, std::int32_t) {}
  __device__ float direction(const Numbers& n, float (&slots)[2], float gradient) const {
    slots[0] += gradient * gradient;
    return gradient / (sqrtf(slots[0]) + n.epsilon);
  }
};

struct RmsProp {
  static constexpr int kSlots = 1;
  __device__ RmsProp(const Numbers&, std::int32_t) {}
  __device__ float direction(const Numbers& n, float (&slots)[2], float gradient) const {
    slots[0] = n.decay * slots[0] + n.one_minus_decay * gradient * gradient;
    return gradient / (sqrtf(slots[0]) + n.epsilon);
  }
};

struct RmsPropWithMomentum {
  static constexpr int kSlots = 2;
  __device__ RmsPropWithMomentum(const Numbers&, std::int32_t) {}
  __device__ float direction(const Numbers& n, float (&slots)[2], float gradient) const {
    slots[0] = n.decay * slots[0] + n.one_minus_decay * gradient * gradient;
    slots[1] = n.momentum * slots[1] + gradient / (sqrtf(slots[0]) + n.epsilon);
    return slots[1];
  }
};

/// Adam and AdamW. 1 − beta^step as −expm1(step · log(beta)), which does not cancel where beta is near 1.
struct Adam {
  static constexpr int kSlots = 2;
  float by_correction1, by_root_of_correction2;
  __device__ Adam(const Numbers& n, std::int32_t step)
      : by_correction1(-1 / expm1f(static_cast<float>(step) * n.log_beta1)),
        by_root_of_correction2(1 / sqrtf(-expm1f(static_cast<float>(step) * n.log_beta2))) {}
  __device__ float direction(const Numbers& n, float (&slots)[2], float gradient) const {
    slots[0] = n.beta1 * slots[0] + n.one_minus_beta1 * gradient;
    slots[1] = n.beta2 * slots[1] + n.one_minus_beta2 * gradient * gradient;
    return slots[0] * by_correction1 / (sqrtf(slots[1]) * by_root_of_correction2 + n.epsilon);
  }
};

/// The first `count` of kRun floats, 16 bytes at once where that is all of them.
template <bool kAligned>
__device__ __forceinline__ void load_some(float (&to)[kRun], const float* from, int count) {
  if (count == kRun) {
    load_run<kRun>(to, from, kAligned);
  } else {
#pragma unroll
    for (int i = 0; i < kRun; ++i) to[i] = i < count ? from[i] : 0;
  }
}
template <bool kAligned>
__device__ __forceinline__ void store_some(float* to, const float (&from)[kRun], int count) {
  if (count == kRun) {
    store_run<kRun>(to, from, kAligned);
  } else {
#pragma unroll
    for (int i = 0; i < kRun; ++i) {
      if (i < count) to[i] = from[i];
    }
  }
}

/// One step for all tensors of a table (kAligned: of which all may be reached by 16 bytes): a block takes
/// kElementsOfBlock neighbouring elements of one of them, a thread 16 bytes at a time of parameter, gradient and state.
/// Bound by memory: each is read and (but for the gradient) written once.
template <typename Rule, bool kAligned>
__global__ void __launch_bounds__(kThreads)
    optimizer_step_kernel(const __grid_constant__ Table table, Numbers numbers, Scalars scalars) {
  const auto& [tensor, first_block] = entry_of_block(table);
  const float learning_rate = *scalars.learning_rate, gradient_scale = *scalars.gradient_scale;
  const bool skip = !isfinite(gradient_scale);
  const Rule rule(numbers, *scalars.step);
  const float shrink = numbers.decoupled ? 1 - learning_rate * tensor.l2 : 1, l2 = numbers.decoupled ? 0 : tensor.l2;
  const std::int64_t begin =
      static_cast<std::int64_t>(static_cast<int>(blockIdx.x) - first_block) * kElementsOfBlock + threadIdx.x * kRun;
#pragma unroll 1
  for (int run = 0; run < kRuns; ++run) {
    const std::int64_t first = begin + run * kThreads * kRun, left = tensor.elements - first;
    if (left <= 0) break;
    const int count = left < kRun ? static_cast<int>(left) : kRun;
    float parameter[kRun], gradient[kRun], slots[2][kRun];
    load_some<kAligned>(parameter, tensor.parameter + first, count);
    load_some<kAligned>(gradient, tensor.gradient + first, count);
#pragma unroll
    for (int slot = 0; slot < Rule::kSlots; ++slot) {
      load_some<kAligned>(slots[slot], tensor.slots[slot] + first, count);
    }
    if (!skip) {
#pragma unroll
      for (int i = 0; i < kRun; ++i) {
        const float value = parameter[i], shrunk = value * shrink;
        const auto sign = static_cast<float>((shrunk > 0) - (shrunk < 0));
        float state[2] = {};
#pragma unroll
        for (int slot = 0; slot < Rule::kSlots; ++slot) state[slot] = slots[slot][i];
        const float decayed = gradient_scale * gradient[i] + l2 * value + tensor.l1 * sign;
        parameter[i] = shrunk - learning_rate * rule.direction(numbers, state, decayed);
#pragma unroll
        for (int slot = 0; slot < Rule::kSlots; ++slot) slots[slot][i] = state[slot];
      }
    }
    store_some<kAligned>(tensor.new_parameter + first, parameter, count);
#pragma unroll
    for (int slot = 0; slot < Rule::kSlots; ++slot) {
      store_some<kAligned>(tensor.new_slots[slot] + first, slots[slot], count);
    }
  }
}

/// Calls `f.operator()<Rule>()`.
template <typename F>
void with_rule(const OptimizerRule& rule, F f) {
  switch (rule.kind) {
    case OptimizerRule::Kind::sgd:
      return rule.momentum > 0 ? f.template operator()<SgdWithMomentum>() : f.template operator()<Sgd>();
    case OptimizerRule::Kind::adagrad:
      return f.template operator()<Adagrad>();
    case OptimizerRule::Kind::rmsprop:
      return rule.momentum > 0 ? f.template operator()<RmsPropWithMomentum>() : f.template operator()<RmsProp>();
    case OptimizerRule::Kind::adam:
    case OptimizerRule::Kind::adamw:
      return f.template operator()<Adam>();
  }
}

bool is_aligned(const TrainedTensor& tensor, int slots) {
  bool aligned = aligned16(tensor.gradient, tensor.parameter, tensor.new_parameter);
  for (int slot = 0; slot < slots; ++slot) aligned = aligned && aligned16(tensor.slots[slot], tensor.new_slots[slot]);
  return aligned;
}

}  // namespace

int OptimizerRule::slots() const {
  int slots = 0;
  with_rule(*this, [&]<typename Rule>() { slots = Rule::kSlots; });
  return slots;
}

void OptimizerStep::add(const TrainedTensor& tensor) {
  if (tensor.elements == 0) return;
  if (size_ == kTensorsOfLaunch) finish();
  tensors_[size_++] = tensor;
}

void OptimizerStep::finish() {
  static_assert(kTensorsOfLaunch <= Table::kCapacity);
  static_assert(sizeof(Table) + sizeof(Numbers) + sizeof(Scalars) <= 4096, "parameters of a kernel take at most 4 KB");
  if (size_ == 0) return;
  Table table;
  bool aligned = true;
  for (int k = 0; k < size_; ++k) {
    aligned = aligned && is_aligned(tensors_[k], rule_.slots());
    table.add(tensors_[k], ceil_div(tensors_[k].elements, kElementsOfBlock));
  }
  with_rule(rule_, [&]<typename Rule>() {
    const auto kernel = aligned ? optimizer_step_kernel<Rule, true> : optimizer_step_kernel<Rule, false>;
    launch(kernel, table.blocks, kThreads, 0, stream_, table, Numbers(rule_),
           Scalars{learning_rate_, step_, gradient_scale_});
  });
  size_ = 0;
}

}  // namespace genocuda::kernels

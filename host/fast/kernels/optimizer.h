// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/fast/kernels/vector.h"

/// Kernels of the optimizers, see kernels.h and core/ops/optimizer.h.
namespace genocuda::fast::GENOCUDA_LEVEL {
namespace {

GENOCUDA_INLINE float sign(float x) { return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : 0.0f; }

/// The gradient with its scale and penalties.
template <bool kDecoupled>
GENOCUDA_INLINE float penalised(const OptimizerNumbers& n, float gradient, float parameter) {
  float result = n.gradient_scale * gradient;
  if (!kDecoupled) result += n.l2 * parameter;
  return result + n.l1 * sign(parameter);
}

void sgd(const OptimizerNumbers& numbers, const OptimizerSpan& span) {
  const OptimizerNumbers n = numbers;
  const OptimizerSpan s = span;
  if (s.slot0 == nullptr) {
#pragma omp simd
    for (std::int64_t i = 0; i < s.count; ++i) {
      const float p = s.parameter[i];
      s.new_parameter[i] = p - n.learning_rate * penalised<false>(n, s.gradient[i], p);
    }
    return;
  }
  const float direct = n.nesterov ? 1.0f : 0.0f, through_velocity = n.nesterov ? n.momentum : 1.0f;
#pragma omp simd
  for (std::int64_t i = 0; i < s.count; ++i) {
    const float p = s.parameter[i], g = penalised<false>(n, s.gradient[i], p);
    const float velocity = n.momentum * s.slot0[i] + g;
    s.new_slot0[i] = velocity;
    s.new_parameter[i] = p - n.learning_rate * (direct * g + through_velocity * velocity);
  }
}

void adagrad(const OptimizerNumbers& numbers, const OptimizerSpan& span) {
  const OptimizerNumbers n = numbers;
  const OptimizerSpan s = span;
#pragma omp simd
  for (std::int64_t i = 0; i < s.count; ++i) {
    const float p = s.parameter[i], g = penalised<false>(n, s.gradient[i], p);
    const float squares = s.slot0[i] + g * g;
    s.new_slot0[i] = squares;
    s.new_parameter[i] = p - n.learning_rate * (g / (__builtin_sqrtf(squares) + n.epsilon));
  }
}

void rmsprop(const OptimizerNumbers& numbers, const OptimizerSpan& span) {
  const OptimizerNumbers n = numbers;
  const OptimizerSpan s = span;
  if (s.slot1 == nullptr) {
#pragma omp simd
    for (std::int64_t i = 0; i < s.count; ++i) {
      const float p = s.parameter[i], g = penalised<false>(n, s.gradient[i], p);
      const float square = n.decay * s.slot0[i] + n.one_minus_decay * g * g;
      s.new_slot0[i] = square;
      s.new_parameter[i] = p - n.learning_rate * (g / (__builtin_sqrtf(square) + n.epsilon));
    }
    return;
  }
#pragma omp simd
  for (std::int64_t i = 0; i < s.count; ++i) {
    const float p = s.parameter[i], g = penalised<false>(n, s.gradient[i], p);
    const float square = n.decay * s.slot0[i] + n.one_minus_decay * g * g;
    const float velocity = n.momentum * s.slot1[i] + g / (__builtin_sqrtf(square) + n.epsilon);
    s.new_slot0[i] = square;
    s.new_slot1[i] = velocity;
    s.new_parameter[i] = p - n.learning_rate * velocity;
  }
}

template <bool kDecoupled>
void adam(const OptimizerNumbers& numbers, const OptimizerSpan& span) {
  const OptimizerNumbers n = numbers;
  const OptimizerSpan s = span;
  const float keep = kDecoupled ? 1.0f - n.learning_rate * n.l2 : 1.0f;
#pragma omp simd
  for (std::int64_t i = 0; i < s.count; ++i) {
    const float p = s.parameter[i] * keep, g = penalised<kDecoupled>(n, s.gradient[i], p);
    const float m = n.beta1 * s.slot0[i] + n.one_minus_beta1 * g;
    const float v = n.beta2 * s.slot1[i] + n.one_minus_beta2 * g * g;
    s.new_slot0[i] = m;
    s.new_slot1[i] = v;
    s.new_parameter[i] = p - n.step_size * m / (__builtin_sqrtf(v) * n.inverse_root + n.epsilon);
  }
}

}  // namespace
}  // namespace genocuda::fast::GENOCUDA_LEVEL

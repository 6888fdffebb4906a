// SPDX-License-Identifier: Apache-2.0
#include "core/ops/optimizer.h"

#include <cmath>

#include "host/fast/kernels/kernels.h"
#include "host/fast/parallel.h"
#include "host/fast/rows.h"

namespace genocuda::fast {
namespace {

/// Elements [begin, end) of one value of a list.
struct Piece {
  int value;
  std::int64_t begin, end;
};

/// Lists are cut into pieces when they are prepared: a net has large and tiny parameters.
std::vector<Piece> cut(std::span<const TensorType> values) {
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::int64_t elements = values[i].shape.elements();
    for (std::int64_t begin = 0; begin < elements; begin += kGrain) {
      pieces.push_back({static_cast<int>(i), begin, std::min(elements, begin + kGrain)});
    }
  }
  return pieces;
}

OptimizerNumbers numbers_of(const OptimizerSettings& settings, float learning_rate, std::int32_t step,
                            float gradient_scale) {
  const auto f = [](double value) { return static_cast<float>(value); };
  OptimizerNumbers n{};
  n.learning_rate = learning_rate;
  n.gradient_scale = gradient_scale;
  n.momentum = f(settings.momentum);
  n.nesterov = settings.nesterov;
  n.decay = f(settings.decay);
  n.one_minus_decay = f(1 - settings.decay);
  n.beta1 = f(settings.beta1);
  n.one_minus_beta1 = f(1 - settings.beta1);
  n.beta2 = f(settings.beta2);
  n.one_minus_beta2 = f(1 - settings.beta2);
  n.step_size = f(learning_rate / (1 - std::pow(settings.beta1, step)));
  n.inverse_root = f(1 / std::sqrt(1 - std::pow(settings.beta2, step)));
  n.epsilon = f(settings.epsilon);
  return n;
}

static_assert(static_cast<int>(OptimizerKind::sgd) == 0 && static_cast<int>(OptimizerKind::adagrad) == 1 &&
                  static_cast<int>(OptimizerKind::rmsprop) == 2 && static_cast<int>(OptimizerKind::adam) == 3 &&
                  static_cast<int>(OptimizerKind::adamw) == 4,
              "the kernels' table is in the order of OptimizerKind");

Prepared prepare_step(const Problem& problem) {
  const auto& attributes = problem.attribute<ops::OptimizerAttributes>();
  const int n = static_cast<int>(attributes.l2.size()), slots = ops::slot_count(attributes.settings);
  return {[attributes, n, slots, pieces = cut(problem.outputs.first(n))](const RunContext& context) {
    const float gradient_scale = *context.inputs[2].as<float>();
    const OptimizerNumbers common = numbers_of(attributes.settings, *context.inputs[0].as<float>(),
                                               *context.inputs[1].as<std::int32_t>(), gradient_scale);
    const auto operands = context.inputs.subspan(3);
    const bool skip = !std::isfinite(gradient_scale);
    const auto update = kernels().update[static_cast<int>(attributes.settings.kind)];
    host::parallel_for(static_cast<std::int64_t>(pieces.size()), [&](std::int64_t i) {
      const Piece& piece = pieces[static_cast<std::size_t>(i)];
      const int value = piece.value;
      const std::int64_t begin = piece.begin, end = piece.end;
      // Inputs: parameters, gradients, slots; outputs: parameters, slots.
      if (skip) {
        for (int list = 0; list < 1 + slots; ++list) {
          const float* from = operands[(list == 0 ? 0 : list + 1) * n + value].as<float>();
          float* to = context.outputs[list * n + value].as<float>();
          if (to != from) std::copy(from + begin, from + end, to + begin);
        }
        return;
      }
      OptimizerNumbers numbers = common;
      numbers.l2 = static_cast<float>(attributes.l2[value]);
      numbers.l1 = static_cast<float>(attributes.l1[value]);
      const auto input = [&](int list) { return operands[list * n + value].as<float>() + begin; };
      const auto output = [&](int list) { return context.outputs[list * n + value].as<float>() + begin; };
      update(numbers, {.parameter = input(0),
                       .gradient = input(1),
                       .slot0 = slots > 0 ? input(2) : nullptr,
                       .slot1 = slots > 1 ? input(3) : nullptr,
                       .new_parameter = output(0),
                       .new_slot0 = slots > 0 ? output(1) : nullptr,
                       .new_slot1 = slots > 1 ? output(2) : nullptr,
                       .count = end - begin});
    });
  }};
}

Prepared prepare_global_norm(const Problem& problem) {
  std::vector<Piece> pieces = cut(problem.inputs);
  const std::size_t bytes = pieces.size() * sizeof(double);
  return {[pieces = std::move(pieces)](const RunContext& context) {
            double* const squares = static_cast<double*>(context.scratch);
            const auto count = static_cast<std::int64_t>(pieces.size());
            host::parallel_for(count, [&](std::int64_t i) {
              const auto& [value, begin, end] = pieces[static_cast<std::size_t>(i)];
              const float* x = context.inputs[value].as<float>();
              constexpr std::int64_t kRun = 1024;  // summed in float
              squares[i] = 0;
              for (std::int64_t start = begin; start < end; start += kRun) {
                squares[i] += kernels().sum_of_squares(x + start, std::min(kRun, end - start));
              }
            });
            double total = 0;
            for (std::int64_t i = 0; i < count; ++i) total += squares[i];
            *context.outputs[0].as<float>() = static_cast<float>(std::sqrt(total));
          },
          bytes};
}

Prepared prepare_max_norm(const Problem& problem) {
  const Shape& shape = problem.inputs[0].shape;
  const RowChunks chunks(shape.product(0, shape.rank() - 1), shape[-1]);
  const double limit = problem.attribute<ops::LimitAttributes>().limit;
  return {[chunks, limit](const RunContext& context) {
            const float* w = context.inputs[0].as<float>();
            float *result = context.outputs[0].as<float>(), *partial = static_cast<float*>(context.scratch);
            float* const factors = partial + chunks.count() * chunks.columns;
            const bool skip = !std::isfinite(*context.inputs[1].as<float>());
            chunks.parallel([&](std::int64_t chunk) {
              kernels().column_squares(w + chunks.offset(chunk), chunks.rows_of(chunk), chunks.columns,
                                       partial + chunk * chunks.columns);
            });
            for (std::int64_t c = 0; c < chunks.columns; ++c) {
              double squares = 0;
              for (std::int64_t i = 0; i < chunks.count(); ++i) squares += partial[i * chunks.columns + c];
              const double norm = std::sqrt(squares);
              factors[c] = !skip && norm > limit ? static_cast<float>(limit / norm) : 1.0f;
            }
            chunks.parallel([&](std::int64_t chunk) {
              const std::int64_t at = chunks.offset(chunk);
              kernels().scale_columns(w + at, factors, result + at, chunks.rows_of(chunk), chunks.columns);
            });
          },
          static_cast<std::size_t>((chunks.count() + 1) * chunks.columns) * sizeof(float)};
}

}  // namespace

void add_optimizer(ImplementationTable& table) {
  table.add(ops::kOptimizerStep, {"vector", is_plain_float, prepare_step});
  table.add(ops::kGlobalNorm, {"vector", is_plain_float, prepare_global_norm});
  table.add(ops::kMaxNorm, {"vector", is_plain_float, prepare_max_norm});
}

}  // namespace genocuda::fast

// SPDX-License-Identifier: Apache-2.0
#include "core/ops/optimizer.h"

#include <cmath>
#include <limits>

#include "host/reference/column_tiles.h"
#include "host/reference/reference.h"

namespace genocuda::reference {
namespace {

/// One number of a parameter with its state, in double.
struct Element {
  double parameter;
  double slots[2];
};

/// The rule of one optimizer at one step.
class Rule {
 public:
  Rule(const OptimizerSettings& settings, double learning_rate, std::int32_t step)
      : settings_(settings),
        learning_rate_(learning_rate),
        correction1_(1 - std::pow(settings.beta1, step)),
        correction2_(1 - std::pow(settings.beta2, step)) {}

  void update(Element& element, double gradient, double l2, double l1) const {
    double& parameter = element.parameter;
    if (settings_.kind == OptimizerKind::adamw) {
      parameter *= 1 - learning_rate_ * l2;
    } else {
      gradient += l2 * parameter;
    }
    if (l1 != 0) gradient += l1 * ((parameter > 0) - (parameter < 0));
    parameter -= learning_rate_ * direction(element.slots, gradient);
  }

 private:
  double direction(double* slots, double gradient) const {
    const auto& [kind, momentum, nesterov, decay, beta1, beta2, epsilon] = settings_;
    switch (kind) {
      case OptimizerKind::sgd:
        if (momentum == 0) return gradient;
        slots[0] = momentum * slots[0] + gradient;
        return nesterov ? gradient + momentum * slots[0] : slots[0];
      case OptimizerKind::adagrad:
        slots[0] += gradient * gradient;
        return gradient / (std::sqrt(slots[0]) + epsilon);
      case OptimizerKind::rmsprop: {
        slots[0] = decay * slots[0] + (1 - decay) * gradient * gradient;
        const double scaled = gradient / (std::sqrt(slots[0]) + epsilon);
        if (momentum == 0) return scaled;
        return slots[1] = momentum * slots[1] + scaled;
      }
      case OptimizerKind::adam:
      case OptimizerKind::adamw:
        slots[0] = beta1 * slots[0] + (1 - beta1) * gradient;
        slots[1] = beta2 * slots[1] + (1 - beta2) * gradient * gradient;
        return slots[0] / correction1_ / (std::sqrt(slots[1]) / std::sqrt(correction2_) + epsilon);
    }
    throw Error(ErrorKind::internal, "unknown optimizer {}", static_cast<int>(kind));
  }

  OptimizerSettings settings_;
  double learning_rate_, correction1_, correction2_;
};

struct OptimizerStep {
  using Attributes = ops::OptimizerAttributes;

  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const double gradient_scale = *context.inputs[2].as<const T>();
    const bool skip = !std::isfinite(gradient_scale);
    const Rule rule(attributes.settings, *context.inputs[0].as<const T>(), *context.inputs[1].as<const std::int32_t>());
    const int n = static_cast<int>(attributes.l2.size()), slots = ops::slot_count(attributes.settings);
    const auto operands = context.inputs.subspan(3);

    for (int k = 0; k < n; ++k) {
      const std::int64_t elements = operands[k].elements();
      for (std::int64_t i = 0; i < elements; ++i) {
        Element element{operands[k].as<const T>()[i], {}};
        for (int slot = 0; slot < slots; ++slot) element.slots[slot] = operands[(2 + slot) * n + k].as<const T>()[i];
        if (!skip) {
          rule.update(element, gradient_scale * operands[n + k].as<const T>()[i], attributes.l2[k], attributes.l1[k]);
        }
        context.outputs[k].as<T>()[i] = static_cast<T>(element.parameter);
        for (int slot = 0; slot < slots; ++slot) {
          context.outputs[(1 + slot) * n + k].as<T>()[i] = static_cast<T>(element.slots[slot]);
        }
      }
    }
  }
};

struct GlobalNorm {
  using Attributes = NoAttributes;

  template <typename T>
  static void run(const Attributes&, const RunContext& context) {
    double squares = 0;
    for (const TensorView& values : context.inputs) {
      const std::int64_t elements = values.elements();
      for (std::int64_t i = 0; i < elements; ++i) {
        const double value = values.as<const T>()[i];
        squares += value * value;
      }
    }
    *context.outputs[0].as<T>() = static_cast<T>(std::sqrt(squares));
  }
};

struct ClipScale {
  using Attributes = ops::LimitAttributes;

  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const double norm = *context.inputs[0].as<const T>();
    double scale = 1;
    if (!std::isfinite(norm)) {
      scale = std::numeric_limits<double>::quiet_NaN();
    } else if (attributes.limit > 0 && norm > attributes.limit) {
      scale = attributes.limit / norm;
    }
    *context.outputs[0].as<T>() = static_cast<T>(scale);
  }
};

struct MaxNorm {
  using Attributes = ops::LimitAttributes;

  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const Shape& shape = context.inputs[0].shape();
    const std::int64_t units = shape[-1], inputs = shape.product(0, shape.rank() - 1);
    const T* w = context.inputs[0].as<const T>();
    T* result = context.outputs[0].as<T>();
    const bool skip = !std::isfinite(*context.inputs[1].as<const T>());

    for_column_tiles(units, [&](std::int64_t first, std::int64_t count) {
      TileSums squares{}, factors{};
      for (std::int64_t i = 0; i < inputs; ++i) {
        for (std::int64_t u = 0; u < count; ++u) {
          const double weight = w[i * units + first + u];
          squares[u] += weight * weight;
        }
      }
      for (std::int64_t u = 0; u < count; ++u) {
        const double norm = std::sqrt(squares[u]);
        factors[u] = !skip && norm > attributes.limit ? attributes.limit / norm : 1;
      }
      for (std::int64_t i = 0; i < inputs; ++i) {
        for (std::int64_t u = 0; u < count; ++u) {
          result[i * units + first + u] = static_cast<T>(w[i * units + first + u] * factors[u]);
        }
      }
    });
  }
};

}  // namespace

void add_optimizer(ImplementationTable& table) {
  table.add(ops::kOptimizerStep, implementation<OptimizerStep>());
  table.add(ops::kGlobalNorm, implementation<GlobalNorm>());
  table.add(ops::kClipScale, implementation<ClipScale>());
  table.add(ops::kMaxNorm, implementation<MaxNorm>());
}

}  // namespace genocuda::reference

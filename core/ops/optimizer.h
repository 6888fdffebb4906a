// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "core/graph.h"

/// Updates of parameters, as operators over whole parameter lists.
namespace genocuda {

enum class OptimizerKind { sgd, adagrad, rmsprop, adam, adamw };

std::string_view name_of(OptimizerKind kind);

/// The rules are PyTorch's, with its names.
struct OptimizerSettings {
  OptimizerKind kind = OptimizerKind::adamw;
  double momentum = 0;                ///< sgd, rmsprop
  bool nesterov = false;              ///< sgd
  double decay = 0.99;                ///< rmsprop: of the mean square (PyTorch's alpha)
  double beta1 = 0.9, beta2 = 0.999;  ///< adam, adamw
  double epsilon = 1e-8;              ///< adagrad, rmsprop, adam, adamw
  bool operator==(const OptimizerSettings&) const = default;
};

/// A parameter as the optimizer sees it.
struct TrainedParameter {
  Value parameter;  ///< a variable
  Value gradient;   ///< of its type
  double l2 = 0;  ///< added to the gradient as l2 · parameter; for adamw decoupled: parameter −= rate · l2 · parameter
  double l1 = 0;        ///< added to the gradient as l1 · sign(parameter)
  double max_norm = 0;  ///< if > 0: after the step the weights into each unit (all but the last axis) are rescaled to
                        ///< at most this L2 norm (Srivastava et al. 2014, as in Basset)
};

/// sqrt(Σ x²) over all values of a list, accumulated in double in a fixed order: a scalar.
Value global_norm(const std::vector<Value>& values);

/// What a gradient of this norm is multiplied with so that its norm is at most `limit` (limit 0: never clipped): 1 or
/// limit / norm; NaN where the norm is not finite.
Value clip_scale(Value norm, double limit);

/// Assigns every parameter its next value, and the optimizer's state variables ("optimizer/<slot>/<parameter>", made
/// here) theirs. `learning_rate` is a scalar of the parameters' dtype, `step` an i32 scalar that counts from 1.
/// Gradients are multiplied with the scalar `gradient_scale` before anything else; where it is not finite nothing
/// changes.
void optimize(const OptimizerSettings& settings, const std::vector<TrainedParameter>& parameters, Value learning_rate,
              Value step, Value gradient_scale);

namespace ops {
/// optimizer_step(learning_rate, step, gradient_scale, parameters × n, gradients × n, slot 0 × n, slot 1 × n …)
///   -> parameters × n, slot 0 × n, slot 1 × n …; each output may take the place of its input.
/// Slots: sgd momentum (if used); adagrad sum; rmsprop square, momentum (if used); adam, adamw m, v. State starts at 0.
extern const Operator kOptimizerStep;
struct OptimizerAttributes {
  OptimizerSettings settings;
  std::vector<double> l2, l1;  ///< one a parameter
};
int slot_count(const OptimizerSettings& settings);

/// global_norm(values × n) -> norm; clip_scale(norm) -> scale;
/// max_norm(w, gradient_scale) -> w with every unit (last axis) rescaled to an L2 norm of at most `limit`, or w itself
/// where the scale is not finite, so that a skipped step changes nothing; may take the place of w.
extern const Operator kGlobalNorm, kClipScale, kMaxNorm;
struct LimitAttributes {
  double limit = 0;
};
}  // namespace ops

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "core/ops/optimizer.h"

#include <cmath>

#include "core/ops/checks.h"

namespace genocuda {

std::string_view name_of(OptimizerKind kind) {
  switch (kind) {
    case OptimizerKind::sgd:
      return "sgd";
    case OptimizerKind::adagrad:
      return "adagrad";
    case OptimizerKind::rmsprop:
      return "rmsprop";
    case OptimizerKind::adam:
      return "adam";
    case OptimizerKind::adamw:
      return "adamw";
  }
  throw Error(ErrorKind::internal, "unknown optimizer {}", static_cast<int>(kind));
}

namespace {

/// The names of the state tensors that an optimizer keeps for each parameter, in the order of the operator's slots.
std::vector<std::string_view> slot_names(const OptimizerSettings& settings) {
  const bool momentum = settings.momentum > 0;
  switch (settings.kind) {
    case OptimizerKind::sgd:
      if (momentum) return {"momentum"};
      return {};
    case OptimizerKind::adagrad:
      return {"sum"};
    case OptimizerKind::rmsprop:
      if (momentum) return {"square", "momentum"};
      return {"square"};
    case OptimizerKind::adam:
    case OptimizerKind::adamw:
      return {"m", "v"};
  }
  throw Error(ErrorKind::internal, "unknown optimizer {}", static_cast<int>(settings.kind));
}

}  // namespace

namespace ops {
namespace {

constexpr int kLeadingInputs = 3;  ///< learning rate, step, gradient scale

void check_settings(const OptimizerSettings& settings) {
  const auto check_fraction = [](double value, std::string_view what) {
    require(value >= 0 && value < 1, "{} must be at least 0 and below 1, but is {}", what, value);
  };
  require(settings.momentum >= 0 && std::isfinite(settings.momentum), "momentum must not be negative, but is {}",
          settings.momentum);
  require(!settings.nesterov || settings.momentum > 0, "nesterov needs a momentum above 0");
  check_fraction(settings.decay, "decay");
  check_fraction(settings.beta1, "beta1");
  check_fraction(settings.beta2, "beta2");
  require(settings.epsilon >= 0 && std::isfinite(settings.epsilon), "epsilon must not be negative, but is {}",
          settings.epsilon);
}

void check_decay(std::span<const double> factors, std::string_view what) {
  for (const double factor : factors) {
    require(factor >= 0 && std::isfinite(factor), "{} must not be negative, but is {}", what, factor);
  }
}

std::vector<TensorType> infer_optimizer_step(const std::any& attributes, std::span<const TensorType> inputs) {
  const auto& [settings, l2, l1] = std::any_cast<const OptimizerAttributes&>(attributes);
  check_settings(settings);
  check_decay(l2, "l2");
  check_decay(l1, "l1");
  const std::size_t n = l2.size(), slots = static_cast<std::size_t>(slot_count(settings));
  require(n > 0 && l1.size() == n && inputs.size() == kLeadingInputs + n * (2 + slots),
          "{} parameters of {} need {} operands, not {}", n, name_of(settings.kind), kLeadingInputs + n * (2 + slots),
          inputs.size());

  const std::span<const TensorType> parameters = inputs.subspan(kLeadingInputs, n);
  require_floating(parameters[0], "a parameter");
  const TensorType scalar{parameters[0].dtype, Shape{}};
  require(inputs[0] == scalar, "the learning rate must be {}, not {}", scalar.to_string(), inputs[0].to_string());
  require(inputs[1] == TensorType{DType::i32, Shape{}}, "the step must be i32[], not {}", inputs[1].to_string());
  require(inputs[2] == scalar, "the gradient scale must be {}, not {}", scalar.to_string(), inputs[2].to_string());
  for (std::size_t i = 0; i < n; ++i) {
    require(parameters[i].dtype == scalar.dtype, "parameters of {} and of {} cannot be in one list",
            name_of(scalar.dtype), name_of(parameters[i].dtype));
    for (std::size_t list = 1; list < 2 + slots; ++list) {
      const TensorType& companion = inputs[kLeadingInputs + list * n + i];
      require(companion == parameters[i], "the {} of parameter {} must be {}, not {}",
              list == 1 ? "gradient" : slot_names(settings)[list - 2], i, parameters[i].to_string(),
              companion.to_string());
    }
  }
  std::vector<TensorType> outputs(parameters.begin(), parameters.end());
  for (std::size_t slot = 0; slot < slots; ++slot) outputs.insert(outputs.end(), parameters.begin(), parameters.end());
  return outputs;
}

/// Parameters take the place of parameters, slots that of slots; the gradients stand between them among the inputs.
int update_in_place(const Node& node, int output) {
  const int n = static_cast<int>(node.attribute<OptimizerAttributes>().l2.size());
  return kLeadingInputs + output + (output < n ? 0 : n);
}

std::vector<TensorType> infer_global_norm(const std::any&, std::span<const TensorType> inputs) {
  require(!inputs.empty(), "there is nothing to take the norm of");
  require_floating(inputs[0], "the values");
  for (const TensorType& type : inputs) {
    require(type.dtype == inputs[0].dtype, "values of {} and of {} cannot be in one list", name_of(inputs[0].dtype),
            name_of(type.dtype));
  }
  return {{inputs[0].dtype, Shape{}}};
}

void check_limit(const std::any& attributes) {
  const double limit = std::any_cast<const LimitAttributes&>(attributes).limit;
  require(limit >= 0, "the limit of a norm must not be negative, but is {}", limit);
}

std::vector<TensorType> infer_clip_scale(const std::any& attributes, std::span<const TensorType> inputs) {
  check_limit(attributes);
  require_floating(inputs[0], "the norm");
  require_rank(inputs[0], 0, "the norm");
  return {inputs[0]};
}

std::vector<TensorType> infer_max_norm(const std::any& attributes, std::span<const TensorType> inputs) {
  check_limit(attributes);
  require_floating(inputs[0], "the weights");
  require(inputs[0].shape.rank() >= 1, "the weights must have an axis of units, not {}", inputs[0].to_string());
  const TensorType scalar{inputs[0].dtype, Shape{}};
  require(inputs[1] == scalar, "the gradient scale must be {}, not {}", scalar.to_string(), inputs[1].to_string());
  return {inputs[0]};
}

}  // namespace

int slot_count(const OptimizerSettings& settings) { return static_cast<int>(slot_names(settings).size()); }

constinit const Operator kOptimizerStep{
    .name = "optimizer_step", .infer = infer_optimizer_step, .in_place = update_in_place};
constinit const Operator kGlobalNorm{.name = "global_norm", .infer = infer_global_norm};
constinit const Operator kClipScale{.name = "clip_scale", .infer = infer_clip_scale};
constinit const Operator kMaxNorm{.name = "max_norm", .infer = infer_max_norm, .in_place = first_input_in_place};

}  // namespace ops

Value global_norm(const std::vector<Value>& values) {
  ops::require(!values.empty(), "there is nothing to take the norm of");
  return values.front().graph().apply_one(ops::kGlobalNorm, {}, values);
}

Value clip_scale(Value norm, double limit) {
  return norm.graph().apply_one(ops::kClipScale, ops::LimitAttributes{limit}, {norm});
}

void optimize(const OptimizerSettings& settings, const std::vector<TrainedParameter>& parameters, Value learning_rate,
              Value step, Value gradient_scale) {
  if (parameters.empty()) return;
  Graph& graph = gradient_scale.graph();
  ops::OptimizerAttributes attributes{settings, {}, {}};
  std::vector<Value> variables, inputs{learning_rate, step, gradient_scale};
  for (const TrainedParameter& trained : parameters) {
    const Node& node = graph.node(trained.parameter.id().node);
    ops::require(node.op == &ops::kVariable, "only variables can be trained, not the result of {}", node.op->name);
    variables.push_back(trained.parameter);
    inputs.push_back(trained.parameter);
    attributes.l2.push_back(trained.l2);
    attributes.l1.push_back(trained.l1);
  }
  for (const TrainedParameter& trained : parameters) inputs.push_back(trained.gradient);
  for (const std::string_view slot : slot_names(settings)) {
    for (const TrainedParameter& trained : parameters) {
      const std::string name = fmt::format("optimizer/{}/{}", slot, name_of(graph.node(trained.parameter.id().node)));
      variables.push_back(graph.variable(name, trained.parameter.type()));
      inputs.push_back(variables.back());
    }
  }

  std::vector<Value> updated = graph.apply(ops::kOptimizerStep, attributes, inputs);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const double limit = parameters[i].max_norm;
    ops::require(limit >= 0, "max_norm must not be negative, but is {}", limit);
    if (limit == 0) continue;
    // The scale goes along so that a skipped step leaves weights beyond the limit alone, too.
    updated[i] = graph.apply_one(ops::kMaxNorm, ops::LimitAttributes{limit}, {updated[i], gradient_scale});
  }
  for (std::size_t i = 0; i < variables.size(); ++i) graph.assign(variables[i], updated[i]);
}

}  // namespace genocuda

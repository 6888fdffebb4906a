// SPDX-License-Identifier: Apache-2.0
#include "learn/train/training_step.h"

#include <utility>

#include "core/differentiate.h"
#include "core/error.h"
#include "core/mixed_precision.h"
#include "core/ops/arithmetic.h"
#include "core/passes.h"

namespace genocuda {
namespace {

Value find_input(Graph& graph, std::string_view name) {
  for (int id = 0; id < graph.size(); ++id) {
    if (graph.node(id).op == &ops::kInput && name_of(graph.node(id)) == name) return {graph, {id, 0}};
  }
  throw Error(ErrorKind::internal, "the training graph lost its input '{}'", name);
}

/// The sum of the outputs' weighted losses.
Value add_losses(Graph& graph, std::span<const HeadColumns> heads, std::int64_t batch, LossDivisor divisor) {
  const Graph::Scope scope(graph, "loss");
  Value total;
  for (const HeadColumns& head : heads) {
    const Value prediction = graph.find_output(head.name);
    const Value labels = graph.input("labels/" + head.name, prediction.type());
    const Value weights = graph.input("weights/" + head.name, TensorType{prediction.dtype(), head.weight_shape(batch)});
    const LossResult result = loss(head.loss, prediction, labels, weights, divisor);
    graph.output("loss/" + head.name, result.loss);
    graph.output("divisor/" + head.name, result.divisor);
    const Value weighted = head.weight == 1 ? result.loss : scale(result.loss, head.weight);
    total = total ? total + weighted : weighted;
  }
  return total;
}

/// What the optimizer is to do to each parameter that is trained; gradients are filled in later.
std::vector<TrainedParameter> trained_parameters(Graph& graph, const BuiltModel& model,
                                                 const TrainingSettings& settings) {
  std::vector<TrainedParameter> trained;
  for (const Parameter& parameter : model.parameters) {
    if (parameter.frozen) continue;
    const auto general = [&](double value) { return parameter.decays ? value : 0.0; };
    trained.push_back({.parameter = graph.variable(parameter.name, parameter.variable.type()),
                       .gradient = {},
                       .l2 = parameter.l2 + general(settings.weight_decay),
                       .l1 = parameter.l1 + general(settings.l1),
                       .max_norm = parameter.max_norm > 0 ? parameter.max_norm : general(settings.max_norm)});
  }
  if (trained.empty()) throw Error(ErrorKind::invalid_argument, "the model has no parameters to train");
  return trained;
}

double read_scalar(const Executable& executable, const std::string& name) { return executable.read<float>(name)[0]; }

}  // namespace

void require_dna_model(const ModelSpec& spec) {
  if (!spec.tracks.empty()) {
    throw Error(ErrorKind::invalid_argument,
                "model '{}' reads the track '{}', and windows of DNA have none: choose a model of DNA alone", spec.name,
                spec.tracks.front().name);
  }
  if (!spec.input.dna) {
    throw Error(ErrorKind::invalid_argument, "model '{}' reads no DNA: choose a model of DNA", spec.name);
  }
}

std::vector<HeadColumns> head_columns(const ModelSpec& spec, const ModelSize& size) {
  Graph graph;
  const ModelInputs inputs = make_inputs(graph, spec, size, 1);
  return assign_columns(build_model(graph, spec, size, inputs, {}), size.tasks);
}

Graph training_graph(const ModelSpec& spec, const ModelSize& size, std::int64_t batch, const TrainingSettings& settings,
                     const Device& device) {
  require_dna_model(spec);
  Graph forward;
  const ModelInputs inputs = make_inputs(forward, spec, size, batch);
  const Value number = forward.input("step", {DType::i32, {}});
  const BuiltModel model =
      build_model(forward, spec, size, inputs, {.mode = Mode::training, .step = number, .seed = settings.seed});
  const std::vector<HeadColumns> heads = assign_columns(model, size.tasks);

  Graph graph = specialise(forward, device, settings.precision);
  std::vector<TrainedParameter> trained = trained_parameters(graph, model, settings);
  const Value total = add_losses(graph, heads, batch, settings.loss_divisor);

  std::vector<Value> parameters;
  for (const TrainedParameter& each : trained) parameters.push_back(each.parameter);
  const std::vector<Value> gradients = gradient(total, parameters).values;
  for (std::size_t i = 0; i < trained.size(); ++i) trained[i].gradient = gradients[i];

  const Graph::Scope scope(graph, "update");
  const Value norm = global_norm(gradients);
  // A loss that is not finite may still have a finite gradient; times 0 it makes the scale not finite, which stops the
  // update.
  const Value gradient_scale = clip_scale(norm, settings.gradient_clip) + scale(total, 0);
  const Value learning_rate = graph.input("learning_rate", norm.type());
  optimize(settings.optimizer, trained, learning_rate, find_input(graph, "step"), gradient_scale);
  graph.output("loss", total);
  graph.output("gradient_norm", norm);
  return remove_dead_nodes(graph);
}

void LossSums::add(std::size_t head, double batch_loss, double batch_divisor) {
  if (loss.size() <= head) {
    loss.resize(head + 1);
    divisor.resize(head + 1);
  }
  loss[head] += batch_loss * batch_divisor;
  divisor[head] += batch_divisor;
}

std::optional<double> LossSums::mean(std::span<const HeadColumns> heads) const {
  std::optional<double> total;
  for (std::size_t h = 0; h < loss.size(); ++h) {
    if (divisor[h] > 0) total = total.value_or(0) + heads[h].weight * loss[h] / divisor[h];
  }
  return total;
}

TrainingStep::TrainingStep(const ModelSpec& spec, const ModelSize& size, std::int64_t batch,
                           const TrainingSettings& settings, VariableStore& variables, ExecutableOptions options)
    : graph_(training_graph(spec, size, batch, settings, variables.device())),
      heads_(head_columns(spec, size)),
      variables_(variables),
      options_(std::move(options)),
      executable_(graph_, variables, options_) {}

void TrainingStep::feed(Executable& executable, const Batch& batch, std::int64_t number, double learning_rate) const {
  const auto step = static_cast<std::int32_t>(number);
  const auto rate = static_cast<float>(learning_rate);
  executable.write("dna", std::as_bytes(std::span(batch.dna)));
  executable.write("step", std::as_bytes(std::span(&step, 1)));
  executable.write("learning_rate", std::as_bytes(std::span(&rate, 1)));
  for (std::size_t h = 0; h < heads_.size(); ++h) {
    executable.write("labels/" + heads_[h].name, std::as_bytes(std::span(batch.targets[h].labels)));
    executable.write("weights/" + heads_[h].name, std::as_bytes(std::span(batch.targets[h].weights)));
  }
}

StepResult TrainingStep::run(const Batch& batch, std::int64_t number, double learning_rate, LossSums& sums) {
  feed(executable_, batch, number, learning_rate);
  executable_.run();
  const StepResult result{read_scalar(executable_, "loss"), read_scalar(executable_, "gradient_norm")};
  for (std::size_t h = 0; h < heads_.size(); ++h) {
    sums.add(h, read_scalar(executable_, "loss/" + heads_[h].name),
             read_scalar(executable_, "divisor/" + heads_[h].name));
  }
  return result;
}

std::string TrainingStep::find_fault(const Batch& batch, std::int64_t number, double learning_rate) {
  ExecutableOptions options = options_;
  options.check_finite = true;
  Executable checked(graph_, variables_, options);
  feed(checked, batch, number, learning_rate);
  try {
    checked.run();
  } catch (const Error& error) {
    return error.what();
  }
  return "every layer gave finite values when the step was repeated";
}

}  // namespace genocuda

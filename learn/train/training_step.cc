// SPDX-License-Identifier: Apache-2.0
#include "learn/train/training_step.h"

#include <cstring>
#include <utility>

#include "core/differentiate.h"
#include "core/error.h"
#include "core/mixed_precision.h"
#include "core/ops/arithmetic.h"
#include "core/ops/lookup.h"
#include "core/ops/rearrange.h"
#include "core/passes.h"
#include "core/prepare.h"
#include "learn/data/shared_input.h"
#include "learn/memory_fit.h"

namespace genocuda {
namespace {

using Targets = std::vector<TargetValues>;

Targets fed_targets(Graph& graph, std::span<const HeadColumns> heads, std::int64_t batch) {
  Targets targets;
  for (const HeadColumns& head : heads) {
    const Value labels = graph.input("labels/" + head.name, {DType::f32, {batch, head.count}});
    targets.push_back({labels, graph.input("weights/" + head.name, {DType::f32, head.weight_shape(batch)})});
  }
  return targets;
}

/// The losses of the outputs, and their weighted sum.
struct Losses {
  std::vector<LossResult> outputs;
  Value total;
};

Losses add_losses(Graph& graph, std::span<const HeadColumns> heads, const Targets& targets, LossDivisor divisor) {
  const Graph::Scope scope(graph, "loss");
  Losses losses;
  for (std::size_t h = 0; h < heads.size(); ++h) {
    const HeadColumns& head = heads[h];
    const LossResult result =
        loss(head.loss, graph.find_output(head.name), targets[h].labels, targets[h].weights, divisor);
    graph.output("loss/" + head.name, result.loss);
    graph.output("divisor/" + head.name, result.divisor);
    const Value weighted = head.weight == 1 ? result.loss : scale(result.loss, head.weight);
    losses.total = losses.total ? losses.total + weighted : weighted;
    losses.outputs.push_back(result);
  }
  return losses;
}

/// A row a step: loss, gradient norm, then loss and divisor of every output.
constexpr const char* kHistory = "step/history";
/// 0 as long as all was finite.
constexpr const char* kGuard = "step/guard";

std::int64_t history_columns(std::size_t heads) { return 2 + 2 * static_cast<std::int64_t>(heads); }

void keep_history(Graph& graph, const Losses& losses, Value norm, Value step) {
  std::vector<Value> numbers{losses.total, norm};
  for (const LossResult& each : losses.outputs) numbers.insert(numbers.end(), {each.loss, each.divisor});
  for (Value& number : numbers) number = reshape(number, {1});
  const Value history =
      graph.variable(kHistory, {DType::f32, {TrainingStep::kMostWaiting, history_columns(losses.outputs.size())}});
  graph.assign(history, write_row(history, step, concat(numbers, 0)));
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

WindowInputs window_inputs(const ModelSpec& spec, const ModelSize& size, const ResidentData* data) {
  return {spec, size, data == nullptr ? nullptr : &data->windows()};
}

}  // namespace

Graph training_graph(const ModelSpec& spec, const ModelSize& size, std::int64_t batch, const TrainingSettings& settings,
                     const Device& device, const ResidentData* data) {
  Graph forward;
  const ModelInputs inputs = window_inputs(spec, size, data).add_to(forward, batch);
  const Value number = forward.input("step", {DType::i32, {}});
  const BuiltModel model =
      build_model(forward, spec, size, inputs, {.mode = Mode::training, .step = number, .seed = settings.seed});
  const std::vector<HeadColumns> heads = assign_columns(model, size.tasks);

  Graph graph = specialise(forward, device, settings.precision);
  std::vector<TrainedParameter> trained = trained_parameters(graph, model, settings);
  const Targets targets = data == nullptr ? fed_targets(graph, heads, batch) : data->targets(graph, batch);
  const Losses losses = add_losses(graph, heads, targets, settings.loss_divisor);

  std::vector<Value> parameters;
  for (const TrainedParameter& each : trained) parameters.push_back(each.parameter);
  const std::vector<Value> gradients = gradient(losses.total, parameters).values;
  for (std::size_t i = 0; i < trained.size(); ++i) trained[i].gradient = gradients[i];

  const Graph::Scope scope(graph, "update");
  const Value norm = global_norm(gradients);
  // A loss that is not finite may still have a finite gradient. Times 0 both make the guard not finite, for good, and
  // that makes the scale so, which stops the update.
  const Value guard = graph.variable(kGuard, norm.type());
  const Value next_guard = guard + scale(losses.total, 0) + scale(norm, 0);
  graph.assign(guard, next_guard);
  const Value gradient_scale = clip_scale(norm, settings.gradient_clip) + next_guard;
  const Value step = shared_input(graph, "step", {DType::i32, {}});
  optimize(settings.optimizer, trained, graph.input("learning_rate", norm.type()), step, gradient_scale);
  keep_history(graph, losses, norm, step);
  graph.output("loss", losses.total);
  graph.output("gradient_norm", norm);
  return remove_dead_nodes(graph);
}

std::vector<HeadColumns> head_columns(const ModelSpec& spec, const ModelSize& size) {
  Graph graph;
  const ModelInputs inputs = make_inputs(graph, spec, size, 1);
  return assign_columns(build_model(graph, spec, size, inputs, {}), size.tasks);
}

void LossSums::add(std::size_t head, double batch_loss, double batch_divisor) {
  if (loss.size() <= head) {
    loss.resize(head + 1);
    divisor.resize(head + 1);
  }
  loss[head] += batch_loss * batch_divisor;
  divisor[head] += batch_divisor;
}

void LossSums::add(const StepResult& step) {
  for (std::size_t h = 0; h < step.outputs.size(); ++h) add(h, step.outputs[h].loss, step.outputs[h].divisor);
}

std::optional<double> LossSums::mean(std::span<const HeadColumns> heads) const {
  std::optional<double> total;
  for (std::size_t h = 0; h < loss.size(); ++h) {
    if (divisor[h] > 0) total = total.value_or(0) + heads[h].weight * loss[h] / divisor[h];
  }
  return total;
}

TrainingStep::TrainingStep(const ModelSpec& spec, const ModelSize& size, std::span<const std::int64_t> batches,
                           const TrainingSettings& settings, VariableStore& variables, ExecutableOptions options,
                           const ResidentData* data)
    : heads_(head_columns(spec, size)),
      inputs_(window_inputs(spec, size, data)),
      variables_(variables),
      options_(std::move(options)),
      data_(data) {
  const SharedInputs shared = shared_inputs();
  const auto graph_for = [&](std::int64_t batch) {
    return training_graph(spec, size, batch, settings, variables.device(), data_);
  };
  try {
    for (const std::int64_t batch : batches) {
      Graph graph = graph_for(batch);
      Executable executable(graph, variables, options_, shared);
      programs_.emplace(batch, Program{std::move(graph), std::move(executable)});
    }
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::out_of_memory) throw;
    programs_.clear();
    const auto bytes = [&](std::int64_t batch) {
      const MemoryNeed need = memory_need(graph_for(batch), variables, options_, shared);
      return batches.size() * (need.arena + need.leaves) + need.variables;
    };
    throw out_of_memory({fmt::format("training {}", spec.name), batches.front(), bytes}, variables.device());
  }
}

TrainingStep::Program& TrainingStep::program_for(const Batch& batch) {
  const auto found = programs_.find(batch.filled);
  if (found == programs_.end()) {
    throw Error(ErrorKind::internal, "no training step was made for batches of {} examples", batch.filled);
  }
  return found->second;
}

void TrainingStep::feed(Executable& executable, const Batch& batch, std::int64_t number, double learning_rate) const {
  const auto step = static_cast<std::int32_t>(number);
  const auto rate = static_cast<float>(learning_rate);
  executable.write("step", std::span(&step, 1));
  executable.write("learning_rate", std::span(&rate, 1));
  inputs_.write(executable, batch.inputs);
  if (data_ != nullptr) {
    data_->write(executable, batch);
    return;
  }
  for (std::size_t h = 0; h < heads_.size(); ++h) {
    executable.write("labels/" + heads_[h].name, std::span(batch.targets[h].labels));
    executable.write("weights/" + heads_[h].name, std::span(batch.targets[h].weights));
  }
}

void TrainingStep::start(const Batch& batch, std::int64_t number, double learning_rate) {
  if (waiting_ == kMostWaiting) throw Error(ErrorKind::internal, "more steps were started than results are kept for");
  Executable& executable = program_for(batch).executable;
  feed(executable, batch, number, learning_rate);
  executable.run();
  last_ = number;
  ++waiting_;
}

std::vector<StepResult> TrainingStep::results() {
  const auto columns = static_cast<std::size_t>(history_columns(heads_.size()));
  const std::vector<std::byte> bytes = variables_.read(kHistory);
  std::vector<float> history(bytes.size() / sizeof(float));
  std::memcpy(history.data(), bytes.data(), bytes.size());
  std::vector<StepResult> results;
  for (std::int64_t number = last_ - waiting_ + 1; number <= last_; ++number) {
    const float* row = history.data() + static_cast<std::size_t>((number - 1) % kMostWaiting) * columns;
    StepResult result{row[0], row[1], {}};
    for (std::size_t h = 0; h < heads_.size(); ++h) result.outputs.push_back({row[2 + 2 * h], row[3 + 2 * h]});
    results.push_back(std::move(result));
  }
  waiting_ = 0;
  return results;
}

std::string TrainingStep::find_fault(const Batch& batch, std::int64_t number, double learning_rate) {
  ExecutableOptions options = options_;
  options.check_finite = true;
  const Graph graph = std::move(program_for(batch).graph);
  programs_.clear();  // nobody needs them any more, and this one their memory
  try {
    Executable checked(graph, variables_, options, shared_inputs());
    const float guard = 0;
    variables_.write(kGuard, std::as_bytes(std::span(&guard, 1)));
    feed(checked, batch, number, learning_rate);
    checked.run();
  } catch (const Error& error) {
    return error.what();
  }
  return "every layer gave finite values when the step was repeated";
}

bool TrainingStep::is_passing(std::string_view variable) { return variable == kHistory || variable == kGuard; }

}  // namespace genocuda

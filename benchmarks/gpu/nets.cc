// SPDX-License-Identifier: Apache-2.0
// Whole nets of the zoo: a training step, and inference, as executables.
#include <algorithm>
#include <cstring>
#include <span>

#include "benchmarks/gpu/rows.h"
#include "benchmarks/gpu/subject.h"
#include "core/executable.h"
#include "core/mixed_precision.h"
#include "core/passes.h"
#include "core/tuner.h"
#include "learn/train/training_step.h"

namespace genocuda::bench {
namespace {

struct Net {
  const char* name;
  const char* zoo;
};
constexpr Net kNets[] = {{"basset", "basset-same"}, {"deepsea", "deepsea"}, {"bpnet", "bpnet-single"}};

ModelSpec spec_of(const Net& net, bool tiny) {
  ModelSpec spec = zoo_model(tiny ? "cnn" : net.zoo);
  spec.input.strands = Strands::forward;  // as published floors count
  return spec;
}

BuildOptions inference(DType dtype) {
  BuildOptions options;
  options.dtype = dtype;
  return options;
}

Graph inference_graph(const ModelSpec& spec, const ModelSize& size, std::int64_t batch, const Mode& mode,
                      const Device& device) {
  Graph graph;
  build_model(graph, spec, size, make_inputs(graph, spec, size, batch, mode.storage), inference(mode.storage));
  return remove_dead_nodes(specialise(graph, device, mode.storage == DType::f32 ? mode.precision : Precision::fp32));
}

TrainingSettings settings_in(Precision precision) {
  TrainingSettings settings;
  settings.precision = precision;
  return settings;
}

/// Writes numbers in the type of the variable; initialise() knows no bf16.
void write(VariableStore& variables, const std::string& name, const std::vector<double>& values) {
  const TensorType type = variables.view(name).type;
  std::vector<std::byte> bytes(type.bytes());
  const std::size_t size = size_of(type.dtype);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float number = static_cast<float>(values[i]);
    std::uint32_t bits;
    std::memcpy(&bits, &number, sizeof bits);
    if (type.dtype == DType::bf16) bits >>= 16;
    std::memcpy(bytes.data() + i * size, &bits, size);
  }
  variables.write(name, bytes);
}

/// First values for all variables, random numbers for all inputs.
void fill(const Graph& graph, const ModelSpec& spec, const ModelSize& size, DType dtype, VariableStore& variables,
          const Executable& executable, Stream& stream) {
  Graph scratch;
  const ModelInputs inputs = make_inputs(scratch, spec, size, 1, dtype);
  const BuiltModel model = build_model(scratch, spec, size, inputs, inference(dtype));
  for (const Parameter& each : model.parameters) write(variables, each.name, initial_values(each, 1));
  for (const RunningStatistic& each : model.statistics) {
    write(variables, each.name, each.initial);
  }
  std::mt19937 random(7);
  for (int id = 0; id < graph.size(); ++id) {
    if (graph.node(id).op == &ops::kInput) fill_random(stream, executable.input(name_of(graph.node(id))), random);
  }
}

void time_net(Device& device, const Options& options, const ModelSpec& spec, const nlohmann::ordered_json& row,
              std::int64_t batch, bool training, const Mode& mode, const std::shared_ptr<Tuner>& tuner) {
  const ModelSize size = resolve_size(spec, {options.tiny ? 48 : 0, options.tiny ? 1 : 0});
  const Graph graph = training ? training_graph(spec, size, batch, settings_in(mode.precision), device)
                               : inference_graph(spec, size, batch, mode, device);
  VariableStore variables(device);
  Executable executable(graph, variables, {.precision = mode.precision, .tuner = tuner});
  const std::unique_ptr<Stream> stream = device.make_stream();
  fill(graph, spec, size, mode.storage, variables, executable, *stream);
  const float rate = 1e-4f;  // the net must not run away while it is timed
  if (training) executable.write("learning_rate", std::span(&rate, 1));

  const auto& [output, id] = graph.outputs().front();
  std::vector<std::byte> result(graph.type(id).bytes());
  const auto wait = [&, &name = output] { executable.read(name, result); };
  nlohmann::ordered_json timed = row;
  const Timing timing = measure(
      options.effort, [&] { executable.run(); }, wait);
  timed["recorded"] = executable.recorded();
  timed["arena_bytes"] = executable.arena_bytes();
  print(timed, timing, operations_of(graph, mode.precision));
}

}  // namespace

int time_nets(Device& device, const Options& options) {
  constexpr Mode kFloat[] = {
      {DType::f32, Precision::fp32}, {DType::f32, Precision::tf32}, {DType::f32, Precision::bf16}};
  constexpr Mode kShort[] = {{DType::bf16, Precision::bf16}};
  Options effort = options;
  effort.effort.sample_seconds *= 2.5;  // reading the result takes longer than waiting for a stream
  int failed = 0, left_out = 0;
  const auto time = [&](const Net& net, std::int64_t batch, bool training, const Mode& mode,
                        const std::shared_ptr<Tuner>& tuner) {
    if (options.time_is_up()) {
      ++left_out;
      return;
    }
    const nlohmann::ordered_json row{{"kind", "net"},
                                     {"layer", net.name},
                                     {"batch", batch},
                                     {"operator", training ? "training_step" : "inference"},
                                     {"implementation", tuner == nullptr ? "in order" : "tuned"},
                                     {"precision", name_of(mode.precision)},
                                     {"storage", name_of(mode.storage)}};
    failed +=
        !attempt(row, [&] { time_net(device, effort, spec_of(net, options.tiny), row, batch, training, mode, tuner); });
  };
  // By the order of the table first; timing the candidates takes longer.
  for (const auto& tuner : {std::shared_ptr<Tuner>(), std::make_shared<Tuner>()}) {
    for (const std::int64_t batch : options.batches) {
      for (const Net& net : std::span(kNets).first(options.tiny ? 1 : std::size(kNets))) {
        for (const bool training : {true, false}) {
          if (options.tiny && training && tuner != nullptr) continue;
          std::vector<Mode> modes(std::begin(kFloat), std::end(kFloat));
          if (!training) modes.insert(modes.end(), std::begin(kShort), std::end(kShort));
          for (const Mode& mode : modes) time(net, batch, training, mode, tuner);
        }
      }
    }
  }
  if (left_out > 0) print({{"kind", "left_out"}, {"of", "nets"}, {"rows", left_out}});
  return failed;
}

}  // namespace genocuda::bench

// SPDX-License-Identifier: Apache-2.0
// Whole training steps on the CPU: forward, backward and update of two nets, written with operators alone.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstring>
#include <random>

#include "core/differentiate.h"
#include "core/executable.h"
#include "core/ops/activation.h"
#include "core/ops/arithmetic.h"
#include "core/ops/batch_norm.h"
#include "core/ops/conv1d.h"
#include "core/ops/loss.h"
#include "core/ops/matmul.h"
#include "core/ops/one_hot.h"
#include "core/ops/optimizer.h"
#include "core/ops/pooling.h"
#include "core/ops/rearrange.h"
#include "core/ops/reduction.h"
#include "core/passes.h"
#include "host/cpu_device.h"

namespace genocuda {
namespace {

/// A net under construction: names its parameters and remembers them.
class Net {
 public:
  explicit Net(Graph& graph) : graph_(graph) {}

  Value parameter(const Shape& shape) {
    return parameters_.emplace_back(graph_.variable(fmt::format("p{}", parameters_.size()), {DType::f32, shape}));
  }
  Value convolution(Value x, std::int64_t out, std::int64_t width, Padding padding, std::int64_t dilation = 1) {
    return conv1d(x, parameter({width, x.shape()[2], out}), sliding_window(padding, x.shape()[1], width, 1, dilation));
  }
  Value norm_relu(Value x) {
    const Shape channels{x.shape()[-1]};
    const Value gamma = parameter(channels), beta = parameter(channels);
    return relu(batch_norm(x, gamma, beta).y);
  }
  Value linear(Value x, std::int64_t out) {
    const Value weights = parameter({x.shape()[1], out});
    return add_bias(dense(x, weights), parameter({out}));
  }
  Value pool(Value x, std::int64_t width) {
    return max_pool1d(x, sliding_window(Padding::valid, x.shape()[1], width, width));
  }
  const std::vector<Value>& parameters() const { return parameters_; }

 private:
  Graph& graph_;
  std::vector<Value> parameters_;
};

/// The library's default net for short sequences: three residual blocks, both strands averaged; about 158,000
/// parameters.
Value cnn(Net& net, Value dna) {
  const std::int64_t batch = dna.shape()[0];
  Value x = net.pool(net.norm_relu(net.convolution(one_hot(both_strands(dna)), 96, 15, Padding::same)), 2);
  for (const std::int64_t dilation : {1, 2, 4}) {
    x = x + net.norm_relu(net.convolution(x, 96, 5, Padding::same, dilation));
  }
  const Value pooled = concat({global_max_pool1d(x), global_mean_pool1d(x)});
  const Value logits = net.linear(relu(net.linear(pooled, 64)), 1);
  return mean(reshape(logits, {batch, 2, 1}), 1, 2);
}

Value basset(Net& net, Value dna) {
  Value x = net.pool(net.norm_relu(net.convolution(one_hot(dna), 300, 19, Padding::valid)), 3);
  x = net.pool(net.norm_relu(net.convolution(x, 200, 11, Padding::valid)), 4);
  x = flatten(net.pool(net.norm_relu(net.convolution(x, 200, 7, Padding::valid)), 4));
  for (int layer = 0; layer < 2; ++layer) x = net.norm_relu(net.linear(x, 1000));
  return net.linear(x, 164);
}

void train(benchmark::State& state, Value (*build)(Net&, Value), std::int64_t batch, std::int64_t length) {
  const std::unique_ptr<Device> device = make_cpu_device();
  VariableStore variables(*device);
  Graph graph;
  {
    Net forward_net(graph);
    const Value logits = build(forward_net, graph.input("dna", {DType::dna, {batch, length}}));
    const Value target = graph.input("target", logits.type()), weights = graph.constant(1, logits.type());
    graph.output("loss", loss(LossKind::bce_with_logits, logits, target, weights).loss);
  }
  graph = fuse(graph, fusion_rules(*device));
  const std::vector<Value> parameters = graph.variables();
  const std::vector<Value> gradients = gradient(graph.find_output("loss"), parameters).values;
  std::vector<TrainedParameter> trained;
  for (std::size_t i = 0; i < parameters.size(); ++i) trained.push_back({parameters[i], gradients[i], 0.01, 0, 0});
  optimize({}, trained, graph.constant(1e-3, {DType::f32, Shape{}}), graph.input("step", {DType::i32, Shape{}}),
           clip_scale(global_norm(gradients), 1));
  Executable executable(graph, variables);

  std::mt19937 random(7);
  for (const Value& parameter : parameters) {
    std::vector<float> values(static_cast<std::size_t>(parameter.shape().elements()));
    std::normal_distribution<float> normal(0, 0.05f);
    for (float& value : values) value = normal(random);
    variables.write(name_of(graph.node(parameter.id().node)), std::as_bytes(std::span(values)));
  }
  std::vector<std::byte> dna(executable.input("dna").type.bytes());
  const std::size_t row = dna.size() / static_cast<std::size_t>(batch);
  for (std::size_t b = 0; b < static_cast<std::size_t>(batch); ++b) {
    for (std::int64_t word = 0; word < length / 16; ++word) {
      const std::uint32_t bases = random();
      std::memcpy(dna.data() + b * row + 4 * word, &bases, sizeof bases);
    }
  }
  executable.write("dna", dna);
  std::vector<float> target(static_cast<std::size_t>(executable.input("target").elements()));
  for (float& value : target) value = static_cast<float>(random() % 2);
  executable.write("target", std::span<const float>(target));
  const std::int32_t step = 1;
  executable.write("step", std::span(&step, 1));

  executable.run();
  for ([[maybe_unused]] auto _ : state) executable.run();
  state.SetItemsProcessed(state.iterations() * batch);
  state.counters["arena MB"] = static_cast<double>(executable.arena_bytes()) * 1e-6;
}

void training_step_cnn(benchmark::State& state) { train(state, cnn, 128, 101); }
void training_step_basset(benchmark::State& state) { train(state, basset, 64, 600); }
BENCHMARK(training_step_cnn)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(training_step_basset)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace genocuda

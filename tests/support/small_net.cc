// SPDX-License-Identifier: Apache-2.0
#include "tests/support/small_net.h"

#include <cstring>
#include <random>

#include "core/differentiate.h"
#include "core/ops/activation.h"
#include "core/ops/arithmetic.h"
#include "core/ops/batch_norm.h"
#include "core/ops/conv1d.h"
#include "core/ops/dropout.h"
#include "core/ops/loss.h"
#include "core/ops/matmul.h"
#include "core/ops/one_hot.h"
#include "core/ops/optimizer.h"
#include "core/ops/pooling.h"
#include "core/ops/rearrange.h"
#include "core/ops/reduction.h"
#include "core/passes.h"

namespace genocuda {

SmallNet::SmallNet(Device& device, const ExecutableOptions& options, FirstLayer first, std::int64_t batch)
    : variables_(std::make_unique<VariableStore>(device)) {
  constexpr std::int64_t kLength = 160, kChannels = 40;
  Graph graph;
  {
    const auto parameter = [&](const char* name, Shape shape) { return graph.variable(name, {DType::f32, shape}); };
    const Value dna = graph.input("dna", {DType::dna, {batch, kLength}});
    const Value step = graph.input("step", {DType::i32, Shape{}});
    Value x = conv1d(one_hot(dna), parameter("filters", {9, 4, kChannels}), sliding_window(Padding::same, kLength, 9));
    // Parameters are drawn in the order in which they are made: not in that of arguments, which compilers choose.
    const Value beta = parameter("beta", {kChannels});
    x = first == FirstLayer::bias ? add_bias(x, beta) : batch_norm(x, parameter("gamma", {kChannels}), beta).y;
    x = relu(x);
    x = max_pool1d(x, sliding_window(Padding::valid, kLength, 2, 2));
    x = x + tanh(conv1d(x, parameter("inner", {3, kChannels, kChannels}),
                        sliding_window(Padding::same, kLength / 2, 3, 1, 2)));
    x = dropout(concat({global_max_pool1d(x), global_mean_pool1d(x)}), step, 0.25, 7, 1);
    const Value bias = parameter("bias", {3});
    const Value logits = add_bias(dense(x, parameter("weights", {2 * kChannels, 3})), bias);
    const Value target = graph.input("target", logits.type());
    graph.output("loss",
                 genocuda::loss(LossKind::bce_with_logits, logits, target, graph.constant(1, logits.type())).loss);
  }
  graph = fuse(graph, fusion_rules(device));
  const std::vector<Value> parameters = graph.variables();
  const std::vector<Value> gradients = gradient(graph.find_output("loss"), parameters).values;
  std::vector<TrainedParameter> trained;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    trained.push_back({parameters[i], gradients[i], 0.01, 0, 0});
    parameters_.push_back(name_of(graph.node(parameters[i].id().node)));
    graph.output("gradient/" + parameters_.back(), gradients[i]);
  }
  Value step;
  for (int id = 0; id < graph.size() && !step; ++id) {
    if (graph.node(id).op == &ops::kInput && name_of(graph.node(id)) == "step") step = graph.value({id, 0});
  }
  // Not Adam: its first step is the sign of the gradient, which rounding decides where the gradient is next to nothing.
  const OptimizerSettings sgd{.kind = OptimizerKind::sgd, .momentum = 0.9};
  optimize(sgd, trained, graph.constant(1e-2, {DType::f32, Shape{}}), step, clip_scale(global_norm(gradients), 1));
  executable_ = std::make_unique<Executable>(graph, *variables_, options);

  std::mt19937 random(7);
  // Fine steps, so that no two positions under a pool tie: which of them wins would be up to rounding.
  const auto uniform = [&] { return static_cast<float>(static_cast<double>(random()) / 2147483648.0 - 1); };
  for (const std::string& parameter : parameters_) {
    std::vector<float> values(static_cast<std::size_t>(variables_->view(parameter).elements()));
    for (float& value : values) value = 0.3f * uniform();
    variables_->write(parameter, std::as_bytes(std::span(values)));
  }
  std::vector<std::byte> dna(executable_->input("dna").type.bytes());
  const std::size_t row_bytes = dna.size() / static_cast<std::size_t>(batch);
  for (std::size_t row = 0; row < dna.size(); row += row_bytes) {
    for (std::size_t word = 0; word < kLength / 16; ++word) {
      const std::uint32_t bases = random();
      std::memcpy(dna.data() + row + 4 * word, &bases, sizeof bases);
    }
  }
  executable_->write("dna", dna);
  std::vector<float> target(static_cast<std::size_t>(executable_->input("target").elements()));
  for (float& value : target) value = static_cast<float>(random() % 2);
  executable_->write("target", std::span<const float>(target));
}

void SmallNet::run(std::int32_t number) {
  executable_->write("step", std::span<const std::int32_t>(&number, 1));
  executable_->run();
}

float SmallNet::loss() const { return executable_->read<float>("loss")[0]; }

std::map<std::string, std::vector<float>> SmallNet::gradients() const {
  std::map<std::string, std::vector<float>> result;
  for (const std::string& name : parameters_) result[name] = executable_->read<float>("gradient/" + name);
  return result;
}

std::map<std::string, std::vector<float>> SmallNet::variables() const {
  std::map<std::string, std::vector<float>> result;
  for (const std::string& name : variables_->names()) {
    const std::vector<std::byte> bytes = variables_->read(name);
    std::vector<float>& values = result[name];
    values.resize(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), bytes.size());
  }
  return result;
}

std::vector<float> SmallNet::numbers() const {
  std::vector<float> result{loss()};
  for (const auto& [name, values] : variables()) result.insert(result.end(), values.begin(), values.end());
  return result;
}

}  // namespace genocuda

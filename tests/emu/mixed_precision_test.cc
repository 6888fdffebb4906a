// SPDX-License-Identifier: Apache-2.0
// Nets in bf16 on a device that stores it: what is stored how, and what becomes of a training.
#include "core/mixed_precision.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <optional>

#include "core/differentiate.h"
#include "core/ops/arithmetic.h"
#include "core/ops/batch_norm.h"
#include "core/ops/reduction.h"
#include "core/prepare.h"
#include "host/cpu_device.h"
#include "learn/train/sampler.h"
#include "learn/train/training_step.h"
#include "tests/emu/emulated_device.h"
#include "tests/learn/train/toy.h"

namespace genocuda {
namespace {

/// No zoo model has a filter as wide or a layer as large: the extent tells what has a row an example.
constexpr std::int64_t kBatch = 1009;

Device& emulated() {
  static const std::unique_ptr<Device> device = make_emulated_device();
  return *device;
}

/// `outputs`: of a model whose outputs the data's tasks must match, and that does not say them.
ModelSize size_of(const ModelSpec& spec, std::int64_t outputs = 2) {
  return resolve_size(spec, {spec.input.length > 0 ? spec.input.length : 600, spec.tasks > 0 ? spec.tasks : outputs});
}

Graph forward(const ModelSpec& spec, Mode mode, std::int64_t batch = kBatch) {
  Graph graph;
  const ModelSize size = size_of(spec);
  const ModelInputs inputs = make_inputs(graph, spec, size, batch);
  const Value step = graph.input("step", {DType::i32, {}});
  build_model(graph, spec, size, inputs, {.mode = mode, .step = step});
  return graph;
}

/// With the gradient of the sum of all outputs with respect to every variable as outputs.
Graph with_gradients(Graph graph) {
  Value total;
  const auto outputs = graph.outputs();
  for (const auto& [name, id] : outputs) {
    const Value part = sum(graph.value(id));
    total = total ? total + part : part;
  }
  const std::vector<Value> variables = graph.variables();
  const std::vector<Value> gradients = gradient(total, variables).values;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    EXPECT_EQ(gradients[i].type(), variables[i].type());
    graph.output("gradient/" + name_of(graph.node(variables[i].id().node)), gradients[i]);
  }
  return graph;
}

/// For each node whether it depends on the sequences.
std::vector<bool> reads_dna(const Graph& graph) {
  std::vector<bool> reads(static_cast<std::size_t>(graph.size()), false);
  for (int id = 0; id < graph.size(); ++id) {
    const Node& node = graph.node(id);
    reads[static_cast<std::size_t>(id)] = node.op == &ops::kInput
                                              ? node.outputs[0].dtype == DType::dna
                                              : std::ranges::any_of(node.inputs, [&](ValueId input) {
                                                  return reads[static_cast<std::size_t>(input.node)];
                                                });
  }
  return reads;
}

/// How many tensors along the sequence there are of each type, of those that a run writes and that are larger than the
/// outputs, which may have a row for each strand.
std::map<DType, int> along_the_sequence(const Graph& graph) {
  std::int64_t largest_output = 0;
  for (const auto& [name, id] : graph.outputs()) {
    if (!name.starts_with("gradient/")) largest_output = std::max(largest_output, graph.type(id).shape.elements());
  }
  const std::vector<bool> active = reads_dna(graph);
  std::map<DType, int> counts;
  for (int id = 0; id < graph.size(); ++id) {
    if (is_leaf(graph.node(id)) || graph.node(id).op->view || !active[static_cast<std::size_t>(id)]) continue;
    for (const TensorType& type : graph.node(id).outputs) {
      const bool of_examples = type.shape.rank() >= 3 && type.shape[0] % kBatch == 0;
      const bool large = type.shape.elements() > 2 * largest_output;
      if (of_examples && large && is_floating(type.dtype)) ++counts[type.dtype];
    }
  }
  return counts;
}

/// The operators of a graph in its order, without casts.
std::vector<std::string> operators(const Graph& graph) {
  std::vector<std::string> names;
  for (int id = 0; id < graph.size(); ++id) {
    if (graph.node(id).op != &ops::kCast) names.emplace_back(graph.node(id).op->name);
  }
  return names;
}

std::vector<std::string> dna_models() {
  std::vector<std::string> names;
  for (const std::string_view name : zoo_names()) {
    if (zoo_model(name).input.dna) names.emplace_back(name);
  }
  return names;
}

class MixedPrecision : public ::testing::TestWithParam<std::string> {};

TEST_P(MixedPrecision, StoresWhatLiesAlongTheSequenceInBf16) {
  const ModelSpec spec = zoo_model(GetParam());
  for (const Mode mode : {Mode::inference, Mode::training}) {
    const Graph plain = specialise(forward(spec, mode), emulated(), Precision::fp32);
    Graph mixed = specialise(forward(spec, mode), emulated(), Precision::bf16);
    EXPECT_EQ(operators(mixed), operators(plain)) << "what is fused in fp32 is in bf16, too";
    for (const auto& [name, id] : mixed.outputs()) EXPECT_EQ(mixed.type(id).dtype, DType::f32) << name;
    for (int id = 0; id < mixed.size(); ++id) {
      const Node& node = mixed.node(id);
      EXPECT_FALSE(node.op == &ops::kVariable && node.outputs[0].dtype != DType::f32);
      const bool of_variable = node.op == &ops::kCast && mixed.node(node.inputs[0].node).op == &ops::kVariable;
      const bool normalises = node.op == &ops::kBatchNorm || node.op == &ops::kBatchNormInference;
      for (std::size_t i = 1; normalises && i < node.inputs.size(); ++i) {
        EXPECT_EQ(mixed.type(node.inputs[i]).dtype, DType::f32) << node.scope;
      }
      EXPECT_FALSE(of_variable && node.outputs[0].shape.rank() == 2) << "weights of a dense layer are read as they are";
    }

    const bool convolves = std::ranges::any_of(
        operators(plain), [](const std::string& name) { return name.find("conv1d") != std::string::npos; });
    if (mode == Mode::training) mixed = with_gradients(std::move(mixed));
    const auto counts = along_the_sequence(mixed);
    EXPECT_EQ(counts.contains(DType::bf16), convolves);
    // A net without convolutions reads its input as one vector an example: nothing is gained there.
    EXPECT_FALSE(convolves && counts.contains(DType::f32));
    EXPECT_GT(memory_need(mixed, VariableStore(emulated()), {.precision = Precision::bf16}).arena, 0u)
        << "and every node has an implementation";
  }
}

INSTANTIATE_TEST_SUITE_P(Zoo, MixedPrecision, ::testing::ValuesIn(dna_models()), [](const auto& instance) {
  std::string name = instance.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(MixedPrecision, UpdatesRunningStatisticsInF32) {
  // Fewer examples than channels: the statistics have the larger extent.
  const Graph mixed = specialise(forward(zoo_model("basset"), Mode::training, 2), emulated(), Precision::bf16);
  int assigned = 0;
  for (const auto& [variable, value] : mixed.assignments()) {
    const Node& node = mixed.node(value.node);
    EXPECT_EQ(node.op, &ops::kAdd);
    for (const ValueId input : node.inputs) EXPECT_EQ(mixed.type(input).dtype, DType::f32);
    ++assigned;
  }
  EXPECT_EQ(assigned, 10) << "five batch norms";
}

struct Arena {
  const char* model;
  double share;  ///< of the bytes in fp32. Gradients of parameters stay f32: a fifth of DeepSEA's.
};

class TrainingArena : public ::testing::TestWithParam<Arena> {};

TEST_P(TrainingArena, IsNearlyHalved) {
  const ModelSpec spec = zoo_model(GetParam().model);
  const auto arena = [&](Precision precision) {
    TrainingSettings settings;
    apply_settings(settings, spec.training, spec.name);
    settings.precision = precision;
    const Graph graph = training_graph(spec, size_of(spec, 0), 256, settings, emulated());
    return static_cast<double>(memory_need(graph, VariableStore(emulated()), {.precision = precision}).arena) /
           (1 << 20);
  };
  const double plain = arena(Precision::fp32), mixed = arena(Precision::bf16);
  EXPECT_LE(mixed, GetParam().share * plain);
  RecordProperty("arena_mib", fmt::format("fp32 {:.1f}, bf16 {:.1f}", plain, mixed));
}

INSTANTIATE_TEST_SUITE_P(Zoo, TrainingArena,
                         ::testing::Values(Arena{"basset", 0.55}, Arena{"deepsea", 0.62}, Arena{"bpnet-single", 0.55}),
                         [](const auto& instance) { return fmt::format("model{}", instance.index); });

TEST(MixedPrecision, LeavesTheGraphToADeviceThatCannotStoreBf16) {
  const auto cpu = make_cpu_device(1);
  const ModelSpec spec = zoo_model("basset");
  const Graph plain = specialise(forward(spec, Mode::training), *cpu, Precision::fp32);
  const Graph mixed = specialise(forward(spec, Mode::training), *cpu, Precision::bf16);
  ASSERT_EQ(mixed.size(), plain.size());
  for (int id = 0; id < plain.size(); ++id) EXPECT_EQ(mixed.node(id).outputs, plain.node(id).outputs);
  EXPECT_TRUE(offers(*cpu, Precision::fp32));
  EXPECT_FALSE(offers(*cpu, Precision::tf32));
  EXPECT_FALSE(offers(*cpu, Precision::bf16));
  EXPECT_TRUE(offers(emulated(), Precision::tf32));
  EXPECT_TRUE(offers(emulated(), Precision::bf16));
}

/// The variables of a training, after some steps.
class Training {
 public:
  using State = std::map<std::string, std::vector<float>>;

  Training(const ModelSpec& spec, const Examples& examples, Precision precision, int steps, bool resident = false)
      : variables_(emulated()) {
    TrainingSettings settings;
    settings.optimizer = {.kind = OptimizerKind::sgd, .momentum = 0.9};
    settings.batch = 16;
    settings.precision = precision;
    const ModelSize size{examples.length, examples.task_count()};
    const TrainingSampler sampler(examples, settings, head_columns(spec, size));
    std::optional<ResidentData> data;
    if (resident) {
      data.emplace(emulated(), spec, examples, sampler.heads(), sampler.weights());
    }
    TrainingStep step(spec, size, sampler.batches(), settings, variables_, {.precision = precision},
                      data ? &*data : nullptr);
    {
      Graph graph;
      initialise(variables_, build_model(graph, spec, size, make_inputs(graph, spec, size, 1), {}), 3);
    }
    first_ = state();
    const std::vector<std::int64_t> order = sampler.order(0);
    for (int number = 1; number <= steps; ++number) {
      Batch batch;
      sampler.fill(order, 0, number - 1, step.inputs(), batch);
      step.start(batch, number, 0.05);
      losses_.push_back(step.results().at(0).loss);
    }
  }

  const State& first() const { return first_; }
  const std::vector<double>& losses() const { return losses_; }

  State state() const {
    State result;
    for (const std::string& name : variables_.names()) {
      if (TrainingStep::is_passing(name)) continue;
      EXPECT_EQ(variables_.view(name).type.dtype, DType::f32) << name;
      const std::vector<std::byte> bytes = variables_.read(name);
      result[name].resize(bytes.size() / sizeof(float));
      std::memcpy(result[name].data(), bytes.data(), bytes.size());
    }
    return result;
  }

 private:
  VariableStore variables_;
  State first_;
  std::vector<double> losses_;
};

/// ‖a − b‖ over all variables.
double distance(const Training::State& a, const Training::State& b) {
  double sum = 0;
  for (const auto& [name, values] : b) {
    for (std::size_t i = 0; i < values.size(); ++i) sum += std::pow(a.at(name)[i] - values[i], 2);
  }
  return std::sqrt(sum);
}

/// Something of every kind of layer.
ModelSpec net() {
  return parse_model_toml(R"(
name = "everything"
layers = [
  { type = "conv", filters = 24, width = 9, padding = "same", bias = false },
  { type = "batch_norm" },
  { type = "relu" },
  { type = "max_pool", width = 2 },
  { type = "residual", layers = [
    { type = "conv", filters = 24, width = 3, padding = "same" },
    { type = "relu" },
    { type = "dropout", rate = 0.1 },
  ] },
  { type = "flatten" },
  { type = "dense", units = 16 },
  { type = "relu" },
  { type = "dense", units = "tasks" },
]
outputs = [{ loss = "bce_with_logits" }]
)",
                          "everything.toml");
}

TEST(MixedPrecision, TrainsOnDataOfTheDeviceToTheSameBits) {
  const Examples examples = toy::motifs(64, 1);
  const Training fed(net(), examples, Precision::bf16, 3), resident(net(), examples, Precision::bf16, 3, true);
  EXPECT_EQ(fed.losses(), resident.losses());
  EXPECT_EQ(fed.state(), resident.state());
}

TEST(MixedPrecision, TrainsCloseToFp32) {
  const Examples examples = toy::motifs(128, 1);
  // The distances grow with the steps, as rounding decides which positions win in a pool and which units are active;
  // where only the products are in bf16 they are half as large.
  for (const auto& [steps, tolerance] : {std::pair{1, 0.03}, std::pair{8, 0.25}}) {
    const Training plain(net(), examples, Precision::fp32, steps), mixed(net(), examples, Precision::bf16, steps);
    ASSERT_EQ(plain.first(), mixed.first());
    const double moved = distance(plain.state(), plain.first()), apart = distance(mixed.state(), plain.state());
    EXPECT_GT(apart, 1e-4 * moved) << "bf16 was not used";
    EXPECT_LE(apart, tolerance * moved) << "after step " << steps;
    RecordProperty(fmt::format("apart_{}", steps), fmt::format("{:.3g}", apart / moved));
    for (std::size_t i = 0; i < plain.losses().size(); ++i) {
      EXPECT_NEAR(mixed.losses()[i], plain.losses()[i], 0.02 * plain.losses()[i]) << "step " << i + 1;
    }
  }
}

}  // namespace
}  // namespace genocuda

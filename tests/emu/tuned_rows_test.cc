// SPDX-License-Identifier: Apache-2.0
// The tuner over the rows of a GPU, as far as the emulator can say: that it times each and that the choice computes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/executable.h"
#include "core/ops/affine.h"
#include "core/ops/conv1d.h"
#include "core/ops/matmul.h"
#include "core/ops/one_hot.h"
#include "core/ops/onehot_conv1d_pool.h"
#include "core/ops/rearrange.h"
#include "core/tuner.h"
#include "tests/emu/emulated_device.h"

namespace genocuda {
namespace {

class Remembering : public TuningStore {
 public:
  std::optional<Tuning> find(const std::string&, const std::string&) override { return std::nullopt; }
  void keep(const std::string&, const std::string& problem, const Tuning& tuning) override { found[problem] = tuning; }
  std::map<std::string, Tuning> found;
};

/// Every operator that has several rows, once.
Graph every_product() {
  const SlidingWindow window{.width = 3, .pad_left = 1, .pad_right = 1}, pool{.width = 2, .stride = 2};
  const auto relu = ops::ActivationAttributes{ActivationKind::relu, 0};
  Graph graph;
  const auto input = [&](std::string_view name, DType dtype, Shape shape) { return graph.input(name, {dtype, shape}); };
  const Value dna = input("dna", DType::dna, {4, 40}), first = input("first", DType::f32, {3, 4, 8});
  const Value bias = input("bias", DType::f32, {8}), second = input("second", DType::f32, {3, 8, 8});
  const Value matrix = input("matrix", DType::f32, {320, 8});
  const Value one_hot = onehot_conv1d(dna, first, window, UnknownBase::zeros);
  const auto pooled = graph.apply(ops::kOnehotConv1dPool,
                                  ops::OnehotConv1dPoolAttributes{.window = window, .activation = relu, .pool = pool},
                                  {dna, first, bias});
  const Value fused = conv1d_activation(one_hot, second, bias, window, relu);
  const Value plain = conv1d(fused, second, window);
  const auto output = [&](const Operator& op, std::any attributes, std::vector<Value> inputs) {
    graph.output(op.name, graph.apply_one(op, std::move(attributes), std::move(inputs)));
  };
  output(ops::kConv1dBackwardInput, ops::Conv1dAttributes{window, 40}, {plain, second});
  output(ops::kConv1dBackwardFilters, ops::Conv1dAttributes{window}, {fused, plain});
  output(ops::kOnehotConv1dBackwardFilters, ops::OnehotConv1dAttributes{window}, {dna, one_hot});
  output(ops::kOnehotConv1dPoolBackwardFilters,
         ops::OnehotConv1dPoolAttributes{.window = window, .activation = relu, .pool = pool},
         {dna, pooled[0], pooled[1]});
  const Value flat = flatten(plain);
  output(ops::kDenseActivation, ops::DenseActivationAttributes{relu}, {flat, matrix, bias});
  output(ops::kMatmul, ops::MatmulAttributes{.transpose_b = true}, {flat, flat});
  return graph;
}

TEST(TunedRows, EachOperatorWithSeveralRowsIsTimedAndComputes) {
  const std::unique_ptr<Device> device = make_emulated_device();
  const Graph graph = every_product();
  for (const Precision precision : {Precision::fp32, Precision::tf32, Precision::bf16}) {
    SCOPED_TRACE(name_of(precision));
    const auto store = std::make_shared<Remembering>();
    const auto tuner = std::make_shared<Tuner>(store);
    tuner->seconds_a_problem = 0.01;
    VariableStore variables(*device);
    Executable tuned(graph, variables, {.precision = precision, .tuner = tuner});
    Executable untuned(graph, variables, {.precision = precision});
    EXPECT_EQ(tuned.schedule().size(), untuned.schedule().size());
    for (int id = 0; id < graph.size(); ++id) {
      const Node& node = graph.node(id);
      if (is_leaf(node) || node.op->view) continue;
      std::vector<TensorType> inputs;
      for (const ValueId value : node.inputs) inputs.push_back(graph.type(value));
      const Problem problem{*node.op, node.attributes, inputs, node.outputs, precision, device.get()};
      std::set<std::string_view> names;
      for (const Implementation& row : device->implementations().candidates(*node.op)) {
        if (row.supports(problem)) names.insert(row.name);
      }
      const auto found = store->found.find(describe(problem));
      EXPECT_EQ(found != store->found.end(), names.size() > 1) << node.op->name;
      if (found != store->found.end()) {
        EXPECT_EQ(found->second.seconds.size(), names.size()) << node.op->name;
      }
    }
    for (Executable* each : {&tuned, &untuned}) {
      for (const auto& [name, count] : {std::pair{"first", 96}, {"bias", 8}, {"second", 192}, {"matrix", 2560}}) {
        std::vector<float> numbers(static_cast<std::size_t>(count));
        for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i * 7919 % 1009) / 1009 - 0.4f;
        each->write(name, std::span<const float>(numbers));
      }
      each->run();
    }
    for (const auto& [name, id] : graph.outputs()) {
      const std::vector<float> a = tuned.read<float>(name), b = untuned.read<float>(name);
      float largest = 0, difference = 0;
      for (std::size_t i = 0; i < a.size(); ++i) {
        largest = std::max(largest, std::abs(b[i]));
        difference = std::max(difference, std::abs(a[i] - b[i]));
      }
      EXPECT_GT(largest, 0) << name;
      EXPECT_LE(difference, largest * (precision == Precision::fp32   ? 1e-5f
                                       : precision == Precision::tf32 ? 5e-3f
                                                                      : 5e-2f))
          << name;
    }
  }
}

}  // namespace
}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
// Models that run: forward, backward, and what their numbers must obey.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/philox.h"
#include "tests/learn/model/model_run.h"

namespace genocuda {
namespace {

ModelSpec spec_of(const std::string& body) { return parse_model_toml("name = \"test\"\n" + body, "test.toml"); }

bool all_finite(const std::vector<double>& values) {
  return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

class ZooRun : public testing::TestWithParam<std::string> {};

/// The zoo at a size that keeps the test short; the architectures whose geometry fixes the length keep it.
ModelSize small_size(const ModelSpec& spec) {
  const bool fixed = spec.name.starts_with("bpnet") || spec.name.starts_with("chrombpnet") ||
                     spec.name.starts_with("coda") || spec.name == "lecture-dense";
  const bool long_enough = spec.name.starts_with("basset") || spec.name == "deepsea" || spec.name == "basenji";
  return resolve_size(spec, {.length = fixed ? 0 : long_enough ? 300 : 150, .tasks = 3});
}

TEST_P(ZooRun, ForwardAndBackwardAreFinite) {
  const ModelSpec spec = zoo_model(GetParam());
  ModelRun training(spec, small_size(spec), {.mode = Mode::training, .batch = 2});
  EXPECT_TRUE(std::isfinite(training.run_loss()));
  for (const Parameter& parameter : training.model().parameters) {
    const std::vector<double> gradient = training.read("gradient/" + parameter.name);
    EXPECT_TRUE(all_finite(gradient)) << parameter.name;
    // Weights that nothing flows back to are a net that is wired wrongly; coda's last relu may well be shut.
    const bool flows = std::ranges::any_of(gradient, [](double value) { return value != 0; });
    EXPECT_TRUE(flows || parameter.name.ends_with("/bias") || spec.name == "coda") << parameter.name;
  }
  ModelRun inference(spec, small_size(spec), {.batch = 2});
  inference.executable().run();
  for (const Head& head : inference.model().heads) {
    const std::vector<double> output = inference.read(head.name);
    EXPECT_EQ(output.size(), static_cast<std::size_t>(2 * head.shape.elements()));
    EXPECT_TRUE(all_finite(output));
  }
}

std::vector<std::string> zoo_parameters() {
  std::vector<std::string> names;
  for (const std::string_view name : zoo_names()) names.emplace_back(name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Models, ZooRun, testing::ValuesIn(zoo_parameters()), [](const auto& instance) {
  std::string name = instance.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

/// Central differences of the loss in double against reverse mode, for a few numbers of every parameter.
void check_gradients(const ModelSpec& spec, const ModelSize& size) {
  ModelRun run(spec, size, {.mode = Mode::training, .dtype = DType::f64, .batch = 3, .reference = true});
  run.run_loss();
  constexpr double kStep = 1e-5;
  philox::Generator random(11, 0);
  for (const Parameter& parameter : run.model().parameters) {
    run.run_loss();
    const std::vector<double> gradient = run.read("gradient/" + parameter.name);
    const std::vector<double> values = run.variable(parameter.name);
    for (int trial = 0; trial < 6; ++trial) {
      const std::size_t i = random.below(static_cast<std::uint32_t>(values.size()));
      std::vector<double> moved = values;
      moved[i] = values[i] + kStep;
      run.set_variable(parameter.name, moved);
      const double above = run.run_loss();
      moved[i] = values[i] - kStep;
      run.set_variable(parameter.name, moved);
      const double below = run.run_loss();
      EXPECT_NEAR(gradient[i], (above - below) / (2 * kStep), 1e-7 * std::max(1.0, std::abs(gradient[i])))
          << spec.name << " " << parameter.name << "[" << i << "]";
    }
    run.set_variable(parameter.name, values);
  }
}

TEST(ModelGradient, ResidualsDilationStrandsAndBatchNorm) {
  check_gradients(spec_of(R"(
tasks = 2
input = { length = 24, strands = "mean" }
layers = [
  { type = "conv", filters = 5, width = 5, padding = "same" },
  { type = "batch_norm" },
  { type = "elu" },
  { type = "residual", layers = [
    { type = "conv", filters = 5, width = 3, dilation = 2, padding = "same", bias = false },
    { type = "batch_norm" },
    { type = "softplus" },
  ] },
  { type = "residual", name = "cropped", layers = [{ type = "conv", filters = 5, width = 3, dilation = 4 }, { type = "tanh" }] },
  { type = "dropout", rate = 0.3 },
  { type = "global_mean_pool", from = "cropped" },
  { type = "global_max_pool", from = "cropped" },
  { type = "concat", from = ["global_mean_pool1", "global_max_pool1"] },
  { type = "dense", units = 4 },
  { type = "gelu" },
  { type = "dense", units = "tasks" },
])"),
                  {24, 2});
}

// The same inputs with the layer and without it.
TEST(Standardise, SubtractsAndDividesByGivenNumbers) {
  const auto means_with = [](const std::string& layer) {
    ModelRun run(spec_of(fmt::format("input = {{ dna = false, length = 20 }}\n"
                                     "tracks = [{{ name = \"signals\", channels = 3 }}]\n"
                                     "layers = [{}{{ type = \"global_mean_pool\" }}]",
                                     layer)),
                 {20, 0}, {.batch = 2});
    run.executable().run();
    return run.read("output");
  };
  const std::vector<double> plain = means_with(""), unset = means_with("{ type = \"standardise\" }, ");
  const std::vector<double> moved = means_with("{ type = \"standardise\", mean = [1, -2, 0], scale = [4, 0.5, 3] }, ");
  const double mean[] = {1, -2, 0}, scale[] = {4, 0.5, 3};
  ASSERT_EQ(plain.size(), 6u);
  for (std::size_t i = 0; i < plain.size(); ++i) {
    EXPECT_NEAR(unset[i], plain[i], 1e-6);
    EXPECT_NEAR(moved[i], (plain[i] - mean[i % 3]) / scale[i % 3], 1e-5);
  }
}

TEST(ModelGradient, SeveralOutputsTracksAndMerges) {
  check_gradients(spec_of(R"(
input = { length = 20 }
tracks = [{ name = "controls", channels = 2 }]
layers = [
  { type = "conv", filters = 4, width = 3 },
  { type = "sigmoid", name = "body" },
  { type = "crop", from = "controls", left = 1, right = 1 },
  { type = "concat", from = ["body", "crop1"] },
  { type = "conv", name = "profile", filters = 2, width = 5 },
  { type = "total", from = "crop1" },
  { type = "log1p" },
  { type = "global_mean_pool", from = "body" },
  { type = "concat", from = ["global_mean_pool1", "log1p1"] },
  { type = "dense", units = 4 },
  { type = "prelu" },
  { type = "dense", name = "a", units = 1 },
  { type = "dense", name = "b", from = "global_mean_pool1", units = 1 },
  { type = "logsumexp", from = ["a", "b"] },
  { type = "multiply", from = ["logsumexp1", "a"] },
]
outputs = [
  { name = "profile", from = "profile", loss = "multinomial_nll" },
  { name = "counts", loss = "mse", weight = 0.3 },
])"),
                  {20, 0});
}

TEST(ModelGradient, PoolsAndEveryMaximum) {
  check_gradients(spec_of(R"(
tasks = 3
input = { length = 23, strands = "max", unknown = "quarters" }
layers = [
  { type = "conv", filters = 6, width = 4, stride = 2, padding = [3, 1] },
  { type = "maxout", pieces = 2 },
  { type = "max_pool", width = 3, stride = 2, padding = "ceil" },
  { type = "avg_pool", width = 2, padding = "same" },
  { type = "thresholded_relu", alpha = 0.01 },
  { type = "flatten" },
  { type = "dense", units = "tasks" },
]
outputs = [{ loss = "softmax_cross_entropy" }])"),
                  {23, 3});
}

class StrandScores : public testing::TestWithParam<const char*> {};

TEST_P(StrandScores, AreThoseOfTheReverseComplement) {
  const std::string strands = GetParam();
  const ModelSpec spec = spec_of("input = { length = 37, strands = \"" + strands + R"(" }
layers = [
  { type = "conv", filters = 6, width = 5 }, { type = "batch_norm" }, { type = "relu" },
  { type = "residual", layers = [{ type = "conv", filters = 6, width = 3, dilation = 2, padding = "same" }, { type = "relu" }] },
  { type = "flatten" }, { type = "dense", units = 2 },
])");
  ModelRun run(spec, {37, 0}, {.batch = 4, .reference = true});
  const auto rows = random_dna(4, 37, 5);
  run.executable().write("dna", std::as_bytes(std::span(rows)));
  run.executable().run();
  const std::vector<double> forward = run.read("output");
  const auto turned = reverse_complement(rows, 4, 37);
  run.executable().write("dna", std::as_bytes(std::span(turned)));
  run.executable().run();
  const std::vector<double> reverse = run.read("output");
  double difference = 0;
  for (std::size_t i = 0; i < forward.size(); ++i) difference = std::max(difference, std::abs(forward[i] - reverse[i]));
  if (strands == "forward") {
    EXPECT_GT(difference, 1e-3) << "a net that reads one strand cannot tell";
  } else {
    EXPECT_LT(difference, 1e-6);
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, StrandScores, testing::Values("forward", "mean", "max"),
                         [](const auto& instance) { return std::string(instance.param); });

TEST(ModelStatistics, RunAsPyTorchs) {
  // running = (1 − m) · running + m · batch, the variance unbiased.
  const ModelSpec spec = spec_of(R"(
input = { dna = false, length = 2 }
tracks = [{ name = "x", channels = 1 }]
layers = [{ type = "batch_norm", momentum = 0.25 }, { type = "flatten" }]
outputs = [{ loss = "mse" }])");
  ModelRun run(spec, {2, 0}, {.mode = Mode::training, .dtype = DType::f64, .batch = 2});
  const std::vector<double> x{1, 2, 4, 9};
  run.executable().write("x", std::as_bytes(std::span(x)));
  run.run_loss();
  const double mean = 4, unbiased = (9.0 + 4 + 0 + 25) / 3;
  EXPECT_NEAR(run.variable("batch_norm1/running_mean")[0], 0.25 * mean, 1e-12);
  EXPECT_NEAR(run.variable("batch_norm1/running_variance")[0], 0.75 + 0.25 * unbiased, 1e-12);
  run.run_loss();
  EXPECT_NEAR(run.variable("batch_norm1/running_mean")[0], 0.75 * 0.25 * mean + 0.25 * mean, 1e-12);
}

TEST(ModelValues, ResidualsAddPositionsThatBelongTogether) {
  const ModelSpec spec = spec_of(R"(
input = { dna = false, length = 5 }
tracks = [{ name = "x", channels = 1 }]
layers = [{ type = "residual", layers = [{ type = "conv", filters = 1, width = 3, bias = false }] }]
outputs = [{ loss = "mse" }])");
  ModelRun run(spec, {5, 0}, {.dtype = DType::f64, .batch = 1});
  run.set_variable("residual1/conv1/filters", {0, 10, 1});  // ten times the middle and once the right neighbour
  const std::vector<double> x{1, 2, 3, 4, 5};
  run.executable().write("x", std::as_bytes(std::span(x)));
  run.executable().run();
  EXPECT_EQ(run.read("output"), (std::vector<double>{2 + 20 + 3, 3 + 30 + 4, 4 + 40 + 5}));
}

TEST(ModelValues, LogsumexpAddsCountsOfAnySize) {
  const ModelSpec spec = spec_of(R"(
input = { dna = false, length = 1 }
tracks = [{ name = "a", channels = 3 }, { name = "b", channels = 3 }]
layers = [{ type = "logsumexp", from = ["a", "b"] }]
outputs = [{ loss = "mse" }])");
  ModelRun run(spec, {1, 0}, {.dtype = DType::f64, .batch = 1});
  const std::vector<double> a{std::log(3.0), 1000, -1000}, b{std::log(4.0), 1000, 2};
  run.executable().write("a", std::as_bytes(std::span(a)));
  run.executable().write("b", std::as_bytes(std::span(b)));
  run.executable().run();
  const std::vector<double> result = run.read("output");
  EXPECT_NEAR(result[0], std::log(7.0), 1e-12);
  EXPECT_NEAR(result[1], 1000 + std::log(2.0), 1e-9);
  EXPECT_NEAR(result[2], 2, 1e-9);
}

TEST(ModelValues, StrandsAreMeanAndMaximumOfTheOneStrandNet) {
  const auto scores = [](const std::string& strands, const std::vector<std::uint32_t>& rows) {
    const ModelSpec spec = spec_of("input = { length = 21, strands = \"" + strands + R"(" }
layers = [{ type = "conv", filters = 3, width = 6 }, { type = "relu" }, { type = "flatten" }, { type = "dense", units = 2 }])");
    ModelRun run(spec, {21, 0}, {.batch = 3});
    run.executable().write("dna", std::as_bytes(std::span(rows)));
    run.executable().run();
    return run.read("output");
  };
  const auto rows = random_dna(3, 21, 9);
  const std::vector<double> forward = scores("forward", rows);
  const std::vector<double> reverse = scores("forward", reverse_complement(rows, 3, 21));
  const std::vector<double> mean = scores("mean", rows), maximum = scores("max", rows);
  ASSERT_EQ(mean.size(), forward.size());
  for (std::size_t i = 0; i < forward.size(); ++i) {
    EXPECT_NEAR(mean[i], (forward[i] + reverse[i]) / 2, 1e-6);
    EXPECT_NEAR(maximum[i], std::max(forward[i], reverse[i]), 1e-6);
  }
}

TEST(ModelModes, DropoutActsInTrainingAlone) {
  const ModelSpec spec = spec_of(R"(
input = { length = 50 }
layers = [{ type = "conv", filters = 8, width = 1 }, { type = "dropout", rate = 0.5 }, { type = "flatten" }])");
  ModelRun training(spec, {50, 0}, {.mode = Mode::training}), inference(spec, {50, 0}, {});
  training.executable().run();
  inference.executable().run();
  const auto zeros = [](const std::vector<double>& values) { return std::ranges::count(values, 0.0); };
  const std::vector<double> dropped = training.read("output"), kept = inference.read("output");
  EXPECT_EQ(zeros(kept), 0);
  EXPECT_NEAR(static_cast<double>(zeros(dropped)) / static_cast<double>(dropped.size()), 0.5, 0.06);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (dropped[i] != 0) {
      EXPECT_NEAR(dropped[i], 2 * kept[i], 1e-5);
    }
  }
}

TEST(ModelFusion, GivesTheSameNumbers) {
  const ModelSpec spec = zoo_model("cnn");
  ModelRun plain(spec, {60, 2}, {.mode = Mode::training}),
      fused(spec, {60, 2}, {.mode = Mode::training, .fused = true});
  EXPECT_NEAR(plain.run_loss(), fused.run_loss(), 1e-5);
  for (const Parameter& parameter : plain.model().parameters) {
    const std::vector<double> a = plain.read("gradient/" + parameter.name),
                              b = fused.read("gradient/" + parameter.name);
    for (std::size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], 1e-4) << parameter.name << "[" << i << "]";
  }
}

}  // namespace
}  // namespace genocuda

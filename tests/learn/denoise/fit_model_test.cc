// SPDX-License-Identifier: Apache-2.0
#include "learn/denoise/fit_model.h"

#include <cmath>

#include "core/philox.h"
#include "genomics/regions.h"
#include "learn/denoise/predict_bins.h"
#include "learn/model/initialise.h"
#include "learn/model/summary.h"
#include "tests/learn/denoise/given_tracks.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_device.h"

namespace genocuda {
namespace {

ModelSpec spec_of(const std::string& body) { return parse_model_toml("name = \"test\"\n" + body, "test.toml"); }

/// 19 bins in, 1 out.
const std::string kSliding = R"(
input = { dna = false, length = 475 }
tracks = [{ name = "signals", channels = 1, bin = 25, transform = "asinh" }]
layers = [
  { type = "standardise" },
  { type = "conv", filters = 4, width = 7 },
  { type = "relu" },
  { type = "conv", filters = 1, width = 13 },
  { type = "flatten" },
]
outputs = [{ name = "signal", loss = "mse", signal = "mark", bin = 25, transform = "asinh" }]
)";

ChannelNumbers numbers_of(std::int64_t channels) {
  const auto count = static_cast<std::size_t>(channels);
  return {std::vector<double>(count, .5), std::vector<double>(count, 2)};
}

TEST(FitModel, GivesTheZooMoreOutputsFromOneMoreBinEach) {
  for (const char* name : {"coda", "coda-peaks", "coda-linear"}) {
    const ModelSpec spec = zoo_model(name);
    const std::int64_t parameters = summarise(spec).parameters;
    const ModelSpec fitted = fit_model(spec, numbers_of(6), 50);
    EXPECT_EQ(fitted.input.length, 25 * (1000 + 50)) << name;
    EXPECT_EQ(summarise(fitted).parameters, parameters) << name;
    EXPECT_EQ(get_numbers(fitted.layers.front().settings, "mean"), std::vector<double>(6, .5));
    const ModelSpec narrow = fit_model(with_bin(spec, 10), numbers_of(2), 1);
    EXPECT_EQ(narrow.input.length, 10 * 1001);
    EXPECT_EQ(narrow.tracks.front().channels, 2);
    EXPECT_EQ(denoise_signals(narrow).shallow.bin, 10);
  }
}

TEST(FitModel, KeepsNumbersThatAModelBrings) {
  ModelSpec spec = spec_of(kSliding);
  spec.layers.front().settings["mean"] = std::vector<double>{7};
  const ModelSpec fitted = fit_model(spec, numbers_of(1), 1);
  EXPECT_EQ(fitted.layers, spec.layers);
}

// The same weights at one output a window and at eleven, over the ends of the contig, too.
TEST(FitModel, PredictsTheSameForManyBinsAtOnce) {
  const std::unique_ptr<Device> device = make_test_device();
  std::vector<float> values(200);
  philox::Generator random(5, 0);
  for (float& value : values) value = static_cast<float>(random.below(30));
  Examples examples;
  examples.genome = one_contig(200 * 25);
  examples.signals["signals"] = given_tracks({values}, {.bin = 25, .transform = TrackTransform::asinh});
  const BinList bins(regions_on(*examples.genome, std::vector<std::string>{"chr1:0-2000", "chr1:3000-5000"}), 25);
  const ChannelNumbers numbers = channel_numbers(bins, *examples.signals["signals"]);

  VariableStore variables(*device);
  std::vector<std::vector<float>> predictions;
  for (const std::int64_t outputs : {1, 11}) {
    const ModelSpec spec = fit_model(spec_of(kSliding), numbers, outputs);
    Graph graph;
    const ModelSize size = resolve_size(spec);
    const ModelInputs inputs = make_inputs(graph, spec, size, 1);
    initialise(variables, build_model(graph, spec, size, inputs, {}), 1);
    Predictor predictor(spec, {}, variables, {.batch = 8});
    predictions.push_back(predict_bins(predictor, examples, bins, {spec.input.length, outputs}).front());
  }
  ASSERT_EQ(predictions[0].size(), 160u);
  for (std::size_t i = 0; i < 160; ++i) EXPECT_NEAR(predictions[0][i], predictions[1][i], 1e-5) << i;
  EXPECT_GT(std::abs(predictions[0][3] - predictions[0][4]), 1e-4);
}

TEST(ChannelNumbers, AreTheMeanAndTheLargestDistanceFromIt) {
  const auto tracks = given_tracks({{100, 1, 2, 6}, {100, 3, 3, 3}}, {.bin = 25});
  const BinList bins(regions_on(*one_contig(100), std::vector<std::string>{"chr1:25-100"}), 25);
  const ChannelNumbers numbers = channel_numbers(bins, *tracks);
  EXPECT_EQ(numbers.mean, (std::vector<double>{3, 3}));
  EXPECT_EQ(numbers.scale, (std::vector<double>{3, 1}));
}

TEST(DenoiseSignals, RefuseModelsThatDenoiseNothing) {
  const auto changed = [](const std::string& from, const std::string& to) {
    std::string text = kSliding;
    text.replace(text.find(from), from.size(), to);
    return spec_of(text);
  };
  const auto refused = [](const ModelSpec& spec, const std::string& part) {
    expect_error(
        ErrorKind::invalid_argument, [&] { denoise_signals(spec); }, "'test' does not denoise", part);
  };
  EXPECT_EQ(denoise_signals(spec_of(kSliding)).deep, "mark");
  EXPECT_EQ(denoise_signals(zoo_model("coda-peaks")).peaks, "peaks");
  refused(changed("dna = false, length = 475", "length = 475"), "no DNA");
  refused(changed("loss = \"mse\"", "loss = \"poisson\""), "bce_with_logits");
  refused(changed("bin = 25, transform = \"asinh\" }]\nlayers", "bin = 5, transform = \"asinh\" }]\nlayers"),
          "bins of 5");
  refused(changed("loss = \"mse\"", "loss = \"bce_with_logits\""), "have no transform");
  refused(changed("outputs = [", "outputs = [{ name = \"other\", loss = \"mse\", signal = \"b\", bin = 25 }, "),
          "two signals");
  expect_error(
      ErrorKind::invalid_argument,
      [&] { fit_model(changed("{ type = \"flatten\" }", "{ type = \"global_mean_pool\" }"), numbers_of(1), 4); },
      "gives 1 outputs and cannot give 4");
}

}  // namespace
}  // namespace genocuda

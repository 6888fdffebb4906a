// SPDX-License-Identifier: Apache-2.0
// The zoo has the published shapes and numbers of parameters.
#include <algorithm>

#include <gtest/gtest.h>

#include "learn/model/summary.h"
#include "learn/train/settings.h"
#include "tests/support/expect_error.h"

namespace genocuda {
namespace {

LayerRow row(const Summary& summary, std::string_view name) {
  const auto found = std::ranges::find(summary.layers, name, &LayerRow::name);
  if (found == summary.layers.end()) {
    ADD_FAILURE() << "no layer " << name << " in\n" << summary.text;
    return {};
  }
  return *found;
}

struct Published {
  const char* name;
  std::int64_t parameters;
  std::int64_t frozen = 0;
};

class ZooCount : public testing::TestWithParam<Published> {};

TEST_P(ZooCount, IsThePublishedOne) {
  const Published& published = GetParam();
  const Summary summary = summarise(zoo_model(published.name));
  EXPECT_EQ(summary.parameters, published.parameters) << summary.text;
  EXPECT_EQ(summary.frozen_parameters, published.frozen);
}

INSTANTIATE_TEST_SUITE_P(Models, ZooCount,
                         testing::Values(Published{"basset", 4135064}, Published{"basset-same", 4735064},
                                         Published{"deepsea", 52843119}, Published{"deepbind", 1569},
                                         Published{"deepbind-hidden", 2129}, Published{"dragonn", 8101},
                                         Published{"coda", 7849}, Published{"coda-peaks", 7849},
                                         Published{"coda-linear", 6007}, Published{"bpnet", 114224},
                                         Published{"bpnet-single", 109122}, Published{"chrombpnet", 6377986, 217730},
                                         Published{"chrombpnet-bias", 217730}, Published{"lecture-dense", 32},
                                         Published{"logistic", 405}, Published{"kmer-logistic", 10921},
                                         Published{"kmer-dense", 32897}),
                         [](const auto& instance) {
                           std::string name = instance.param.name;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(Zoo, BassetHasBothPublishedGeometries) {
  const Summary valid = summarise(zoo_model("basset")), same = summarise(zoo_model("basset-same"));
  EXPECT_EQ(row(valid, "max_pool1").shape, (Shape{194, 300}));
  EXPECT_EQ(row(valid, "max_pool2").shape, (Shape{46, 200}));
  EXPECT_EQ(row(valid, "max_pool3").shape, (Shape{10, 200}));
  EXPECT_EQ(row(valid, "flatten1").shape, (Shape{2000}));
  EXPECT_EQ(row(same, "max_pool1").shape, (Shape{200, 300}));
  EXPECT_EQ(row(same, "max_pool2").shape, (Shape{50, 200}));
  EXPECT_EQ(row(same, "max_pool3").shape, (Shape{13, 200}));
  EXPECT_EQ(row(same, "flatten1").shape, (Shape{2600}));
  EXPECT_EQ(row(valid, "dense3").shape, (Shape{164}));
}

TEST(Zoo, DeepSeaFlattens53By960) {
  const Summary summary = summarise(zoo_model("deepsea"));
  EXPECT_EQ(row(summary, "relu3").shape, (Shape{53, 960}));
  EXPECT_EQ(row(summary, "flatten1").shape, (Shape{50880}));
  EXPECT_EQ(row(summary, "output").shape, (Shape{919}));
}

TEST(Zoo, BpnetPredictsTheMiddleThousandBases) {
  const Summary summary = summarise(zoo_model("bpnet"));
  EXPECT_EQ(row(summary, "trunk").shape, (Shape{2114, 64}));
  EXPECT_EQ(row(summary, "profile").shape, (Shape{1000, 2}));
  EXPECT_EQ(row(summary, "counts").shape, (Shape{1}));
}

TEST(Zoo, ChromBpnetSees1041BasesAnd74MoreInTheProfile) {
  const Summary summary = summarise(zoo_model("chrombpnet"));
  EXPECT_EQ(row(summary, "trunk/residual8").receptive_field, 1041);
  EXPECT_EQ(row(summary, "trunk/residual8").shape, (Shape{1074, 512}));
  EXPECT_EQ(row(summary, "own_profile").receptive_field, 1041 + 74);
  EXPECT_EQ(row(summary, "profile").shape, (Shape{1000, 1}));
  EXPECT_EQ(row(summary, "bias_wide_profile").shape, (Shape{1960, 1}));
  EXPECT_EQ(row(summary, "counts").shape, (Shape{1}));
  EXPECT_EQ(summary.receptive_field, 1115);
}

TEST(Zoo, BasenjiFlattensSevenPositions) {
  const Summary summary = summarise(zoo_model("basenji"));
  EXPECT_EQ(row(summary, "max_pool1").shape, (Shape{448, 288}));
  EXPECT_EQ(row(summary, "block6/max_pool1").shape, (Shape{7, 512}));
  EXPECT_EQ(row(summary, "flatten1").shape, (Shape{1792}));
}

TEST(Zoo, CodaMapsBinsToOneSignal) {
  const Summary summary = summarise(zoo_model("coda"));
  EXPECT_EQ(row(summary, "conv1").shape, (Shape{1001, 6}));
  EXPECT_EQ(row(summary, "conv2").shape, (Shape{1, 1}));
}

TEST(Zoo, DefaultsTakeTheSizeOfTheData) {
  const ModelSpec cnn = zoo_model("cnn");
  const Summary small = summarise(cnn, {.length = 40, .tasks = 3}), large = summarise(cnn, {.length = 400, .tasks = 3});
  EXPECT_EQ(small.parameters, large.parameters);
  EXPECT_EQ(small.parameters, summarise(cnn).parameters + 2 * 65);
  EXPECT_EQ(row(large, "output").shape, (Shape{3}));
}

TEST(Zoo, EveryModelRoundTripsAndHasValidTraining) {
  for (const std::string_view name : zoo_names()) {
    SCOPED_TRACE(name);
    const ModelSpec spec = zoo_model(name);
    EXPECT_EQ(spec.name, name);
    EXPECT_FALSE(spec.description.empty());
    EXPECT_EQ(parse_model_toml(to_toml(spec), "again"), spec) << to_toml(spec);
    EXPECT_EQ(parse_model_json(to_json(spec), "again"), spec) << to_json(spec);
    TrainingSettings settings;
    apply_settings(settings, spec.training, "[training]");
    check_settings(settings);
  }
}

TEST(Zoo, BassetTrainsAsPublished) {
  TrainingSettings settings;
  apply_settings(settings, zoo_model("basset").training, "[training]");
  EXPECT_EQ(settings.optimizer.kind, OptimizerKind::rmsprop);
  EXPECT_EQ(settings.learning_rate, 0.002);
  EXPECT_EQ(settings.optimizer.decay, 0.98);
  EXPECT_EQ(settings.batch, 128);
  EXPECT_EQ(settings.max_norm, 7);
  EXPECT_EQ(settings.patience, 10);
  EXPECT_EQ(settings.loss_divisor, LossDivisor::examples);
}

TEST(Zoo, UnknownNamesAreAnsweredWithNearOnes) {
  expect_error(
      ErrorKind::invalid_argument, [] { zoo_model("baset"); }, "there is no model 'baset'", "did you mean 'basset'");
  expect_error(
      ErrorKind::invalid_argument, [] { load_model("transformer"); }, "'cnn'", "'logistic'", ".toml");
}

}  // namespace
}  // namespace genocuda

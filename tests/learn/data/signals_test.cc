// SPDX-License-Identifier: Apache-2.0
#include "learn/data/signals.h"

#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "learn/data/window_inputs.h"
#include "learn/train/training_step.h"
#include "tests/learn/data/random_tracks.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace genocuda {
namespace {

using Strings = std::vector<std::string>;

ModelSpec two_signals() {
  return parse_model_toml(R"(
name = "two"
input = { length = 8 }
tracks = [{ name = "atac", bin = 2, transform = "log1p" }, { name = "control", channels = 2 }]
layers = [
  { type = "concat", from = ["dna", "control"] },
  { type = "conv", name = "profile", filters = 2, width = 5 },
]
outputs = [{ from = "profile", loss = "multinomial_nll", signal = "reads", channels = 2 }]
)",
                          "two.toml");
}

class Signals : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) const {
    const std::string path = folder_.path() + "/" + name;
    std::ofstream(path) << text;
    return path;
  }
  std::string bedgraph(const std::string& name) const { return write(name, "chr1\t2\t6\t3\nchr1\t9\t10\t1\n"); }

  const TemporaryFolder folder_;
  const std::shared_ptr<const Genome> genome_ = random_genome({20, 12}, 1);
};

TEST_F(Signals, AreWhatTracksAndOutputsName) {
  const std::vector<SignalNeed> needs = signal_needs(two_signals());
  ASSERT_EQ(needs.size(), 3u);
  EXPECT_EQ(needs[0], (SignalNeed{"atac", 1, 2, TrackTransform::log1p, true, false, false}));
  EXPECT_EQ(needs[1], (SignalNeed{"control", 2, 1, TrackTransform::none, true, false, false}));
  EXPECT_EQ(needs[2], (SignalNeed{"reads", 2, 1, TrackTransform::none, false, true, true}));
  EXPECT_TRUE(signal_needs(zoo_model("cnn")).empty());
}

TEST_F(Signals, AreReadFromFilesByName) {
  const std::string a = bedgraph("a.bedgraph"), plus = bedgraph("c.plus.bedgraph"),
                    minus = bedgraph("c.minus.bedgraph");
  const ModelSpec spec = two_signals();
  const Strings given = {"atac=" + a, "control=" + plus + "," + minus, plus + "," + minus};
  const SignalSet signals = read_signals(spec, *genome_, given, true);
  ASSERT_EQ(signals.size(), 3u);
  const Tracks& atac = *signals.at("atac");
  EXPECT_FLOAT_EQ(atac.values()[1], std::log1p(3.0f));
  EXPECT_FLOAT_EQ(atac.values()[4], std::log1p(0.5f)) << "the transform of the mean of a bin";
  EXPECT_EQ(signals.at("reads")->other_strand()[0], 1) << "the unnamed ones, told to be strands by their names";
  EXPECT_EQ(read_signals(spec, *genome_, std::span(given).first(2), false).size(), 2u) << "to predict with";
}

TEST_F(Signals, PeaksAreASignal) {
  const std::string peaks = write("p.narrowPeak", "chr1\t2\t5\tx\t0\t.\t0\t0\t0\t1\nchr1\t4\t6\ty\t0\t.\t0\t0\t0\t1\n");
  const std::vector<TrackSource> sources = open_signals(Strings{peaks});
  const Tracks tracks(*genome_, sources, {});
  EXPECT_EQ(std::vector<float>(tracks.values().begin(), tracks.values().begin() + 8),
            (std::vector<float>{0, 0, 1, 1, 1, 1, 0, 0}));
}

TEST_F(Signals, MissingAndSurplusOnesAreNamed) {
  const std::string a = bedgraph("a.bedgraph");
  const auto refuse = [&](const Strings& given, const std::string& part, const ModelSpec& spec = two_signals()) {
    expect_error(
        ErrorKind::invalid_argument, [&] { read_signals(spec, *genome_, given, true); }, part);
  };
  refuse({}, "needs the signal 'atac' (1 channel, read): give --signal atac=FILE");
  refuse({"atac=" + a, "control=" + a}, "a file a channel, but 1 came");
  refuse({"dnase=" + a}, "no signal 'dnase'; it has 'atac'");
  refuse({a}, "say which signal of model 'two' it is: --signal atac=");
  refuse({"x=" + a}, "model 'cnn' reads no signals", zoo_model("cnn"));
  Examples examples;
  expect_error(
      ErrorKind::invalid_argument, [&] { require_signals(two_signals(), examples, true); }, "'atac'", "data lack");
  examples.signals["atac"] = random_tracks(*genome_, 1, {.bin = 4}, 1);
  expect_error(
      ErrorKind::invalid_argument, [&] { require_signals(two_signals(), examples, true); }, "bins of 4", "bins of 2");
}

TEST_F(Signals, OfCountsAreNeverBelow0AlsoUnderATransform) {
  const ModelSpec spec = parse_model_toml(R"(
name = "counted"
input = { length = 8 }
layers = [{ type = "conv", filters = 1, width = 5 }]
outputs = [{ loss = "poisson", signal = "reads", transform = "log1p" }]
)",
                                          "counted.toml");
  Examples examples;
  examples.genome = genome_;
  const Strings given{write("below.bedgraph", "chr1\t2\t6\t-0.5\n")};
  examples.signals = read_signals(spec, *genome_, given, true);
  expect_error(
      ErrorKind::invalid_argument, [&] { require_signals(spec, examples, true); }, "signal 'reads' is -0.5 at chr1:2");
}

TEST_F(Signals, OfModelsAreChecked) {
  const auto refuse = [](const std::string& outputs, const std::string& part) {
    const std::string text =
        "name = \"x\"\ntracks = [{ name = \"t\", bin = 2 }]\nlayers = [{ type = \"relu\" }]\n" + outputs;
    expect_error(
        ErrorKind::input_file, [&] { parse_model_toml(text, "x.toml"); }, part);
  };
  refuse("outputs = [{ bases = 3 }]", "x.toml:4: 'bases' is for outputs with a 'signal'");
  refuse("outputs = [{ signal = \"t\" }]", "another 'bin' or 'transform'");
  refuse("outputs = [{ signal = \"s\", measure = \"sum\" }]", "log_total");
  const ModelSpec wide = parse_model_toml(R"(
name = "wide"
layers = [{ type = "flatten" }, { type = "dense", units = 1 }]
outputs = [{ loss = "mse", signal = "s", measure = "log_total", bases = 30 }]
)",
                                          "wide.toml");
  expect_error(
      ErrorKind::invalid_argument,
      [&] {
        head_columns(wide, {20, 0});
      },
      "'bases' is 30, but the input has 20");
  const ModelSpec spec = two_signals();
  EXPECT_EQ(parse_model_toml(to_toml(spec), "again"), spec);
  EXPECT_EQ(parse_model_json(to_json(spec), "again"), spec);
}

TEST(WindowMiddle, IsTheSameOnBothStrandsWhereItCanBe) {
  const Window window{0, Strand::forward, 10};
  EXPECT_EQ(window.middle(8, 4), (Window{0, Strand::forward, 12}));
  EXPECT_EQ(window.flipped().middle(8, 4), (Window{0, Strand::reverse, 12}));
  EXPECT_EQ(window.middle(8, 5).start, 11);
  EXPECT_EQ(window.flipped().middle(8, 5).start, 12) << "one base is left out of what is read first";
}

TEST(WindowInputs, PackDnaAndTheMiddlesOfTracks) {
  const ModelSpec spec = parse_model_toml(R"(
name = "inner"
input = { length = 12 }
tracks = [{ name = "atac", channels = 2, bin = 2, length = 3 }]
layers = [{ type = "flatten", from = "atac" }, { type = "dense", units = 1 }]
)",
                                          "inner.toml");
  Examples examples;
  examples.genome = random_genome({50}, 3);
  examples.length = 12;
  examples.signals["atac"] = random_tracks(*examples.genome, 2, {.bin = 2}, 4);
  const WindowInputs inputs(spec, {12, 1});
  PackedWindows packed;
  const std::vector<Window> windows = {{0, Strand::forward, 4}, {0, Strand::reverse, 4}, {0, Strand::forward, 44}};
  inputs.pack(examples, windows, packed);
  std::vector<float> expected(3 * 3 * 2);
  const std::vector<Window> middles = {{0, Strand::forward, 7}, {0, Strand::reverse, 7}, {0, Strand::forward, 47}};
  pack_tracks(*examples.signals["atac"], middles, 6, expected.data());
  EXPECT_EQ(packed.tracks.at(0), expected);
  std::vector<std::uint32_t> dna(packed.dna.size());
  pack_windows(*examples.genome, windows, 12, dna.data());
  EXPECT_EQ(packed.dna, dna);
  inputs.fill_up(5, packed);
  EXPECT_EQ(packed.tracks[0].size(), 5u * 6);
  EXPECT_EQ(packed.tracks[0].back(), 0);
}

}  // namespace
}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "genomics/signal_track.h"
#include "tests/apps/tiny_data.h"

namespace genocuda::cli {
namespace {

using nlohmann::json;

constexpr std::int64_t kContig = 4000;  // bases of each of genome.fa's

/// A wave along chr1 to chr4; `phase` makes signals differ.
std::string wave(int phase) {
  std::string text;
  for (int contig = 1; contig <= 4; ++contig) {
    for (int start = 0; start < kContig; start += 5) {
      const int value = (start / 5 * 7 + phase + contig) % 11;
      if (value > 0) text += fmt::format("chr{}\t{}\t{}\t{}\n", contig, start, start + 5, value);
    }
  }
  return text;
}

/// Reads 120 bases and `tracks`, predicts profile and total of the middle 100.
std::string profile_model(int channels, const std::string& tracks, const std::string& features) {
  return fmt::format(R"(name = "small"
input = {{ length = 120 }}
{}
layers = [
  {{ type = "conv", filters = 4, width = 9, padding = "same", from = "dna" }},
  {{ type = "relu", name = "bases" }},
  {}
  {{ type = "crop", name = "middle", length = 100 }},
  {{ type = "conv", name = "profile", filters = {}, width = 1 }},
  {{ type = "global_mean_pool", from = "middle" }},
  {{ type = "dense", name = "counts", units = 1 }},
]
outputs = [
  {{ name = "profile", from = "profile", loss = "multinomial_nll", signal = "reads", channels = {} }},
  {{ name = "counts", from = "counts", loss = "mse", signal = "reads", channels = {}, measure = "log_total", bases = 100 }},
]
[training]
batch = 8
epochs = 1
)",
                     tracks, features, channels, channels, channels);
}

class Signals : public testing::Test {
 protected:
  Signals() {
    folder_.write("reads.bedgraph", wave(0));
    folder_.write("minus.bedgraph", wave(4));
    folder_.write("control.bedgraph", wave(8));
    folder_.write("one.toml", profile_model(1, "", ""));
    folder_.write("two.toml", profile_model(2, R"(tracks = [{ name = "controls", channels = 2 }])",
                                            R"({ type = "concat", from = ["bases", "controls"] },)"));
    folder_.write("bins.toml", R"(name = "bins"
input = { dna = false, length = 200 }
tracks = [{ name = "low", bin = 10, transform = "log1p" }]
layers = [{ type = "conv", filters = 1, width = 3, padding = "same" }, { type = "crop", length = 8 }]
outputs = [{ loss = "mse", signal = "high", bin = 10, transform = "log1p" }]
[training]
batch = 8
epochs = 1
)");
    folder_.write("towers.toml", R"(name = "towers"
input = { length = 120 }
tracks = [{ name = "signal", bin = 10 }]
layers = [
  { type = "conv", filters = 4, width = 9, from = "dna" },
  { type = "global_max_pool", name = "a" },
  { type = "conv", filters = 4, width = 3, from = "signal" },
  { type = "global_max_pool", name = "b" },
  { type = "concat", from = ["a", "b"] },
  { type = "dense", units = "tasks" },
]
[training]
batch = 8
epochs = 1
)");
  }

  Result run(const std::string& arguments) const {
    Result result = folder_.run(arguments + " --threads 1");
    EXPECT_EQ(result.status, 0) << arguments << "\n" << result.err;
    return result;
  }
  Result train(const std::string& model, const std::string& arguments) const {
    return run(fmt::format("train --genome genome.fa --model {}.toml -o {} {}", model, model, arguments));
  }
  Result predict(const std::string& model, const std::string& arguments) const {
    return run(fmt::format("predict -q --genome genome.fa --model {}/model.safetensors {}", model, arguments));
  }

  /// Every base's value in a bedGraph file; a base that comes twice fails.
  std::map<std::pair<std::string, int>, float> values(const std::string& name) const {
    std::map<std::pair<std::string, int>, float> result;
    for (const std::string& line : lines(folder_.content(name))) {
      const auto row = columns(line);
      for (int at = std::stoi(row.at(1)); at < std::stoi(row.at(2)); ++at) {
        EXPECT_TRUE(result.emplace(std::pair(row[0], at), std::stof(row.at(3))).second) << name << " " << line;
      }
    }
    return result;
  }

  TinyFolder folder_;
};

TEST_F(Signals, TrainAProfileAndATotal) {
  const Result result = train("one", "-s reads.bedgraph --bin 100 --valid chr3 --test chr4");
  EXPECT_EQ(counts(result.err), (Counts{80, 40, 40}));
  EXPECT_NE(result.err.find("40 for the test; signal reads\n"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("notice: bins: 160 of 100 bases, 160 kept"), std::string::npos) << result.err;
  const json report = json::parse(folder_.content("one/test.json"));
  EXPECT_EQ(report.at("tasks").at(0).at("name"), "profile");
  EXPECT_GT(report.at("tasks").at(0).at("jsd"), 0);
  EXPECT_GT(report.at("tasks").at(0).at("jsd_average"), 0);
  EXPECT_EQ(report.at("tasks").at(1).at("name"), "counts");
  EXPECT_TRUE(report.at("tasks").at(1).contains("pearson"));

  const std::string config = folder_.content("one/config.toml");
  EXPECT_NE(config.find("signal = [\"reads.bedgraph\"]"), std::string::npos) << config;
  EXPECT_NE(config.find("\"reads.bedgraph\" = \""), std::string::npos) << "no MD5 in " << config;
  run("train --config one/config.toml -o again");
  EXPECT_TRUE(folder_.content("again/model.safetensors") == folder_.content("one/model.safetensors"));
  const std::string evaluate = "evaluate --genome genome.fa --model one/model.safetensors --bin 100 --test chr4 ";
  EXPECT_EQ(run(evaluate + "--signal reads=reads.bedgraph").out, folder_.content("one/test.json"));
  EXPECT_NE(run(evaluate + "--signal reads=minus.bedgraph").out, folder_.content("one/test.json"));
}

TEST_F(Signals, WindowsLieRoundRegions) {
  folder_.write("places.bed",
                "chr1\t40\t50\nchr1\t100\t200\tsite\t0\t-\nchr2\t1000\t1010\nchr3\t2000\t2001\nchr3\t3950\t3990\n"
                "chr4\t500\t600\n");
  folder_.write("out.bed", "chr4\t600\t601\nchr2\t1\t2\n");
  const Result result = train("one", "-s reads.bedgraph --regions places.bed --blacklist out.bed --test 3");
  EXPECT_EQ(counts(result.err), (Counts{2, 0, 1}));
  EXPECT_NE(result.err.find("notice: regions left out: 2 whose windows reach over the end of their contig, 1 on the "
                            "blacklist\n"),
            std::string::npos)
      << result.err;
  EXPECT_NE(folder_.content("one/config.toml").find("regions = \"places.bed\""), std::string::npos);
  EXPECT_EQ(counts(train("one", "-s reads.bedgraph --regions places.bed --skip-contigs chr2 --overwrite").err),
            (Counts{3, 0, 0}));

  // The strand is that of the region: what is trained on chr1 is the reverse complement.
  folder_.write("forward.bed", "chr1\t100\t200\tsite\t0\t+\n");
  const auto row = [&](const std::string& bed) { return columns(lines(predict("one", "--regions " + bed).out).at(1)); };
  folder_.write("reverse.bed", "chr1\t100\t200\tsite\t0\t-\n");
  EXPECT_EQ(row("reverse.bed").at(3), "-");
  EXPECT_NE(row("reverse.bed").back(), row("forward.bed").back());
}

TEST_F(Signals, RegionsTakeLabelsFromPeaks) {
  folder_.write("places.bed", "chr1\t200\t210\nchr1\t3000\t3010\nchr2\t300\t310\nchr2\t3500\t3510\n");
  const Result result = train("towers", "-s reads.bedgraph --regions places.bed --peaks peaks.bed --test chr2");
  EXPECT_EQ(counts(result.err), (Counts{2, 0, 2}));
  EXPECT_NE(result.err.find("1 task, signal signal\n"), std::string::npos) << result.err;
  EXPECT_EQ(json::parse(folder_.content("towers/test.json")).at("tasks").at(0).at("positives"), 1);
}

TEST_F(Signals, LabelsOfBinsAndSignalsGoTogether) {
  const std::string source = "-s reads.bedgraph --peaks peaks.bed --unlabelled 1 --test chr4 ";
  train("towers", source);
  const json report = json::parse(folder_.content("towers/test.json"));
  EXPECT_EQ(report.at("tasks").at(0).at("positives"), 3);
  EXPECT_EQ(run("evaluate --genome genome.fa --model towers/model.safetensors " + source).out,
            folder_.content("towers/test.json"));
  // The signal is read: another one gives another prediction.
  const std::string place = "--regions peaks.bed -s ";
  EXPECT_NE(predict("towers", place + "reads.bedgraph").out, predict("towers", place + "minus.bedgraph").out);
}

TEST_F(Signals, ControlsAreTheSignalOfThatName) {
  const std::string targets = "-s reads=reads.bedgraph,minus.bedgraph --bin 100 ";
  train("two", targets + "-c control.bedgraph,minus.bedgraph");
  const std::string model = folder_.content("two/model.safetensors");
  EXPECT_NE(folder_.content("two/config.toml").find("control = [\"control.bedgraph,minus.bedgraph\"]"),
            std::string::npos);
  train("two", targets + "-s controls=control.bedgraph,minus.bedgraph --overwrite");
  EXPECT_TRUE(folder_.content("two/model.safetensors") == model);
  train("two", targets + "-c reads.bedgraph,minus.bedgraph --overwrite");
  EXPECT_FALSE(folder_.content("two/model.safetensors") == model);
}

TEST_F(Signals, OnTheDeviceGiveTheSameBits) {
  const std::pair<std::string, std::string> kRuns[] = {
      {"two", "-s reads=reads.bedgraph,minus.bedgraph -c control.bedgraph,minus.bedgraph --bin 100"},
      {"bins", "-s low=control.bedgraph -s high=reads.bedgraph --bin 80"},
      {"towers", "-s reads.bedgraph --peaks peaks.bed --unlabelled 1"}};
  for (const auto& [model, data] : kRuns) {
    const std::string arguments = data + " --valid chr3 --test chr4 --jitter 5 --overwrite --data-on ";
    std::string left[2];
    for (const bool device : {false, true}) {
      train(model, arguments + (device ? "device" : "host"));
      left[device] = folder_.content(model + "/model.safetensors") + folder_.content(model + "/test.json");
    }
    EXPECT_TRUE(left[0] == left[1]) << model;
  }
}

TEST_F(Signals, PredictWritesTracksThatAgreeWithTheTable) {
  train("one", "-s reads.bedgraph --bin 100 --lr 0.02 --epochs 3");
  folder_.write("place.bed", "chr2\t1000\t1100\n");
  const std::vector<std::string> table = lines(predict("one", "--regions place.bed").out);
  const auto header = columns(table.at(0)), row = columns(table.at(1));
  ASSERT_EQ(header.size(), 4u + 101u);
  EXPECT_EQ(header.at(4), "profile.1");
  EXPECT_EQ(header.at(104), "counts");
  const double total = std::expm1(std::stod(row.at(104)));
  ASSERT_GT(total, 1);
  predict("one", "--regions place.bed -o place.bedgraph");
  const auto track = values("place.bedgraph");
  ASSERT_EQ(track.size(), 100u);
  for (int i = 0; i < 100; ++i) {
    const double expected = std::stod(row.at(static_cast<std::size_t>(4 + i))) * total;
    EXPECT_NEAR(track.at({"chr2", 1000 + i}), expected, 1e-5 * total) << i;
  }
}

TEST_F(Signals, TracksCoverEachBaseOnce) {
  train("one", "-s reads.bedgraph --bin 100");
  EXPECT_EQ(predict("one", "-o all.bedgraph").out, "");
  const auto all = values("all.bedgraph");
  EXPECT_EQ(all.size(), 4 * kContig);
  predict("one", "-o all.bw --batch 7");
  predict("one", "-o again.bedgraph.gz --batch 7");
  for (const char* name : {"all.bw", "again.bedgraph.gz"}) {
    const auto track = open_signal(folder_.path(name));
    ASSERT_EQ(track->contigs().size(), 4) << name;
    for (std::int32_t contig = 0; contig < 4; ++contig) {
      std::vector<float> read(kContig);
      track->values(contig, 0, read, -1);
      for (int at = 0; at < kContig; ++at) {
        ASSERT_NEAR(read[static_cast<std::size_t>(at)], all.at({track->contigs().names[contig], at}), 1e-5) << at;
      }
    }
  }
  predict("one", "-o some.bedgraph --skip-contigs chr1,3");
  EXPECT_EQ(values("some.bedgraph").size(), 2 * kContig);

  folder_.write("places.bed", "chr2\t950\t1130\nchr2\t1100\t1301\nchr1\t3990\t4000\n");
  predict("one", "--regions places.bed -o places.bedgraph");
  const auto places = values("places.bedgraph");
  EXPECT_EQ(places.size(), 351u + 10u);
  EXPECT_TRUE(places.contains({"chr2", 950}) && places.contains({"chr2", 1300}) && places.contains({"chr1", 3999}));
}

TEST_F(Signals, EveryChannelHasAFile) {
  train("two",
        "-s reads=reads.bedgraph,minus.bedgraph -c control.bedgraph,minus.bedgraph --bin 100 --lr 0.02 --epochs 3");
  folder_.write("place.bed", "chr3\t100\t200\n");
  const std::string controls = "-c control.bedgraph,minus.bedgraph --regions place.bed ";
  const auto row = columns(lines(predict("two", controls).out).at(1));
  predict("two", controls + "-o out.bedgraph");
  EXPECT_FALSE(folder_.exists("out.bedgraph"));
  const double total = std::expm1(std::stod(row.back()));
  ASSERT_GT(total, 1);
  for (const int channel : {1, 2}) {
    const auto track = values(fmt::format("out.{}.bedgraph", channel));
    ASSERT_EQ(track.size(), 100u);
    for (int i = 0; i < 100; ++i) {
      const double share = std::stod(row.at(static_cast<std::size_t>(4 + 2 * i + channel - 1)));
      EXPECT_NEAR(track.at({"chr3", 100 + i}), share * total, 1e-5 * std::abs(total)) << channel << " " << i;
    }
  }
}

TEST_F(Signals, BothStrandsAreAveragedPositionByPosition) {
  train("one", "-s reads.bedgraph --bin 100 --lr 0.02 --epochs 3");
  folder_.write("places.bed", "chr2\t1000\t1100\ta\t0\t+\nchr2\t1000\t1100\ta\t0\t-\n");
  const std::vector<std::string> plain = lines(predict("one", "--regions places.bed").out);
  const std::vector<std::string> both = lines(predict("one", "--regions places.bed --rc-average").out);
  const auto value = [](const std::string& row, int column) {
    return std::stod(columns(row).at(static_cast<std::size_t>(4 + column)));
  };
  double apart = 0;
  for (int i = 0; i < 100; ++i) {
    const double forward = value(plain.at(1), i), reverse = value(plain.at(2), 99 - i);
    EXPECT_NEAR(value(both.at(1), i), (forward + reverse) / 2, 1e-6) << i;
    apart = std::max(apart, std::abs(forward - reverse));
  }
  EXPECT_GT(apart, 1e-5);
  EXPECT_NEAR(value(both.at(1), 100), (value(plain.at(1), 100) + value(plain.at(2), 100)) / 2, 1e-5);
}

TEST_F(Signals, TheSignalSaysWhichChannelsAreStrands) {
  folder_.write("x.plus.bedgraph", wave(0));
  folder_.write("x.minus.bedgraph", wave(4));
  folder_.write("strands.toml", profile_model(2, "", ""));
  train("strands", "-s x.plus.bedgraph,x.minus.bedgraph --bin 100 --test chr4 --rc-average --epochs 2");
  const std::string evaluate =
      "evaluate --genome genome.fa --model strands/model.safetensors --bin 100 --test chr4 -s ";
  EXPECT_EQ(run(evaluate + "x.plus.bedgraph,x.minus.bedgraph --rc-average").out, folder_.content("strands/test.json"));
  // The same numbers under names that are no strands: then channels stay in their places.
  EXPECT_NE(run(evaluate + "reads.bedgraph,minus.bedgraph --rc-average").out, folder_.content("strands/test.json"));
  EXPECT_EQ(run(evaluate + "x.plus.bedgraph,x.minus.bedgraph").out,
            run(evaluate + "reads.bedgraph,minus.bedgraph").out);

  const Result result = folder_.run(
      "predict -q --genome genome.fa --regions peaks.bed --model strands/model.safetensors --rc-average --threads 1");
  EXPECT_EQ(result.status, 2);
  EXPECT_NE(result.err.find("genocuda: output 'profile' has 2 channels"), std::string::npos) << result.err;
}

TEST_F(Signals, TransformsAreUndoneAndBinsAreRuns) {
  train("bins", "-s low=control.bedgraph -s high=reads.bedgraph --bin 80");
  folder_.write("place.bed", "chr1\t1000\t1080\n");
  const std::string low = "-s low=control.bedgraph ";
  const auto row = columns(lines(predict("bins", low + "--regions place.bed").out).at(1));
  ASSERT_EQ(row.size(), 4u + 8u);
  predict("bins", low + "--regions place.bed -o place.bedgraph");
  const auto track = values("place.bedgraph");
  ASSERT_EQ(track.size(), 80u);
  for (int i = 0; i < 80; ++i) {
    const double expected = std::expm1(std::stod(row.at(static_cast<std::size_t>(4 + i / 10))));
    EXPECT_NEAR(track.at({"chr1", 1000 + i}), expected, 1e-4) << i;
  }
  // A region that begins within a bin is cut out of the same bins.
  folder_.write("cut.bed", "chr1\t1003\t1077\n");
  predict("bins", low + "--regions cut.bed -o cut.bedgraph");
  for (const auto& [place, value] : values("cut.bedgraph")) EXPECT_NEAR(value, track.at(place), 1e-4) << place.second;
  EXPECT_EQ(values("cut.bedgraph").size(), 74u);
}

TEST_F(Signals, RefusesWhatDoesNotFit) {
  train("one", "-s reads.bedgraph --bin 100");
  train("towers", "-s reads.bedgraph --peaks peaks.bed --unlabelled 1");
  folder_.write("old.bedgraph", "old");
  folder_.write("places.bed", "chr1\t1\t2\n");
  folder_.write("other.bedgraph", "chrQ\t1\t2\t3\n");
  folder_.write("long.bedgraph", "chr1\t3990\t4001\t3\n");
  folder_.write("bad.bedgraph", "chr1\t1\t2\tx\n");
  folder_.write("text.bw", "chr1\t1\t2\t3\n");
  for (const char* empty : {"empty.bedgraph", "empty.bed"}) folder_.write(empty, "");
  struct Wrong {
    std::string arguments;
    std::vector<std::string> parts;
  };
  const std::string train = "train --genome genome.fa --threads 1 -o new --bin 100 --model ";
  const std::string one = train + "one.toml ", two = train + "two.toml ", towers = train + "towers.toml ";
  const std::string predict = "predict --genome genome.fa --threads 1 -o old.bedgraph --model ";
  const std::string predict_one = predict + "one/model.safetensors ";
  for (const Wrong& wrong : std::vector<Wrong>{
           {one, {"--peaks", "--regions", "--signal"}},
           {one + "--regions places.bed --length 2", {"'reads'", "--signal reads="}},
           {two + "-s reads=reads.bedgraph,minus.bedgraph", {"'controls'", "2 channels", "--signal controls="}},
           {two + "-s reads.bedgraph,minus.bedgraph", {"reads.bedgraph", "--signal controls=reads.bedgraph"}},
           {two + "-c control.bedgraph -s reads=reads.bedgraph,minus.bedgraph", {"'controls'", "2 channels", "1 came"}},
           {one + "-s cuts=reads.bedgraph", {"'cuts'", "'reads'"}},
           {one + "-s reads=other.bedgraph", {"other.bedgraph", "chrQ", "genome.fa"}},
           {one + "-s reads=long.bedgraph", {"long.bedgraph", "4001", "another assembly"}},
           {one + "-s reads=bad.bedgraph", {"bad.bedgraph line 1"}},
           {one + "-s none.bw", {"none.bw"}},
           {one + "-s text.bw", {"text.bw", "no bigWig file"}},
           {one + "-s empty.bedgraph", {"empty.bedgraph", "no values", "empty"}},
           {one + "-s reads=", {"'reads='", "lacks a file"}},
           {one + "-s reads.bedgraph,", {"'reads.bedgraph,'", "lacks a file"}},
           {one + "-s reads.bedgraph --peaks peaks.bed", {"'small'", "--regions"}},
           {one + "-s reads.bedgraph --regions places.bed", {"places.bed", "no region is left", "120 bases"}},
           {one + "-s reads.bedgraph --regions none.bed", {"none.bed", "No such file"}},
           {one + "-s reads.bedgraph --skip-contigs chr9", {"'chr9'", "genome.fa"}},
           {towers + "-s reads.bedgraph", {"output 'output' of model 'towers'", "no labels", "--peaks", "signal ="}},
           {towers + "--peaks peaks.bed", {"'signal'", "--signal signal="}},
           {"train --sequences table.csv -o new --model one.toml", {"'reads'", "--genome"}},
           {"train --sequences table.csv -o new --model tiny.toml -s reads.bedgraph", {"--genome"}},
           {"train --sequences table.csv -o new --model tiny.toml --regions places.bed", {"--genome"}},
           {"evaluate --genome genome.fa --regions places.bed --model one/model.safetensors -o new", {"no region"}},
           {"predict --sequences table.csv -o old.bedgraph --model one/model.safetensors", {"'small'", "--genome"}},
           {predict_one + "--regions none.bed", {"none.bed", "No such file"}},
           {predict_one + "--regions empty.bed", {"empty.bed", "holds no region"}},
           {one + "-s reads.bedgraph --regions empty.bed", {"empty.bed", "holds no region"}},
           {one + "-s reads.bedgraph --regions places.bed --skip-contigs chr1", {"places.bed", "1 lie on skipped"}},
           {"evaluate --model one/model.safetensors -s reads.bedgraph --regions places.bed", {"lie along a genome"}},
           {predict_one + "--skip-contigs chr9", {"'chr9'", "genome.fa"}},
           {predict_one + "--skip-contigs chr1,chr2,chr3,chr4", {"genome.fa", "--skip-contigs"}},
           {predict_one + "--blacklist places.bed", {"--blacklist", "--regions"}},
           {predict_one + "-s reads.bedgraph", {"'small'", "reads.bedgraph"}},
           {predict + "towers/model.safetensors -s reads.bedgraph", {"old.bedgraph", "'towers'", "FILE.tsv"}},
           {predict + "towers/model.safetensors", {"old.bedgraph", "'towers'"}},
       }) {
    const Result result = folder_.run(wrong.arguments);
    EXPECT_EQ(result.status, 2) << wrong.arguments << "\n" << result.err;
    EXPECT_EQ(result.out, "") << wrong.arguments;
    const std::vector<std::string> said = lines(result.err);
    ASSERT_EQ(said.size(), 1u) << wrong.arguments << "\n" << result.err;
    for (const std::string& part : wrong.parts) {
      EXPECT_NE(said[0].find(part), std::string::npos) << wrong.arguments << "\n" << said[0] << "\nlacks " << part;
    }
    EXPECT_FALSE(folder_.exists("new/model.safetensors")) << wrong.arguments;
    EXPECT_EQ(folder_.content("old.bedgraph"), "old") << wrong.arguments;
    EXPECT_FALSE(folder_.exists(".old.bedgraph.partial")) << wrong.arguments;
  }
}

TEST_F(Signals, AFullDiskLeavesNoHalfTrack) {
  train("one", "-s reads.bedgraph --bin 100");
  for (const char* name : {"full.bw", "full.bedgraph"}) {
    const Result result =
        folder_.run(fmt::format("predict -q --genome genome.fa --model one/model.safetensors --threads 1 -o {}", name),
                    {.largest_file = 4000});
    EXPECT_EQ(result.status, 2) << result.err;
    EXPECT_NE(result.err.find("File too large"), std::string::npos) << result.err;
    EXPECT_FALSE(folder_.exists(name));
  }
}

}  // namespace
}  // namespace genocuda::cli

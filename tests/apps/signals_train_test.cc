// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/apps/signals.h"

namespace genocuda::cli {
namespace {

using nlohmann::json;

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

// What a model does not read it does not need: bins of unknown bases are as good as others, and contigs are enough.
TEST_F(Signals, AModelWithoutDnaTrainsWithoutAGenome) {
  folder_.write("sizes", "chr1\t4000\nchr2\t4000\nchr3\t4000\nchr4\t4000\n");
  const std::string data = " -s low=control.bedgraph -s high=reads.bedgraph --bin 80 --test chr4 ";
  const Counts whole = counts(train("bins", data).err);
  const std::string model = folder_.content("bins/model.safetensors"), figures = folder_.content("bins/test.json");
  const Result free = run("train --model bins.toml --sizes sizes -o free" + data);
  EXPECT_EQ(counts(free.err), whole);
  EXPECT_EQ(folder_.content("free/test.json"), figures);
  EXPECT_NE(folder_.content("free/config.toml").find("sizes = \"sizes\""), std::string::npos);
  EXPECT_EQ(run("evaluate --model free/model.safetensors --sizes sizes" + data).out, figures);
  const std::string shares = "-s low=control.bedgraph -s high=reads.bedgraph --bin 80 --valid 0.1 --test 0.2";
  EXPECT_EQ(counts(run("train --model bins.toml --sizes sizes -o shares " + shares).err), (Counts{140, 20, 40}));

  predict("bins", "-s low=control.bedgraph -o low.bw");  // which says how long its contigs are
  const std::string tracks = " -s low=low.bw -s high=reads.bedgraph --bin 80 --test chr4 ";
  EXPECT_EQ(counts(run("train --model bins.toml -o tracks" + tracks).err), whole);
  EXPECT_EQ(run("evaluate --model tracks/model.safetensors" + tracks).out, folder_.content("tracks/test.json"));

  std::string unknown = genome();
  unknown.replace(unknown.find('\n') + 1, 2000, std::string(2000, 'N'));
  folder_.write("genome.fa", unknown);
  EXPECT_EQ(counts(train("bins", data + "--overwrite").err), whole);
  EXPECT_LT(counts(train("one", "-s reads.bedgraph --bin 80 --test chr4").err).train, whole.train);
}

TEST_F(Signals, ClassWeightsWantLabels) {
  const std::string notice = "options without effect here: --class-weights (for labels)";
  const std::string weights = "--bin 100 --class-weights balanced --overwrite ";
  EXPECT_NE(train("one", weights + "-s reads.bedgraph").err.find(notice), std::string::npos);
  EXPECT_EQ(train("towers", weights + "-s reads.bedgraph --peaks peaks.bed --unlabelled 1").err.find(notice),
            std::string::npos);
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

}  // namespace
}  // namespace genocuda::cli

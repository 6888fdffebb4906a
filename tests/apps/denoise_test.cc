// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cmath>
#include <csignal>
#include <random>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "genomics/signal_track.h"
#include "tests/apps/tiny_data.h"

namespace genocuda::cli {
namespace {

using nlohmann::json;

constexpr int kBases = 30000;
constexpr int kBin = 25;

/// Fragments on three contigs: a few everywhere, many round each of six places.
std::string fragments() {
  std::mt19937 random(11);
  std::string text;
  for (const char contig : {'A', 'B', 'C'}) {
    std::vector<int> starts;
    for (int i = 0; i < 300; ++i) starts.push_back(static_cast<int>(random() % (kBases - 100)));
    for (int peak = 0; peak < 6; ++peak) {
      const int centre = 2000 + 5000 * peak + static_cast<int>(random() % 1000);
      for (int i = 0; i < 150; ++i) starts.push_back(centre + static_cast<int>(random() % 200));
    }
    for (const int start : starts) text += fmt::format("chr{}\t{}\t{}\n", contig, start, start + 100);
  }
  return text;
}

/// 15 bins in, 1 out.
std::string model(const std::string& name, const std::string& output) {
  return fmt::format(R"(name = "{}"
input = {{ dna = false, length = 375 }}
tracks = [{{ name = "signals", bin = 25, transform = "asinh" }}]
layers = [
  {{ type = "standardise" }},
  {{ type = "conv", filters = 4, width = 5 }},
  {{ type = "relu" }},
  {{ type = "conv", filters = 1, width = 11 }},
  {{ type = "flatten" }},
]
outputs = [{{ name = "out", bin = 25, {} }}]
)",
                     name, output);
}

constexpr const char* kSignalOutput = R"(loss = "mse", signal = "mark", transform = "asinh")";

class Denoise : public testing::Test {
 protected:
  Denoise() {
    folder_.write("fragments.tsv", fragments());
    folder_.write("sizes", fmt::format("chrA\t{0}\nchrB\t{0}\nchrC\t{0}\n", kBases));
    folder_.write("net.toml", model("net", kSignalOutput));
    folder_.write("calls.toml", model("calls", R"(loss = "bce_with_logits", signal = "peaks")"));
    for (const char* depth : {"-o high.bw", "--subsample 0.1 -o low.bw"}) {
      const Result result = folder_.run(fmt::format("coverage fragments.tsv --sizes sizes --bin 25 -q {}", depth));
      EXPECT_EQ(result.status, 0) << result.err;
    }
  }

  Result run(const std::string& arguments) const {
    return folder_.run(
        "denoise --low low.bw --high high.bw --valid chrB --test C --outputs 20 --windows 200 "
        "--batch 10 --lr 0.02 --epochs 4 --threads 1 -q " +
        arguments);
  }
  Result trained(const std::string& arguments) const {
    Result result = run(arguments);
    EXPECT_EQ(result.status, 0) << result.err;
    return result;
  }
  void expect_refusal(const std::string& arguments, const std::string& part, const std::string& verb = "") const {
    const Result result = verb.empty() ? run(arguments) : folder_.run(verb + arguments);
    EXPECT_EQ(result.status, 2) << arguments << "\n" << result.err;
    const std::vector<std::string> said = lines(result.err);
    ASSERT_EQ(said.size(), 1u) << result.err;
    EXPECT_NE(said[0].find(part), std::string::npos) << said[0] << "\nlacks " << part;
    EXPECT_FALSE(folder_.exists("bad"));
  }

  std::vector<float> values(const std::string& file) const {
    const auto signal = open_signal(folder_.path(file));
    std::vector<float> bases(kBases);
    signal->values(signal->contigs().names.find("chrC").value(), 0, bases);
    std::vector<float> bins;
    for (int at = 0; at < kBases; at += kBin) bins.push_back(bases[static_cast<std::size_t>(at)]);
    return bins;
  }

  TinyFolder folder_;
};

TEST_F(Denoise, TrainsAndMeasuresBesideTheRawSignal) {
  const Result result = trained("--model net.toml,calls.toml -o out");
  const json report = json::parse(folder_.content("out/test.json"));
  EXPECT_EQ(report.at("bins"), kBases / kBin);
  EXPECT_GT(report.at("peak_bins"), 40);
  EXPECT_LT(report.at("peak_bins"), 120);
  const json &raw = report.at("methods").at(0), &net = report.at("methods").at(1), &calls = report.at("methods").at(2);
  EXPECT_EQ(raw.at("name"), "raw");
  EXPECT_EQ(net.at("name"), "net");
  EXPECT_LT(net.at("mse"), raw.at("mse"));
  EXPECT_GT(net.at("pearson"), raw.at("pearson"));
  EXPECT_TRUE(calls.at("mse").is_null());
  EXPECT_GT(calls.at("auprc"), 0.7);
  EXPECT_NE(result.out.find("net "), std::string::npos) << result.out;
  EXPECT_TRUE(folder_.exists("out/calls/model.safetensors"));

  trained("--model net.toml,calls.toml -o again");
  EXPECT_TRUE(folder_.content("again/net/model.safetensors") == folder_.content("out/net/model.safetensors"));
  EXPECT_EQ(folder_.content("again/test.json"), folder_.content("out/test.json"));
  EXPECT_EQ(folder_.run("denoise --config out/config.toml -o config").status, 0);
  EXPECT_EQ(folder_.content("config/test.json"), folder_.content("out/test.json"));
  EXPECT_EQ(folder_.content("config/config.toml"), folder_.content("out/config.toml"));
}

// The raw signal is measured in the same way whichever models stand beside it.
TEST_F(Denoise, CallsOfPeaksAloneAreRankedAndStandBesideTheSameRawSignal) {
  trained("--model net.toml -o out");
  trained("--model calls.toml --stop-on auprc -o calls");
  const json both[] = {json::parse(folder_.content("out/test.json")), json::parse(folder_.content("calls/test.json"))};
  EXPECT_EQ(both[0].at("methods").at(0), both[1].at("methods").at(0));
  folder_.write("flat.bed", "chrA\t2000\t2500\n");
  EXPECT_NE(run("--model calls.toml --stop-on auprc --peaks flat.bed -o flat").err.find("both classes"),
            std::string::npos);
  EXPECT_FALSE(folder_.exists("flat")) << "the folder of a run that did not begin";
}

// The model file says all that prediction needs: no FASTA, no constants, no transform. What predict writes has the
// error that was measured.
TEST_F(Denoise, PredictGivesTheSignalThatWasMeasured) {
  trained("--model net.toml -o out");
  folder_.write("test.bed", fmt::format("chrC\t0\t{}\n", kBases));
  const Result predicted = folder_.run(
      "predict --model out/net/model.safetensors -s low.bw --regions test.bed --threads 1 -q -o denoised.bw");
  ASSERT_EQ(predicted.status, 0) << predicted.err;
  const std::vector<float> denoised = values("denoised.bw"), deep = values("high.bw");
  double sum = 0;
  for (std::size_t i = 0; i < deep.size(); ++i) sum += std::pow(std::asinh(denoised[i]) - std::asinh(deep[i]), 2);
  const json report = json::parse(folder_.content("out/test.json"));
  const std::string predict = "predict --model out/net/model.safetensors --threads 1 -o bad ";
  expect_refusal("--regions test.bed", "give --signal FILE", predict);
  folder_.write("low.bedGraph", "chrA\t0\t100\t3\n");
  expect_refusal("--regions test.bed -s low.bedGraph",
                 "does not say how long its contigs are: give bigWig, or --sizes FILE", predict);
  expect_refusal("-s low.bw", "say where to predict", predict);
  EXPECT_NEAR(report.at("methods").at(1).at("mse"), sum / static_cast<double>(deep.size()), 1e-4);
}

// What one command draws and counts is what two runs of coverage write.
TEST_F(Denoise, TakesBothDepthsFromReads) {
  const std::string counted = " fragments.tsv --sizes sizes --count cuts --shift 4,-4 --skip-contigs chrA ";
  for (const char* depth : {"-o high.bw", "--subsample 0.2 --seed 3 -o low.bw"}) {
    ASSERT_EQ(folder_.run("coverage --bin 25 -q" + counted + depth).status, 0);
  }
  const std::string net =
      " --model net.toml --test C --outputs 20 --windows 50 --batch 10 --epochs 1 --threads 1 --seed 3 ";
  const Result tracks = folder_.run("denoise -q --low low.bw,other=low.bw --high high.bw -o tracks" + net);
  ASSERT_EQ(tracks.status, 0) << tracks.err;
  const Result reads = folder_.run("denoise --low low.bw --subsample 0.2 -o reads --reads" + counted + net);
  ASSERT_EQ(reads.status, 0) << reads.err;
  EXPECT_NE(reads.err.find("; 2 channels, "), std::string::npos) << reads.err;
  EXPECT_EQ(folder_.content("reads/test.json"), folder_.content("tracks/test.json"));
  EXPECT_TRUE(folder_.content("reads/net/model.safetensors") == folder_.content("tracks/net/model.safetensors"));
  ASSERT_EQ(folder_.run("denoise --config reads/config.toml -o again -q").status, 0);
  EXPECT_EQ(folder_.content("again/config.toml"), folder_.content("reads/config.toml"));
  EXPECT_EQ(folder_.content("again/test.json"), folder_.content("reads/test.json"));
  const Result from_config = folder_.run("denoise --config tracks/config.toml -o again -q --overwrite");
  EXPECT_EQ(from_config.status, 0) << from_config.err;

  const std::string from = "denoise -q --model net.toml -o bad --reads ";
  expect_refusal("fragments.tsv --subsample 0.1", "fragments.tsv does not say how long its contigs are: give --sizes",
                 from);
  expect_refusal("fragments.tsv --sizes sizes", "--subsample 0.1", from);
  expect_refusal("fragments.tsv --sizes sizes --subsample 1", "between 0 and 1", from);
  expect_refusal("fragments.tsv --sizes sizes --subsample 0.1 --high high.bw", "leave out --high", from);
  expect_refusal("fragments.tsv --sizes sizes --subsample 0.1 --min-fragment 101", "none of its", from);
  expect_refusal("absent.bam --subsample 0.1", "absent.bam", from);
  expect_refusal("--model net.toml -o bad --subsample 0.1", "--subsample is about --reads");
  expect_refusal("--model net.toml -o bad --extend 20", "--extend is about --reads");
}

TEST_F(Denoise, BlacklistedBinsAreNeitherLearnedNorMeasured) {
  folder_.write("black.bed", "chrC\t0\t10000\nelsewhere\t0\t10\n");
  trained("--model net.toml --blacklist black.bed -o out");
  const json report = json::parse(folder_.content("out/test.json"));
  EXPECT_EQ(report.at("bins"), (kBases - 10000) / kBin - 5);
}

TEST_F(Denoise, GoesOnWhereItStopped) {
  trained("--model net.toml -o out");
  const std::string model = folder_.content("out/net/model.safetensors"), report = folder_.content("out/test.json");
  EXPECT_NE(run("--model net.toml -o out").err.find("holds a training run"), std::string::npos);
  EXPECT_NE(trained("--model net.toml,calls.toml -o out --resume")
                .err.find("notice: out/calls holds no checkpoint to go on from: a new run begins"),
            std::string::npos);
  trained("--model net.toml -o out --resume");
  EXPECT_TRUE(folder_.content("out/net/model.safetensors") == model);
  EXPECT_EQ(folder_.content("out/test.json"), report);
}

TEST_F(Denoise, ARunBegunAnewHasNothingOfTheOldOne) {
  trained("--model net.toml,calls.toml -o out");
  Process process(folder_.path(),
                  words("denoise --config out/config.toml -o out --overwrite --epochs 1000000 --patience 0"));
  while (process.running() && lines(folder_.content("out/net/metrics.jsonl")).size() <= 4) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  process.signal(SIGINT);
  const Result stopped = process.wait();
  ASSERT_EQ(stopped.status, 1) << stopped.err;
  EXPECT_TRUE(folder_.exists("out/net/checkpoint.safetensors"));
  for (const char* old :
       {"calls/checkpoint.safetensors", "calls/model.safetensors", "calls/metrics.jsonl", "test.json"})
    EXPECT_FALSE(folder_.exists(std::string("out/") + old)) << old;
}

// What the file says stays in the file, of training too; a run that is refused leaves it alone.
TEST_F(Denoise, ItsConfigResumesIt) {
  const Result first = folder_.run(
      "denoise --low low.bw --high high.bw --test chrC --outputs 20 --windows 10 --batch 10 --epochs 1 --threads 1 -q "
      "-o out");
  ASSERT_EQ(first.status, 0) << first.err;
  const std::string config = folder_.content("out/config.toml");
  EXPECT_NE(config.find(R"(model = ["coda", "coda-peaks", "coda-linear"])"), std::string::npos) << config;
  const std::string resume = "denoise --config out/config.toml -o out --resume -q ";
  const Result refused = folder_.run(resume + "--batch 5");
  EXPECT_EQ(refused.status, 2);
  EXPECT_NE(refused.err.find("batch (10"), std::string::npos) << refused.err;
  EXPECT_EQ(folder_.content("out/config.toml"), config);
  const Result resumed = folder_.run(resume);
  EXPECT_EQ(resumed.status, 0) << resumed.err;
  EXPECT_EQ(folder_.content("out/config.toml"), config);
}

TEST_F(Denoise, RefusesWhatCannotBeDone) {
  folder_.write("high.bedGraph", "chrA\t0\t100\t3\n");
  folder_.write("far.bed", "chrX\t0\t10\n");
  folder_.write("copy.toml", model("net", kSignalOutput));
  folder_.write("coarse.toml", model("coarse", R"(loss = "mse", signal = "mark")"));
  const std::string net = "--model net.toml -o bad ";
  expect_refusal("--low low.bw --high high.bw", "-o DIR", "denoise ");
  expect_refusal("--high high.bw -o bad", "--low FILE", "denoise ");
  expect_refusal("--low low.bw -o bad", "--high FILE", "denoise ");
  expect_refusal("--low low.bw --high high.bedGraph -o bad", "--sizes FILE", "denoise ");
  expect_refusal("--low absent.bw --high high.bw -o bad", "absent.bw", "denoise ");
  expect_refusal(net + "--train chrA:0-20000,chrC:10-20", "--train and --test overlap at chrC:10-20");
  expect_refusal(net + "--train chrD", "chrD");
  expect_refusal(net + "--train chrA:0-20", "--train leaves no bin of 25 bases");
  expect_refusal(net + "--train chrA:0-475", "no region to train on is as long as the 20 bins");
  expect_refusal(net + "--peaks far.bed", "far.bed: no peaks");
  expect_refusal(net + "--peak-fold 100000", "lower --peak-fold");
  expect_refusal(net + "--blacklist low.bw", "low.bw");
  expect_refusal("--model cnn -o bad", "'cnn' does not denoise");
  expect_refusal("--model net.toml,copy.toml -o bad", "two models are called 'net'");
  expect_refusal("--model net.toml,coarse.toml -o bad", "other bins or transforms");
}

}  // namespace
}  // namespace genocuda::cli

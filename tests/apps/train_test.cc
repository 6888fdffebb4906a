// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/apps/tiny_data.h"

namespace genocuda::cli {
namespace {

using nlohmann::json;

TEST(Train, LeavesTheModelItsFiguresAndWhatRepeatsIt) {
  const TinyFolder folder;
  const Result result = folder.train("--valid 0.2 --test 0.2 -o out");
  EXPECT_TRUE(folder.exists("out/model.safetensors"));
  EXPECT_TRUE(folder.exists("out/checkpoint.safetensors"));

  const std::vector<std::string> epochs = lines(folder.content("out/metrics.jsonl"));
  ASSERT_EQ(epochs.size(), 2u);
  for (std::size_t i = 0; i < epochs.size(); ++i) {
    const json epoch = json::parse(epochs[i]);
    EXPECT_EQ(epoch.at("epoch"), i + 1);
    EXPECT_GT(epoch.at("train_loss"), 0);
    EXPECT_GT(epoch.at("valid_loss"), 0);
    EXPECT_GT(epoch.at("examples_per_second"), 0);
    EXPECT_TRUE(epoch.at("mean").contains("auroc"));
    EXPECT_EQ(epoch.at("tasks").at(0).at("name"), "bound");
  }

  const json test = json::parse(folder.content("out/test.json"));
  EXPECT_EQ(test.at("n"), 13);
  EXPECT_GT(test.at("loss"), 0);
  for (const char* figure : {"auroc", "auprc", "mcc", "accuracy"}) {
    EXPECT_TRUE(test.at("mean").at(figure).is_number()) << figure;
    EXPECT_EQ(test.at("mean").at(figure), test.at("tasks").at(0).at(figure));
  }
  EXPECT_GT(test.at("tasks").at(0).at("positives"), 0);

  const std::string config = folder.content("out/config.toml");
  for (const char* part : {"sequences = \"table.csv\"", "model = \"tiny.toml\"", "seed = 1", "learning_rate = 0.001",
                           "epochs = 2", "[run]\nversion = ", "[inputs]\n\"table.csv\" = \""}) {
    EXPECT_NE(config.find(part), std::string::npos) << part << "\nis not in\n" << config;
  }
}

TEST(Train, NamesTasksThatCannotBeLearned) {
  const TinyFolder folder;
  std::string table = "sequence,both,one\n";
  for (unsigned i = 0; i < 16; ++i) table += fmt::format("{},{},0\n", bases(kLength, i), i % 2);
  folder.write("tasks.csv", table);
  const Result result = folder.run("train --sequences tasks.csv --model tiny.toml --threads 1 --batch 8 -o out");
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.err.find("examples to train on, which cannot be learned: one\n"), std::string::npos) << result.err;
}

TEST(Train, NamesOptionsThatHaveNothingToActOn) {
  const TinyFolder folder;
  const std::string topic = "notice: options without effect here: ";
  const auto said = [&](const std::string& arguments) {
    const Result result = folder.run("train --model tiny.toml --threads 1 --epochs 1 --overwrite -o out " + arguments);
    EXPECT_EQ(result.status, 0) << result.err;
    const std::size_t at = result.err.find(topic);
    return at == std::string::npos ? "" : result.err.substr(at, result.err.find('\n', at) - at).substr(topic.size());
  };
  const std::string genome = "--genome genome.fa --length 40 --peaks peaks.bed ";
  EXPECT_EQ(said(genome + "--bin 100 --unlabelled 1 --min-overlap 0.2 --min-sites 2 --skip-contigs chr4"), "");
  EXPECT_EQ(said("--sequences table.csv --valid table.csv --bin 100 --min-sites 3 --shuffles 2 --blacklist peaks.bed"),
            "--bin (for bins of a genome, without --regions), --min-sites (for --peaks), --blacklist (for a genome), "
            "--shuffles (for --negatives shuffle)");
  folder.write("places.bed", "chr1\t250\t350\nchr1\t3500\t3600\nchr2\t250\t350\nchr2\t3500\t3600\n");
  EXPECT_EQ(said(genome + "--regions places.bed --batch 2 --bin 100 --unlabelled 1 --peak-points"),
            "--bin (for bins of a genome, without --regions), --unlabelled (for bins that --peaks label)");
}

TEST(Train, PrintsTheTestFiguresAndNothingElseToStandardOutput) {
  const TinyFolder folder;
  const Result result = folder.train("--test 0.2 -o out");
  const std::vector<std::string> rows = lines(result.out);
  ASSERT_EQ(rows.size(), 2u) << result.out;
  EXPECT_EQ(words(rows[0]), (std::vector<std::string>{"task", "positives", "AUROC", "AUPRC", "MCC", "accuracy"}));
  EXPECT_EQ(words(rows[1]).front(), "bound");

  const std::vector<std::string> said = lines(result.err);
  ASSERT_GE(said.size(), 4u) << result.err;
  EXPECT_EQ(said[0].find("device: cpu, "), 0u) << said[0];
  EXPECT_EQ(counts(result.err), (Counts{51, 0, 13}));
  EXPECT_EQ(said[2].find("epoch 1/2: 48 examples in "), 0u) << said[2];
  EXPECT_EQ(result.err.find('\r'), std::string::npos) << "a bar drawn into a file";

  EXPECT_EQ(folder.train("-o untested").out, "");
  EXPECT_FALSE(folder.exists("untested/test.json"));
}

TEST(Train, SaysNoProgressWhenQuiet) {
  const TinyFolder folder;
  const Result result = folder.train("--quiet -o out");
  EXPECT_EQ(result.err.find("epoch"), std::string::npos) << result.err;
  EXPECT_EQ(result.err.find("device"), std::string::npos) << result.err;
}

TEST(Train, GivesTheSameBytesForTheSameSeed) {
  const TinyFolder folder;
  for (const char* run : {"--seed 5 -o a", "--seed 5 -o b", "--seed 6 -o c"}) {
    folder.train(std::string("--valid 0.2 --test 0.2 --jitter 2 --rc-augment ") + run);
  }
  EXPECT_TRUE(folder.content("a/model.safetensors") == folder.content("b/model.safetensors"));
  EXPECT_EQ(folder.content("a/test.json"), folder.content("b/test.json"));
  EXPECT_EQ(without_speed(folder.content("a/metrics.jsonl")), without_speed(folder.content("b/metrics.jsonl")));
  EXPECT_TRUE(folder.content("a/model.safetensors") != folder.content("c/model.safetensors"));
}

TEST(Train, RepeatsARunFromItsConfig) {
  const TinyFolder folder;
  folder.train("--valid 0.2 --test 0.2 --seed 3 --lr 0.01 --optimizer adam --class-weights balanced -o first");
  const Result again = folder.run("train --config first/config.toml -o second");
  ASSERT_EQ(again.status, 0) << again.err;
  for (const char* file : {"/model.safetensors", "/test.json", "/config.toml"}) {
    EXPECT_EQ(folder.content(std::string("first") + file), folder.content(std::string("second") + file)) << file;
  }
}

TEST(Train, RepeatsARunThatReadAFileTwice) {
  const TinyFolder folder;
  folder.train("--valid table.csv --test table.csv --epochs 1 -o first");
  const Result again = folder.run("train --config first/config.toml -o again");
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(folder.content("again/test.json"), folder.content("first/test.json"));
}

TEST(Train, LetsFlagsWinOverTheConfigAndTheConfigOverTheModelFile) {
  const TinyFolder folder;
  folder.write("config.toml",
               "sequences = \"table.csv\"\nmodel = \"tiny.toml\"\nvalid = [\"0.5\"]\n"
               "[training]\nepochs = 3\nbatch = 8\n");
  const Result result = folder.run("train --config config.toml --epochs 1 --valid 0.25 -o out");
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(lines(folder.content("out/metrics.jsonl")).size(), 1u);
  EXPECT_EQ(counts(result.err), (Counts{48, 16, 0}));
  const std::string config = folder.content("out/config.toml");
  EXPECT_NE(config.find("\nepochs = 1\n"), std::string::npos) << config;
  EXPECT_NE(config.find("\nbatch = 8\n"), std::string::npos) << config;
}

TEST(Train, TakesASeedFromTheTrainingTable) {
  const TinyFolder folder;
  folder.write("seeded.toml", model_file() + "seed = 9\n");
  const std::string seeded = "train --sequences table.csv --model seeded.toml --threads 1 --valid 0.2 ";
  folder.train("--valid 0.2 --seed 9 -o flag");
  ASSERT_EQ(folder.run(seeded + "-o table").status, 0);
  ASSERT_EQ(folder.run(seeded + "--seed 10 -o other").status, 0);
  EXPECT_TRUE(folder.content("flag/model.safetensors") == folder.content("table/model.safetensors"));
  EXPECT_TRUE(folder.content("flag/model.safetensors") != folder.content("other/model.safetensors"));
  EXPECT_EQ(folder.run("train --config table/config.toml -o again").status, 0);
  EXPECT_TRUE(folder.content("again/model.safetensors") == folder.content("table/model.safetensors"));
}

TEST(Train, OverwritesOnRequest) {
  const TinyFolder folder;
  folder.train("--seed 1 -o out");
  const std::string first = folder.content("out/model.safetensors");
  folder.train("--seed 2 -o out --overwrite");
  EXPECT_TRUE(folder.content("out/model.safetensors") != first);
  folder.train("--seed 1 -o out --overwrite");
  EXPECT_TRUE(folder.content("out/model.safetensors") == first);
  EXPECT_EQ(lines(folder.content("out/metrics.jsonl")).size(), 2u);
}

TEST(Train, TakesTheModelThatComesAlongByDefault) {
  const TinyFolder folder;
  const Result result = folder.run("train --sequences table.csv --epochs 1 --threads 1 -o out");
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_NE(folder.content("out/config.toml").find("model = \"cnn\""), std::string::npos);
}

TEST(Train, RunsOnTheImplementationAskedFor) {
  const TinyFolder folder;
  folder.train("-o fast");
  folder.train("--impl *=reference -o reference");
  EXPECT_NE(folder.content("fast/model.safetensors"), "");
  EXPECT_TRUE(folder.content("fast/model.safetensors") != folder.content("reference/model.safetensors"));
}

}  // namespace
}  // namespace genocuda::cli

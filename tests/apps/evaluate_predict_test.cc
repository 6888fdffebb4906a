// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/apps/tiny_data.h"

namespace genocuda::cli {
namespace {

using nlohmann::json;

constexpr const char* kModel = " --model out/model.safetensors --threads 1 ";

class Trained : public testing::Test {
 protected:
  void SetUp() override { folder_.train("--lr 0.02 --epochs 4 -o out"); }

  /// Runs a verb with the model; it must succeed.
  Result run(const std::string& verb, const std::string& arguments) {
    Result result = folder_.run(verb + kModel + arguments);
    EXPECT_EQ(result.status, 0) << result.err;
    return result;
  }
  std::vector<std::vector<std::string>> predictions(const std::string& arguments) {
    std::vector<std::vector<std::string>> rows;
    for (const std::string& line : lines(run("predict", arguments).out)) rows.push_back(columns(line));
    return rows;
  }

  TinyFolder folder_;
};

TEST_F(Trained, EvaluateWritesTheFiguresAsJson) {
  const Result result = run("evaluate", "--sequences table.csv");
  const json report = json::parse(result.out);
  EXPECT_EQ(report.at("n"), kExamples);
  EXPECT_GT(report.at("loss"), 0);
  for (const char* figure : {"auroc", "auprc", "mcc", "accuracy"}) EXPECT_TRUE(report.at("mean").contains(figure));
  const json& task = report.at("tasks").at(0);
  EXPECT_EQ(task.at("name"), "bound");
  EXPECT_EQ(task.at("positives"), kExamples / 2);
  EXPECT_EQ(result.err.find("device: cpu"), 0u) << result.err;

  EXPECT_EQ(run("evaluate", "--sequences table.csv -o report.json").out, "");
  EXPECT_EQ(folder_.content("report.json"), result.out);
}

TEST_F(Trained, EvaluateSaysWhyATaskHasNoFigures) {
  std::string text = table();
  for (std::size_t at = 0; (at = text.find(",1\n", at)) != std::string::npos;) text.replace(at, 3, ",0\n");
  folder_.write("zeros.csv", text);
  const json report = json::parse(run("evaluate", "--sequences zeros.csv").out);
  EXPECT_TRUE(report.at("mean").at("auroc").is_null());
  EXPECT_TRUE(report.at("tasks").at(0).at("auroc").is_null());
  EXPECT_TRUE(report.at("tasks").at(0).at("reason").is_string());
}

TEST_F(Trained, EvaluateRefusesOtherTasks) {
  folder_.write("tasks.csv", "sequence,other,bound\n" + bases(kLength, 6) + ",0,1\n");
  const Result result = folder_.run(std::string("evaluate --sequences tasks.csv") + kModel);
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(lines(result.err).back(),
            "genocuda: the data have the tasks other, bound but the model bound: name them alike, in its order");
}

TEST_F(Trained, EvaluateAgreesWithTheTestOfTraining) {
  const std::string source = "--genome genome.fa --peaks peaks.bed --unlabelled 0.5 --seed 4 --test chr2 ";
  const Result trained =
      folder_.run("train --model tiny.toml --threads 1 --length 40 --valid chr3 -o genome " + source);
  ASSERT_EQ(trained.status, 0) << trained.err;
  const Result result = folder_.run("evaluate --model genome/model.safetensors --threads 1 " + source);
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.out, folder_.content("genome/test.json"));
}

TEST_F(Trained, PredictWritesARowAnExample) {
  const auto rows = predictions("--sequences table.csv");
  ASSERT_EQ(rows.size(), 1u + kExamples);
  EXPECT_EQ(rows[0], (std::vector<std::string>{"name", "bound"}));
  EXPECT_EQ(rows[1][0], "sequence 1");
  const std::vector<std::string> examples = lines(table());
  int right = 0;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    ASSERT_EQ(rows[i].size(), 2u);
    const double probability = std::stod(rows[i][1]);
    EXPECT_GE(probability, 0);
    EXPECT_LE(probability, 1);
    right += (probability >= 0.5) == (examples[i].back() == '1');
  }
  const json report = json::parse(run("evaluate", "--sequences table.csv").out);
  EXPECT_DOUBLE_EQ(report.at("mean").at("accuracy"), double(right) / kExamples);
}

TEST_F(Trained, PredictWritesTheSameToAFileAndWhateverTheBatch) {
  const std::string printed = run("predict", "--sequences table.csv").out;
  EXPECT_EQ(run("predict", "--sequences table.csv -o table.tsv").out, "");
  EXPECT_EQ(folder_.content("table.tsv"), printed);
  EXPECT_EQ(lines(run("predict", "--sequences table.csv --batch 7").out).size(), 1u + kExamples);
}

TEST_F(Trained, PredictNamesRecordsAndAveragesStrands) {
  const std::string sequence = bases(kLength, 77);
  folder_.write("strands.fa", ">one of two\n" + sequence + "\n>other\n" + reverse_complement(sequence) + "\n");
  const auto plain = predictions("--sequences strands.fa"),
             averaged = predictions("--sequences strands.fa --rc-average");
  ASSERT_EQ(plain.size(), 3u);
  ASSERT_EQ(averaged.size(), 3u);
  EXPECT_EQ(plain[1][0], "one");
  EXPECT_EQ(plain[2][0], "other");
  const auto value = [](const auto& rows, std::size_t row) { return std::stod(rows[row][1]); };
  EXPECT_GT(std::abs(value(plain, 1) - value(plain, 2)), 1e-4);
  EXPECT_NEAR(value(averaged, 1), value(averaged, 2), 1e-6);
  EXPECT_NEAR(value(averaged, 1), (value(plain, 1) + value(plain, 2)) / 2, 1e-6);
}

TEST_F(Trained, ADeviceWithoutThePrecisionSaysSo) {
  const std::string fp32 = run("predict", "--sequences table.csv").out;
  for (const std::string precision : {"tf32", "bf16"}) {
    for (const std::string verb : {"predict", "evaluate"}) {
      const Result result = run(verb, "--sequences table.csv -q --device cpu --precision " + precision);
      EXPECT_EQ(result.err, "notice: cpu has nothing faster for --precision " + precision + " and computes in fp32\n");
      EXPECT_TRUE(verb == "evaluate" || result.out == fp32);
    }
  }
  EXPECT_EQ(run("predict", "--sequences table.csv -q --precision fp32").err, "");
  EXPECT_EQ(folder_.run(std::string("predict --sequences table.csv --precision fp16") + kModel).status, 2);
}

TEST_F(Trained, TheModelDoesNotDependOnThePrecisionWhereTheDeviceHasNone) {
  const Result result = folder_.run(std::string(kTrain) + "--lr 0.02 --epochs 4 -o bf16 --precision bf16");
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.err.find("notice: cpu has nothing faster for --precision bf16"), std::string::npos) << result.err;
  const auto rows = [&](const std::string& folder) {
    return folder_.run("predict --sequences table.csv --threads 1 --model " + folder + "/model.safetensors").out;
  };
  EXPECT_EQ(rows("bf16"), rows("out"));
}

TEST_F(Trained, PredictTakesNoOptionsOfLabels) {
  const std::string help = folder_.run("predict --help").out;
  for (const std::string option : {"--peaks", "--positives", "--negatives", "--shuffles", "--min-sites", "--bin",
                                   "--min-overlap", "--unlabelled", "--seed", "--tasks"}) {
    EXPECT_EQ(help.find(option + " "), std::string::npos) << option;
    EXPECT_NE(folder_.run("evaluate --help").out.find(option + " "), std::string::npos) << option;
  }
}

TEST_F(Trained, PredictForPlacesOfAGenome) {
  folder_.write("places.bed", "chr1\t100\t200\tsite\t0\t-\nchr3\t1000\t1041\nchr2\t0\t10\n");
  const auto rows = predictions("--genome genome.fa --regions places.bed");
  ASSERT_EQ(rows.size(), 4u);
  const auto place = [&](std::size_t row) {
    return std::vector<std::string>(rows[row].begin(), rows[row].begin() + 4);
  };
  EXPECT_EQ(rows[0], (std::vector<std::string>{"chrom", "start", "end", "strand", "bound"}));
  EXPECT_EQ(place(1), (std::vector<std::string>{"chr1", "130", "170", "-"}));
  EXPECT_EQ(place(2), (std::vector<std::string>{"chr3", "1000", "1040", "+"}));
  EXPECT_EQ(place(3), (std::vector<std::string>{"chr2", "-15", "25", "+"}));

  const std::string contig = lines(genome())[1];
  folder_.write("window.fa", ">w\n" + reverse_complement(contig.substr(130, kLength)) + "\n");
  EXPECT_NEAR(std::stod(rows[1][4]), std::stod(predictions("--sequences window.fa")[1][1]), 1e-6);
}

}  // namespace
}  // namespace genocuda::cli

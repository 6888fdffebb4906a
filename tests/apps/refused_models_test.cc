// SPDX-License-Identifier: Apache-2.0
#include "tests/apps/refusal.h"

namespace genocuda::cli {
namespace {

/// With a run in "out" that was made of table.csv.
class RefusedAfterTraining : public Refused {};

TEST_P(RefusedAfterTraining, InOneLine) {
  const TinyFolder folder;
  folder.train("--epochs 1 -o out");
  const std::string model = folder.content("out/model.safetensors");
  folder.write("cut.safetensors", std::string_view(model).substr(0, model.size() - 8));
  folder.write("other.csv", table(2));
  folder.write("short.csv", table(1, 30));
  expect_refusal(run(folder), GetParam().parts);
  EXPECT_TRUE(folder.content("out/model.safetensors") == model);
}

std::string foreign_safetensors() {
  const std::string header = R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  std::string bytes{static_cast<char>(header.size())};
  bytes.resize(8);
  return bytes + header + std::string(4, '\0');
}

constexpr const char* kModel = " --model out/model.safetensors --sequences ";

INSTANTIATE_TEST_SUITE_P(
    Models, RefusedAfterTraining,
    testing::Values(
        WrongInput{
            "PredictOtherLength", std::string("predict") + kModel + "short.csv", {"short.csv line 2", "30", "40"}},
        WrongInput{
            "EvaluateOtherLength", std::string("evaluate") + kModel + "short.csv", {"short.csv line 2", "30", "40"}},
        WrongInput{"EvaluateLabelThatIsNoClass",
                   std::string("evaluate") + kModel + "bad.csv",
                   {"bad.csv line 2", "0.5", "'bound'"},
                   "bad.csv",
                   kHeader + row(bases(kLength, 6), "0.5")},
        WrongInput{"EvaluateNoLabels",
                   std::string("evaluate") + kModel + "bad.csv",
                   {"bad.csv line 2", "no labels"},
                   "bad.csv",
                   "sequence\n" + bases(kLength, 6) + "\n"},
        WrongInput{"PredictNoData", "predict --model out/model.safetensors", {"no data", "--sequences"}},
        WrongInput{"PredictNoRegions", "predict --model out/model.safetensors --genome genome.fa", {"--regions"}},
        WrongInput{"PredictPastTheContig",
                   "predict --model out/model.safetensors --genome genome.fa --regions bad.bed",
                   {"bad.bed line 1", "4001"},
                   "bad.bed",
                   "chr1\t3900\t4001\n"},
        WrongInput{"PredictNoFolder", std::string("predict") + kModel + "table.csv -o none/out.tsv", {"none/out.tsv"}},
        WrongInput{"MissingModel", "predict --sequences table.csv --model none", {"none", "No such file"}},
        WrongInput{
            "CutModel", "predict --sequences table.csv --model cut.safetensors", {"cut.safetensors", "truncated"}},
        WrongInput{"CutModelToEvaluate",
                   "evaluate --sequences table.csv --model cut.safetensors",
                   {"cut.safetensors", "truncated"}},
        WrongInput{"ForeignModel",
                   "predict --sequences table.csv --model foreign.safetensors",
                   {"foreign.safetensors", "no model of genocuda"},
                   "foreign.safetensors",
                   foreign_safetensors()},
        WrongInput{"ForeignModelToEvaluate",
                   "evaluate --sequences table.csv --model foreign.safetensors",
                   {"foreign.safetensors", "no model of genocuda"},
                   "foreign.safetensors",
                   foreign_safetensors()},
        WrongInput{"Checkpoint",
                   "predict --sequences table.csv --model out/checkpoint.safetensors",
                   {"out/checkpoint.safetensors", "checkpoint", "model.safetensors"}},
        WrongInput{"NoModel", "predict --sequences table.csv --model table.csv", {"table.csv", "safetensors"}},
        WrongInput{"NoCuda", std::string("predict") + kModel + "table.csv --device cuda", {"cuda"}},
        WrongInput{"ANewRun", kTable, {"out", "--resume", "--overwrite"}},
        WrongInput{
            "ResumeOtherData", "train --sequences other.csv --resume", {"out/checkpoint.safetensors", "data differ"}},
        WrongInput{
            "ResumeOtherLength", "train --sequences short.csv --resume", {"out/checkpoint.safetensors", "40", "30"}},
        WrongInput{"ResumeOtherModel",
                   kTable + "--model bad.toml --resume",
                   {"out/checkpoint.safetensors", "models differ"},
                   "bad.toml",
                   "name = \"tiny\"\nlayers = [{ type = \"flatten\" }, { type = \"dense\", units = \"tasks\" }]\n"
                   "[training]\nbatch = 16\nepochs = 2\n"},
        WrongInput{
            "ResumeOtherSettings", kTable + "--batch 8 --resume", {"out/checkpoint.safetensors", "batch (16", "8"}}),
    name_of);

}  // namespace
}  // namespace genocuda::cli

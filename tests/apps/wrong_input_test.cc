// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/apps/tiny_data.h"

namespace genocuda::cli {
namespace {

using Parts = std::vector<std::string>;

/// A command that must be refused, run where TinyFolder's files lie and one more. `arguments` may begin with
/// "train": then the model, the number of threads and the output are added.
struct WrongInput {
  const char* name;
  std::string arguments;
  Parts parts;            ///< what the one line on standard error must hold
  std::string file = {};  ///< the further file
  std::string content = {};
};

void PrintTo(const WrongInput& wrong, std::ostream* stream) { *stream << wrong.arguments; }

std::string name_of(const testing::TestParamInfo<WrongInput>& info) { return info.param.name; }

/// Everything about a refusal but its words.
void expect_refusal(const Result& result, const Parts& parts) {
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.out, "");
  const std::vector<std::string> said = lines(result.err);
  ASSERT_EQ(said.size(), 1u) << result.err;
  EXPECT_EQ(said[0].find("genocuda: "), 0u) << said[0];
  EXPECT_EQ(result.err.back(), '\n');
  for (const std::string& part : parts)
    EXPECT_NE(said[0].find(part), std::string::npos) << said[0] << "\nlacks " << part;
}

class Refused : public testing::TestWithParam<WrongInput> {
 protected:
  Result run(const TinyFolder& folder) const {
    if (!GetParam().file.empty()) folder.write(GetParam().file, GetParam().content);
    std::string arguments = GetParam().arguments;
    if (arguments.starts_with("train")) {
      if (arguments.find("--model") == std::string::npos) arguments += " --model tiny.toml";
      if (arguments.find("-o ") == std::string::npos) arguments += " -o out";
      arguments += " --threads 1";
    }
    return folder.run(arguments);
  }
};

TEST_P(Refused, InOneLine) {
  const TinyFolder folder;
  expect_refusal(run(folder), GetParam().parts);
  EXPECT_FALSE(folder.exists("out/model.safetensors"));
  EXPECT_FALSE(folder.exists("result"));  // what commands of one file are told to write
}

std::string row(const std::string& sequence, const std::string& label) { return sequence + "," + label + "\n"; }

const std::string kHeader = "sequence,bound\n";
const std::string kGoodRow = row(bases(kLength, 5), "1");
const std::string kFasta = "train --negatives shuffle --positives ";
const std::string kPeaks = "train --genome genome.fa --length 40 --unlabelled 1 --peaks ";

INSTANTIATE_TEST_SUITE_P(
    Sequences, Refused,
    testing::Values(
        WrongInput{"MissingFile", "train --sequences none.csv", {"none.csv", "No such file"}},
        WrongInput{"EmptyFile", "train --sequences bad.csv", {"bad.csv", "empty"}, "bad.csv", ""},
        WrongInput{"NoRows", "train --sequences bad.csv", {"bad.csv", "no rows"}, "bad.csv", kHeader},
        WrongInput{
            "NoSequenceColumn", "train --sequences bad.csv", {"bad.csv", "'sequence'"}, "bad.csv", "name,y\nACGT,1\n"},
        WrongInput{"NoTask",
                   "train --sequences bad.csv",
                   {"bad.csv line 2", "no labels"},
                   "bad.csv",
                   "sequence\nACGTACGTACGT\n"},
        WrongInput{"OneClass",
                   "train --sequences bad.csv",
                   {"one class", "2 examples", "genocuda check"},
                   "bad.csv",
                   kHeader + kGoodRow + kGoodRow},
        WrongInput{"NoSuchTask", "train --sequences table.csv --tasks other", {"table.csv line 1", "'other'"}},
        WrongInput{"LetterThatIsNoBase",
                   "train --sequences bad.csv",
                   {"bad.csv line 3", "'!'", "no base"},
                   "bad.csv",
                   kHeader + kGoodRow + row("ACG!ACGT", "0")},
        WrongInput{"LetterThatIsNoCode",
                   "train --sequences bad.csv",
                   {"bad.csv line 2", "'E'", "no base"},
                   "bad.csv",
                   kHeader + row("ACGEACGT", "0")},
        WrongInput{"OtherLength",
                   "train --sequences bad.csv",
                   {"bad.csv line 3", "39 bases", "40"},
                   "bad.csv",
                   kHeader + kGoodRow + row(bases(39, 6), "0")},
        WrongInput{"LabelThatIsNoNumber",
                   "train --sequences bad.csv",
                   {"bad.csv line 3", "'yes'", "'bound'"},
                   "bad.csv",
                   kHeader + kGoodRow + row(bases(kLength, 6), "yes")},
        WrongInput{"LabelThatIsNoClass",
                   "train --sequences bad.csv",
                   {"bad.csv line 3", "0.7", "'bound'", "0 or 1"},
                   "bad.csv",
                   kHeader + kGoodRow + row(bases(kLength, 6), "0.7")},
        WrongInput{"ValidationLabelThatIsNoClass",
                   "train --sequences table.csv --valid bad.csv",
                   {"bad.csv line 2", "2", "'bound'", "0 or 1"},
                   "bad.csv",
                   kHeader + row(bases(kLength, 6), "2")},
        WrongInput{"ValidationOfOtherLength",
                   "train --sequences table.csv --valid bad.csv",
                   {"bad.csv line 2", "30 bases", "40"},
                   "bad.csv",
                   kHeader + row(bases(30, 6), "1")},
        WrongInput{"TestOfOtherTasks",
                   "train --sequences table.csv --test bad.csv",
                   {"bad.csv line 2", "other", "bound"},
                   "bad.csv",
                   "sequence,other\n" + kGoodRow},
        WrongInput{"FastaWithoutHeaders", kFasta + "bad.fa", {"bad.fa line 1", "header"}, "bad.fa", "ACGTACGT\nACGT\n"},
        WrongInput{"FastaOfNoBases",
                   kFasta + "bad.fa",
                   {"bad.fa line 4", "'X'", "no base"},
                   "bad.fa",
                   ">a\nACGTACGT\n>b\nACXTACGT\n"},
        WrongInput{"FastaOfTwoLengths",
                   kFasta + "bad.fa",
                   {"bad.fa line 3", "4 bases", "8"},
                   "bad.fa",
                   ">a\nACGTACGT\n>b\nACGT\n"},
        WrongInput{"MissingFasta", kFasta + "none.fa", {"none.fa", "No such file"}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Peaks, Refused,
    testing::Values(
        WrongInput{"PastTheContig",
                   kPeaks + "bad.bed",
                   {"bad.bed line 2", "4001", "'chr2'", "4000"},
                   "bad.bed",
                   "chr1\t10\t20\nchr2\t3900\t4001\n"},
        WrongInput{"StartAboveEnd",
                   kPeaks + "bad.bed",
                   {"bad.bed line 2", "700", "500"},
                   "bad.bed",
                   "chr1\t10\t20\nchr1\t700\t500\n"},
        WrongInput{"StartAtEnd", kPeaks + "bad.bed", {"bad.bed line 1", "500"}, "bad.bed", "chr1\t500\t500\n"},
        WrongInput{"UnknownContig",
                   kPeaks + "bad.bed",
                   {"bad.bed line 2", "'chrQ'", "genome.fa", "chr1, chr2"},
                   "bad.bed",
                   "chr1\t10\t20\nchrQ\t500\t600\n"},
        WrongInput{"NoBed", kPeaks + "bad.bed", {"bad.bed line 1"}, "bad.bed", "what is this\n"},
        WrongInput{"MissingPeaks", kPeaks + "none.bed", {"none.bed", "No such file"}},
        WrongInput{
            "NoNegatives", "train --genome genome.fa --length 40 --peaks peaks.bed", {"one class", "--unlabelled 1"}},
        WrongInput{"NoGenome", "train --peaks peaks.bed --signal a.bw", {"lie along a genome", "--genome FASTA"}},
        WrongInput{"EmptyRegions",
                   "train --genome genome.fa --length 40 --peaks peaks.bed --regions bad.bed",
                   {"bad.bed", "holds no region"},
                   "bad.bed",
                   "# none\n"},
        WrongInput{"PeaksOfNoFile", kPeaks + "a=", {"'a='", "lacks a file"}},
        WrongInput{"TooFewSites", kPeaks + "peaks.bed --min-sites 100", {"100 peaks", "--min-sites"}},
        WrongInput{"MissingGenome", "train --genome none.fa --peaks peaks.bed", {"none.fa", "No such file"}},
        WrongInput{"MissingBlacklist", kPeaks + "peaks.bed --blacklist none.bed", {"none.bed", "No such file"}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Splits, Refused,
    testing::Values(
        WrongInput{"UnknownChromosome", kPeaks + "peaks.bed --test chr9", {"'chr9'", "test", "chr1"}},
        WrongInput{"ChromosomeTwice", kPeaks + "peaks.bed --valid chr2 --test chr2", {"'chr2'", "valid", "test"}},
        WrongInput{
            "NothingToTrainOn", kPeaks + "peaks.bed --valid chr1,chr2 --test chr3,chr4", {"train split", "empty"}},
        WrongInput{"EmptyChromosome",
                   "train --genome genome.fa --length 40 --peaks bad.bed --test chr3",
                   {"test split", "empty"},
                   "bad.bed",
                   "chr1\t10\t200\nchr2\t10\t200\n"},
        WrongInput{"NoPlaces", "train --sequences table.csv --valid chr2", {"table.csv line 2", "no chromosome"}},
        WrongInput{"MissingFile", "train --sequences table.csv --valid none.csv", {"none.csv", "no such file"}},
        WrongInput{"EmptyShare", "train --sequences table.csv --valid 0.001", {"valid split", "empty"}},
        WrongInput{"ShareAboveOne", "train --sequences table.csv --valid 1.5", {"between 0 and 1", "1.5"}},
        WrongInput{"SharesOfAll", "train --sequences table.csv --valid 0.5 --test 0.5", {"0.5", "below 1"}},
        WrongInput{"ShareAndChromosome", kPeaks + "peaks.bed --valid 0.1 --test chr2", {"share", "chromosomes"}},
        WrongInput{"MissingFolds", kPeaks + "peaks.bed --folds none.json", {"none.json", "cannot be read"}},
        WrongInput{
            "NoFolds", kPeaks + "peaks.bed --folds bad.json", {"bad.json", "JSON"}, "bad.json", "{\"train\": \"chr1\""},
        WrongInput{"FoldsOfNoLists",
                   kPeaks + "peaks.bed --folds bad.json",
                   {"bad.json", "lists"},
                   "bad.json",
                   "{\"train\": \"chr1\"}"},
        WrongInput{"FoldsOfOtherNames",
                   kPeaks + "peaks.bed --folds bad.json",
                   {"bad.json", "'validation'", "valid"},
                   "bad.json",
                   "{\"train\": [\"chr1\"], \"validation\": [\"chr2\"]}"},
        WrongInput{"FoldsOfOtherChromosomes",
                   kPeaks + "peaks.bed --folds bad.json",
                   {"'chr9'", "valid"},
                   "bad.json",
                   "{\"train\": [\"chr1\"], \"valid\": [\"chr9\"]}"}),
    name_of);

const std::string kTable = "train --sequences table.csv ";

INSTANTIATE_TEST_SUITE_P(
    Options, Refused,
    testing::Values(
        WrongInput{"NoVerb", "", {"--help"}}, WrongInput{"UnknownVerb", "teach", {"teach", "--help"}},
        WrongInput{"UnknownOption", kTable + "--frobnicate", {"--frobnicate", "--help"}},
        WrongInput{"NoData", "train", {"no data", "--sequences"}},
        WrongInput{"TwoSources", kTable + "--genome genome.fa", {"more than one source"}},
        WrongInput{"GenomeWithoutPeaks", "train --genome genome.fa", {"--genome", "--peaks"}},
        WrongInput{"PositivesWithoutNegatives", "train --positives genome.fa", {"--negatives"}},
        WrongInput{"NoOutput", "init", {"--model"}}, WrongInput{"NoCuda", kTable + "--device cuda", {"cuda"}},
        WrongInput{"UnknownDevice", kTable + "--device tpu", {"'tpu'", "cuda"}},
        WrongInput{"TooManyThreads", kTable + "--threads 5000", {"--threads", "5000"}},
        WrongInput{"NoImplementation", kTable + "--impl nonsense", {"--impl", "'nonsense'"}},
        WrongInput{"UnknownImplementation", kTable + "--impl matmul=nonsense", {"'nonsense'", "matmul", "reference"}},
        WrongInput{"ImplementationOfNothing", kTable + "--impl foo=reference", {"'foo'", "matmul"}},
        WrongInput{"ImplementationOfNoOperator", kTable + "--impl *=nonsense", {"'nonsense'", "reference"}},
        WrongInput{"NoEpochs", kTable + "--epochs 0", {"epochs", "not 0"}},
        WrongInput{"EpochsOfLetters", kTable + "--epochs many", {"--epochs", "'many'"}},
        WrongInput{"NegativeRate", kTable + "--lr -1", {"learning_rate", "not -1"}},
        WrongInput{"UnknownOptimizer", kTable + "--optimizer newton", {"optimizer", "newton", "adamw"}},
        WrongInput{"NegativeLength", kTable + "--length -5", {"--length", "-5"}},
        WrongInput{"NoBin", kPeaks + "peaks.bed --bin 0", {"--bin", "0"}},
        WrongInput{"OverlapAboveOne", kPeaks + "peaks.bed --min-overlap 3", {"--min-overlap", "3"}},
        WrongInput{"NoFolder", kTable + "-o table.csv/out", {"table.csv/out"}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    ModelsAndConfigs, Refused,
    testing::Values(
        WrongInput{"UnknownModel", kTable + "--model resnet", {"'resnet'", "'cnn'", "'basset'"}},
        WrongInput{
            "SummaryOfNoTasks", "init --model tiny.toml --summary --length 40", {"how many tasks", "--n-tasks N"}},
        WrongInput{"SummaryOfNoLength", "init --model tiny.toml --summary --n-tasks 1", {"how long", "--length N"}},
        WrongInput{"UnknownModelToInit", "init --model resnet", {"'resnet'", "'cnn'"}},
        WrongInput{"MissingModelFile", kTable + "--model none.toml", {"none.toml", "cannot be read"}},
        WrongInput{"NoToml", kTable + "--model bad.toml", {"bad.toml:2"}, "bad.toml", "name = \"x\"\nlayers = [ {,\n"},
        WrongInput{"UnknownKey",
                   kTable + "--model bad.toml",
                   {"bad.toml:3", "'filter'", "'filters'"},
                   "bad.toml",
                   "name = \"x\"\nlayers = [\n  { type = \"conv\", filter = 3 },\n]\n"},
        WrongInput{"TooShortForTheModel",
                   "train --sequences bad.csv",
                   {"conv1", "8"},
                   "bad.csv",
                   kHeader + "ACGT,1\nTCGA,0\n"},
        WrongInput{"ModelTrainingOutOfRange",
                   kTable + "--model bad.toml",
                   {"bad.toml", "'epochs'", "-3"},
                   "bad.toml",
                   "name = \"x\"\nlayers = [{ type = \"flatten\" }, { type = \"dense\", units = \"tasks\" }]\n"
                   "[training]\nepochs = -3\n"},
        WrongInput{"MissingConfig", kTable + "--config none.toml", {"none.toml", "cannot be read"}},
        WrongInput{"ConfigOfNoToml", kTable + "--config bad.toml", {"bad.toml:2"}, "bad.toml", "seed = 1\nbin = \n"},
        WrongInput{"ConfigOfUnknownOption",
                   kTable + "--config bad.toml",
                   {"bad.toml:2", "'sneed'"},
                   "bad.toml",
                   "bin = 100\nsneed = 1\n"},
        WrongInput{"ConfigOutOfRange", kTable + "--config bad.toml", {"bad.toml:1", "bin"}, "bad.toml", "bin = 0\n"},
        WrongInput{"ConfigOfUnknownSetting",
                   kTable + "--config bad.toml",
                   {"bad.toml:3", "'epoch'", "'epochs'"},
                   "bad.toml",
                   "[training]\nbatch = 8\nepoch = 3\n"},
        WrongInput{"ConfigTrainingOutOfRange",
                   kTable + "--config bad.toml",
                   {"bad.toml:2", "'epochs'", "-3"},
                   "bad.toml",
                   "[training]\nepochs = -3\n"}),
    name_of);

const std::string kScan = "scan -o result --genome genome.fa --motifs ";

INSTANTIATE_TEST_SUITE_P(
    Motifs, Refused,
    testing::Values(
        WrongInput{"MissingFile", kScan + "none.meme", {"none.meme", "No such file"}},
        WrongInput{"NoMotifs", kScan + "genome.fa", {"genome.fa line 2", "no number"}},
        WrongInput{"NoNumber", kScan + "bad.pfm", {"bad.pfm line 2", "'x'"}, "bad.pfm", ">m\n1 2 x 4\n"},
        WrongInput{"RowOfThree", kScan + "bad.pfm", {"bad.pfm line 3", "'m'"}, "bad.pfm", ">m\n1 2 3 4\n1 2 3\n"},
        WrongInput{"NegativeCount", kScan + "bad.pfm", {"bad.pfm line 1", "negative"}, "bad.pfm", ">m\n1 2 -3 4\n"},
        WrongInput{"NoPseudocount",
                   kScan + "bad.pfm --pseudocount 0",
                   {"'m'", "pseudocount"},
                   "bad.pfm",
                   ">m\n1 2 3 4\n0 0 0 1\n"},
        WrongInput{"NoSuchMotif", kScan + "bad.pfm --only CTCF", {"bad.pfm", "'CTCF'"}, "bad.pfm", ">m\n1 2 3 4\n"},
        WrongInput{"NoBackground",
                   kScan + "bad.pfm --background 0.5,0.5,0.5,0.5",
                   {"--background", "0.5,0.5"},
                   "bad.pfm",
                   ">m\n1 2 3 4\n"},
        WrongInput{
            "TwoThresholds", kScan + "bad.pfm --score 3 --relu", {"--score", "--relu"}, "bad.pfm", ">m\n1 2 3 4\n"},
        WrongInput{"NothingToScan", "scan -o result --motifs bad.pfm", {"--genome", "--sequences"}},
        WrongInput{"UnknownContig",
                   "scan -o result --motifs genome.fa --genome genome.fa --regions bad.bed",
                   {"bad.bed line 1", "'chrQ'"},
                   "bad.bed",
                   "chrQ\t1\t2\n"},
        WrongInput{"SitesOfTwoLengths",
                   "motifs show -o result --sites bad.txt",
                   {"bad.txt line 2", "3 bases"},
                   "bad.txt",
                   "ACGT\nACG\n"},
        WrongInput{"LogoOfTwo",
                   "motifs logo -o result --motifs bad.pfm",
                   {"bad.pfm", "2 motifs", "--only"},
                   "bad.pfm",
                   ">a\n1 2 3 4\n>b\n1 2 3 4\n"},
        WrongInput{"UnknownFormat", "motifs convert -o result --motifs x --to homer", {"--to", "homer", "meme"}},
        WrongInput{"NothingToDo", "motifs", {"--help"}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    WordsAndSimulations, Refused,
    testing::Values(
        WrongInput{"WordsTooLong", "kmers -o result -k 13 -g genome.fa", {"-k", "13"}},
        WrongInput{"WordsOfNothing", "kmers -o result", {"--genome", "--sequences"}},
        WrongInput{"WordsOfTwoSources", "kmers -o result -g genome.fa --sequences table.csv", {"not both"}},
        WrongInput{
            "WordsOfNoBases", "kmers -o result --sequences bad.fa", {"bad.fa line 2", "'!'"}, "bad.fa", ">a\nAC!T\n"},
        WrongInput{"RegionsOfNoGenome", "kmers -o result --sequences table.csv --regions peaks.bed", {"--genome"}},
        WrongInput{"NoMotif", "simulate single -o result", {"--motifs", "--site"}},
        WrongInput{"NoBaseInASite", "simulate single -o result --site GATXAG", {"GATXAG", "'X'"}},
        WrongInput{"OneMotifOfTwo", "simulate spacing -o result --site GATAAG", {"1 motif", "two or more"}},
        WrongInput{"NoRange", "simulate density -o result --site GATAAG --copies many", {"--copies", "'many'"}},
        WrongInput{"NothingTellsApart",
                   "simulate density -o result --site GATAAG --copies 1-3 --negative-copies 0-2",
                   {"nothing tells them apart"}},
        WrongInput{"TooShort", "simulate single -o result --site GATAAG --length 5", {"6 bases", "5"}},
        WrongInput{"OrderOfNothing", "simulate single -o result --site GATAAG --order 2", {"--order 2", "FASTA"}},
        WrongInput{"UnknownMotif",
                   "simulate single -o result --motifs bad.pfm --only CTCF",
                   {"bad.pfm", "'CTCF'"},
                   "bad.pfm",
                   ">m\n1 2 3 4\n"},
        WrongInput{"UnknownKind", "simulate wish -o result --site GATAAG", {"wish", "spacing"}}),
    name_of);

TEST(RefusedGzip, CutShort) {
  const TinyFolder folder;
  const std::string whole = gzip(folder, table());
  folder.write("cut.csv.gz", whole.substr(0, whole.size() / 2));
  expect_refusal(folder.run("train --sequences cut.csv.gz --model tiny.toml -o out"), {"cut.csv.gz", "truncated"});
  const std::string genome_gz = gzip(folder, genome());
  folder.write("cut.fa.gz", genome_gz.substr(0, genome_gz.size() - 10));
  expect_refusal(folder.run("train --genome cut.fa.gz --peaks peaks.bed --model tiny.toml -o out"),
                 {"cut.fa.gz", "truncated"});
}

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

TEST(WrongInput, LeavesNoFolderOfATrainingThatDidNotBegin) {
  const TinyFolder folder;
  const Result end = folder.run(std::string(kTrain) + "--stop-on auroc --schedule plateau -o new/run/");
  EXPECT_EQ(end.status, 2) << end.err;
  EXPECT_FALSE(folder.exists("new")) << end.err;
  folder.train("--epochs 1 -o new/run/");
  EXPECT_TRUE(folder.exists("new/run/model.safetensors"));
}

}  // namespace
}  // namespace genocuda::cli

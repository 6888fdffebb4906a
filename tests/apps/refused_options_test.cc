// SPDX-License-Identifier: Apache-2.0
#include "tests/apps/refusal.h"

namespace genocuda::cli {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Options, Refused,
    testing::Values(
        WrongInput{"NoVerb", "", {"--help"}},
        WrongInput{"UnknownVerb", "teach", {"'teach' is none", "train, evaluate", "--help"}},
        WrongInput{"UnknownOptionOfNoVerb", "--frobnicate devices", {"'--frobnicate' is none", "train, evaluate"}},
        WrongInput{"NoFigure", "figure", {"figure takes activations, scan, loss", "genocuda figure --help"}},
        WrongInput{"UnknownFigure", "figure curve", {"activations, scan, loss", "'curve' is none of them"}},
        WrongInput{"UnknownOption", kTable + "--frobnicate", {"--frobnicate", "--help"}},
        WrongInput{"OptionOfAnotherVerb",
                   "evaluate --model tiny.toml --epochs 3",
                   {"evaluate takes no --epochs, which is an option of train, denoise ("}},
        WrongInput{"WordThatNoOptionTakes", "devices all", {"devices takes no all (genocuda devices --help)"}},
        WrongInput{"OutputIsAnInput",
                   "predict --sequences table.tsv --model tiny.toml -o ./table.tsv",
                   {"./table.tsv would be replaced", "--sequences", "choose another --out"},
                   "table.tsv",
                   "sequence\nACGT\n"},
        WrongInput{"OutputIsOneOfSeveralInputs",
                   "predict --model tiny.toml -s cuts=genome.fa,low.bedgraph -o low.bedgraph",
                   {"low.bedgraph would be replaced", "--signal"},
                   "low.bedgraph",
                   "chr1\t0\t5\t1\n"},
        WrongInput{"OutputOfAFigureIsItsInput",
                   "figure scan -m motif.svg --sequences genome.fa -o motif.svg",
                   {"motif.svg would be replaced", "--motifs"},
                   "motif.svg",
                   ">m\n1 2 3 4\n"},
        WrongInput{"OutputIsADash", "kmers -k 2 --sequences genome.fa -o -", {"--out", "not '-'", "standard output"}},
        WrongInput{"PredictionsUnderAnotherName",
                   "predict --sequences genome.fa --model tiny.toml -o peaks.bed",
                   {"--out", ".tsv", ".bedGraph.gz", "not 'peaks.bed'"}},
        WrongInput{"FigureOfNoOutput", kTable + "--valid 0.2 --stop-on pearson", {"'pearson'", "numbers", "'loss'"}},
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
        WrongInput{"BinAboveContigs", kPeaks + "peaks.bed --bin 100000", {"no contig", "100000", "smaller bin"}},
        WrongInput{"OverlapAboveOne", kPeaks + "peaks.bed --min-overlap 3", {"--min-overlap", "3"}},
        WrongInput{"NoFolder", kTable + "-o table.csv/out", {"table.csv/out"}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    ModelsAndConfigs, Refused,
    testing::Values(
        WrongInput{"UnknownModel", kTable + "--model resnet", {"'resnet'", "'cnn'", "'basset'"}},
        WrongInput{"SummaryTooShort",
                   "init --model basset --summary --n-tasks 1 --length 30",
                   {"basset: layer conv2 (conv)", "shortest input that fits has 168 bases"}},
        WrongInput{"GraphTooShort",
                   "graph -o result --n-tasks 1 --model bad.toml",
                   {"bad.toml: layer max_pool1 (max_pool)",
                    "; the shortest input that fits has 8 bases: input = { length = 8 }"},
                   "bad.toml",
                   "name = \"x\"\ninput = { length = 5 }\n"
                   "layers = [{ type = \"conv\", filters = 2, width = 5 }, { type = \"max_pool\", width = 4 }]\n"},
        WrongInput{"ShapesThatNoLengthMends",
                   kTable + "--model bad.toml",
                   {"bad.toml: layer conv1 (conv)", "what it reads is 160 numbers: put it before"},
                   "bad.toml",
                   "name = \"x\"\n"
                   "layers = [{ type = \"flatten\" }, { type = \"conv\", filters = 2, width = 5 }]\n"},
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
                   {"tiny.toml: layer conv1 (conv)", "spans 8 positions does not fit a length of 4",
                    "shortest input that fits has 8 bases: --length 8"},
                   "bad.csv",
                   kHeader + "ACGT,1\nTCGA,0\n"},
        WrongInput{"ModelTrainingOutOfRange",
                   kTable + "--model bad.toml",
                   {"bad.toml", "'epochs'", "-3"},
                   "bad.toml",
                   "name = \"x\"\nlayers = [{ type = \"flatten\" }, { type = \"dense\", units = \"tasks\" }]\n"
                   "[training]\nepochs = -3\n"},
        WrongInput{"MissingConfig", kTable + "--config none.toml", {"none.toml", "No such file"}},
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

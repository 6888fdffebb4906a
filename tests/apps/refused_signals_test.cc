// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/apps/refusal.h"
#include "tests/apps/signals.h"

namespace genocuda::cli {
namespace {

TEST_F(Signals, RefusesWhatDoesNotFit) {
  train("one", "-s reads.bedgraph --bin 100");
  train("towers", "-s reads.bedgraph --peaks peaks.bed --unlabelled 1");
  folder_.write("old.bedgraph", "old");
  folder_.write("places.bed", "chr1\t1\t2\n");
  folder_.write("middle.bed", "chr1\t2000\t2001\n");
  folder_.write("sizes", "chr1\t4000\nchr2\t4000\nchr3\t4000\nchr4\t4000\n");
  folder_.write("other.bedgraph", "chrQ\t1\t2\t3\n");
  folder_.write("long.bedgraph", "chr1\t3990\t4001\t3\n");
  folder_.write("bad.bedgraph", "chr1\t1\t2\tx\n");
  folder_.write("text.bw", "chr1\t1\t2\t3\n");
  for (const char* empty : {"empty.bedgraph", "empty.bed"}) folder_.write(empty, "");
  struct Wrong {
    std::string arguments;
    Parts parts;
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
           {"predict --sequences table.csv -o old.tsv --model one/model.safetensors",
            {"'small'", "give --genome and --regions instead"}},
           {"predict --sequences table.csv -o old.tsv --model towers/model.safetensors",
            {"'towers'", "give --genome, --regions and --signal signal=FILE instead"}},
           {"predict -g genome.fa -o old.tsv --model one/model.safetensors", {"--regions", "or -o FILE.bw"}},
           {"evaluate --sequences table.csv --model one/model.safetensors --test 0.2",
            {"--test", "chromosomes", "'0.2'"}},
           {"evaluate --sequences table.csv --model one/model.safetensors --test table.csv",
            {"--test", "chromosomes", "'table.csv'"}},
           {"train -o new --model bins.toml", {"'bins'", "--signal FILE"}},
           {"train -o new --model bins.toml -s low=", {"'low='", "lacks a file", "after low="}},
           {"train -g genome.fa -o new --model towers.toml -s reads.bedgraph --peaks peaks.bed --regions peaks.bed",
            {"one class", "genocuda check", "but for --signal"}},
           {"train -o new --model cnn-signal --sizes sizes -s reads.bedgraph --peaks places.bed --regions middle.bed",
            {"one class", "give --peaks"}},
           {"train -o new --model bins.toml -s low=control.bedgraph -s high=reads.bedgraph",
            {"control.bedgraph", "how long its contigs are", "bigWig", "--sizes FILE"}},
           {"train -o new --model bins.toml -s control.bedgraph --sizes sizes -g genome.fa", {"leave out --sizes"}},
           {"train -o new --model one.toml -s reads.bedgraph --sizes sizes", {"lie along a genome", "--genome FASTA"}},
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
    SCOPED_TRACE(wrong.arguments);
    expect_refusal(folder_.run(wrong.arguments), wrong.parts);
    EXPECT_FALSE(folder_.exists("new/model.safetensors"));
    EXPECT_EQ(folder_.content("old.bedgraph"), "old");
    EXPECT_FALSE(folder_.exists(".old.bedgraph.partial"));
  }
  const Result labels = folder_.run("predict -g genome.fa -o old.tsv --model towers/model.safetensors");
  expect_refusal(labels, {"--regions"});
  EXPECT_EQ(labels.err.find(".bw"), std::string::npos) << "a model of labels writes no tracks: " << labels.err;
}

}  // namespace
}  // namespace genocuda::cli

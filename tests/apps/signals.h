// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "tests/apps/tiny_data.h"

/// Signals along a genome, and small models that read them or are trained towards them.
namespace genocuda::cli {

constexpr std::int64_t kContig = 4000;  ///< bases of each of genome.fa's

/// A wave along chr1 to chr4, as bedGraph; `phase` makes signals differ.
std::string wave(int phase);

/// Reads 120 bases and `tracks`, predicts profile and total of the middle 100.
std::string profile_model(int channels, const std::string& tracks, const std::string& features);

/// A folder with reads.bedgraph, minus.bedgraph and control.bedgraph, and the models one.toml (DNA to a profile and its
/// total), two.toml (the same on two strands, with controls), bins.toml (signal to signal, without DNA) and towers.toml
/// (DNA and a signal to labels).
class Signals : public testing::Test {
 protected:
  Signals();

  /// What must succeed.
  Result run(const std::string& arguments) const;
  /// MODEL.toml into MODEL/.
  Result train(const std::string& model, const std::string& arguments) const;
  Result predict(const std::string& model, const std::string& arguments) const;

  /// Every base's value in a bedGraph file; a base that comes twice fails.
  std::map<std::pair<std::string, int>, float> values(const std::string& name) const;

  TinyFolder folder_;
};

}  // namespace genocuda::cli

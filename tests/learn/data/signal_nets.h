// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "genomics/examples.h"
#include "learn/model/model_spec.h"

/// Small models that read signals or are trained towards them, and examples for them.
namespace genocuda {

/// No DNA: a signal in bins, towards itself, the peaks in it, and the total of each strand of another.
ModelSpec denoising_net();

struct SignalNet {
  std::string name;
  ModelSpec (*spec)();
  float missing;  ///< what its signals have outside
};
/// Profiles and counts from DNA and controls, denoising_net() with and without missing values, and two towers.
const std::vector<SignalNet>& signal_nets();

/// Windows of both strands of two contigs, some over their ends; `missing` is what the signals have outside.
Examples windows_with_signals(const ModelSpec& spec, std::int64_t n, float missing = 0, std::uint64_t seed = 1);

}  // namespace genocuda

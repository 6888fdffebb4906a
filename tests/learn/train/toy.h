// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "genomics/examples.h"
#include "learn/model/model_spec.h"
#include "learn/train/settings.h"

/// A task that a net of a few hundred weights learns in a second: which motifs does a sequence hold?
namespace genocuda::toy {

inline constexpr std::int64_t kLength = 40;

/// Random sequences of two tasks, "ap1" (TGACTCA planted or not) and "ecori" (CCGAATTCGG); each has both classes about
/// equally often, and one label in twenty is missing. The same for the same seed.
Examples motifs(std::int64_t n, std::uint64_t seed);

/// The same sequences under labels drawn at random: nothing can be learned from them, nor helps on them.
Examples with_random_labels(Examples examples, std::uint64_t seed);

/// conv, batch norm, ReLU, global max, dropout, dense: something of every kind of state.
ModelSpec net();

/// Settings under which motifs(512, 1) are learned in six epochs.
TrainingSettings settings();

/// A file without what differs from run to run: the timings in metrics.jsonl.
std::string without_timings(std::string text);

std::string read_bytes(const std::string& path);

}  // namespace genocuda::toy

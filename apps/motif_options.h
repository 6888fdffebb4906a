// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "genomics/motif.h"

namespace CLI {
class App;
}

namespace genocuda::apps {

/// From counts to scores: what every verb that scores motifs takes.
struct MotifOptions {
  double pseudocount = kPseudocount;
  std::string background = "uniform";
};

void add_motif_options(CLI::App& command, MotifOptions& options, bool of_data);

/// The background that the options give by numbers; uniform for the word and for 'data', whose readers replace it.
/// Error (invalid_argument) where it is neither a word nor four shares above 0 that sum to 1.
BaseNumbers background_of(const MotifOptions& options);

}  // namespace genocuda::apps

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "apps/motif_options.h"
#include "genomics/pssm.h"

namespace CLI {
class App;
}

namespace genocuda::apps {

/// Motifs that sequences are scored with: what the verbs that score take.
struct ScoringOptions {
  std::string path;
  std::vector<std::string> only;
  MotifOptions motifs;
  bool weights = false;  ///< the file holds scores, not counts or frequencies
};

void add_scoring_options(CLI::App& command, ScoringOptions& options, bool background_of_data);

/// The motifs asked for, in their order. Error (input_file) for one that the file does not have.
std::vector<Pssm> scoring_matrices(const ScoringOptions& options, const BaseNumbers& background);

}  // namespace genocuda::apps

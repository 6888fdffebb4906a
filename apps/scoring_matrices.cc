// SPDX-License-Identifier: Apache-2.0
#include "apps/scoring_matrices.h"

#include <algorithm>

#include <CLI/CLI.hpp>

#include "core/error.h"
#include "genomics/motif_file.h"

namespace genocuda::apps {

void add_scoring_options(CLI::App& command, ScoringOptions& options, bool background_of_data) {
  command.add_option("-m,--motifs", options.path, "MEME, JASPAR or HOCOMOCO file (plain or gzip)")->required();
  command.add_option("--only", options.only, "motifs to look for, by id or name (default: all)")->delimiter(',');
  add_motif_options(command, options.motifs, background_of_data);
  command.add_flag("--weights", options.weights,
                   "take the matrices as scores (a PSSM, the filters of a network), not as counts or frequencies");
}

std::vector<Pssm> scoring_matrices(const ScoringOptions& options, const BaseNumbers& background) {
  const MotifMatrices file = read_motif_matrices(options.path);
  std::vector<Pssm> all;
  if (options.weights) {
    for (const MotifMatrix& matrix : file.matrices) all.emplace_back(matrix.id, matrix.name, matrix.rows);
  } else {
    for (const Motif& motif : to_motifs(file)) {
      all.emplace_back(motif.id, motif.name, log_odds(motif, options.motifs.pseudocount, background));
    }
  }
  if (options.only.empty()) return all;
  std::vector<Pssm> chosen;
  for (const std::string& wanted : options.only) {
    const auto found = std::ranges::find_if(
        all, [&](const Pssm& pssm) { return pssm.id() == wanted || (!pssm.name().empty() && pssm.name() == wanted); });
    if (found == all.end()) throw Error(ErrorKind::input_file, "{}: there is no motif '{}'", options.path, wanted);
    chosen.push_back(*found);
  }
  return chosen;
}

}  // namespace genocuda::apps

// SPDX-License-Identifier: Apache-2.0
#include "apps/motif_options.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <CLI/CLI.hpp>

#include "core/error.h"
#include "genomics/text.h"

namespace genocuda::apps {

void add_motif_options(CLI::App& command, MotifOptions& options, bool of_data) {
  command
      .add_option("--pseudocount", options.pseudocount,
                  "added to the counts of each position, shared out as the background")
      ->check(CLI::Range(0.0, 1e9))
      ->capture_default_str();
  command
      .add_option("--background", options.background,
                  of_data ? "shares of A, C, G and T outside motifs: uniform, data (those of the sequences, both "
                            "strands), or four numbers such as 0.31,0.19,0.19,0.31"
                          : "shares of A, C, G and T outside motifs: uniform, or four numbers such as "
                            "0.31,0.19,0.19,0.31")
      ->capture_default_str();
}

BaseNumbers background_of(const MotifOptions& options) {
  if (options.background == "uniform" || options.background == "data") return kUniformBackground;
  std::vector<std::string_view> fields;
  split_fields(options.background, ',', fields);
  BaseNumbers shares{};
  bool valid = fields.size() == shares.size();
  for (std::size_t i = 0; valid && i < shares.size(); ++i) {
    shares[i] = parse_number(trim(fields[i])).value_or(0);
    valid = shares[i] > 0;
  }
  if (!valid || std::abs(std::accumulate(shares.begin(), shares.end(), 0.0) - 1) > 1e-3) {
    throw Error(ErrorKind::invalid_argument,
                "--background takes a word or four shares above 0 that sum to 1, such as 0.31,0.19,0.19,0.31, not '{}'",
                options.background);
  }
  return shares;
}

}  // namespace genocuda::apps

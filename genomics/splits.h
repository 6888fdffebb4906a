// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "genomics/examples.h"
#include "genomics/notices.h"

namespace genocuda {

/// Indices into one Examples, ascending, no index in two lists.
struct Split {
  std::vector<std::int64_t> train, valid, test;
};

/// Splits by chromosome. An empty `train` means every chromosome that the others do not name; an empty `valid` or
/// `test` leaves that list empty. Names are matched with aliases (ContigNames); examples on chromosomes named nowhere
/// are left out. Error (invalid_argument) for a chromosome that no example lies on, one named twice, examples whose
/// chromosome is not known, or a list that was asked for and stays empty.
Split split_by_chromosome(const Examples& examples, const std::vector<std::string>& train,
                          const std::vector<std::string>& valid, const std::vector<std::string>& test,
                          Notices* notices = nullptr);

/// Draws `valid` and `test` at random as shares of the whole (0 leaves the list empty), the same for the same seed.
/// Examples with the same sequence, on either strand, go together, so that none is learned in one list and tested in
/// another; windows that merely overlap do not: split those by chromosome. Windows without a known base, as all are of
/// a genome of which only sizes are known, have no sequence to share: of them those at one place go together. Error
/// (invalid_argument) for shares below 0 or adding to 1 or more, or for a list that stays empty.
Split split_by_fraction(const Examples& examples, double valid, double test, std::uint64_t seed);

}  // namespace genocuda

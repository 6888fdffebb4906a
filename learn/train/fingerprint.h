// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "genomics/examples.h"

namespace genocuda {

/// What examples are, in a line: "1200 examples of 600 bases, 8 tasks, hash 5f0c2b7a91d3e864". The hash covers bases,
/// places, strands, labels, the names of tasks and signals, not the files they came from. It tells other data from the
/// same data; it is no protection against a forger.
std::string fingerprint(const Examples& examples);

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "core/ops/kmer_counts.h"

#include "tests/ops/cases/families.h"

namespace genocuda::op_test {
namespace {

OperatorCase counts(const Shape& shape, int k, bool canonical, double unknown = 0.1) {
  return {.name = fmt::format("kmer_counts/{}_k_{}{}_unknown_{:.0f}", name_of(shape), k, canonical ? "_canonical" : "",
                              100 * unknown),
          .inputs = {bases("dna", shape, unknown)},
          .build = [=](const CaseValues& in) { return std::vector{kmer_counts(in["dna"], k, canonical, in.dtype())}; },
          .differentiate = false};
}

}  // namespace

void add_kmer_counts_cases(std::vector<OperatorCase>& cases) {
  for (const bool canonical : {false, true}) {
    for (const int k : {1, 2, 3, 4, 5}) cases.push_back(counts({3, 70}, k, canonical));
    cases.push_back(counts({2, 40}, 7, canonical, 0));  // more bins than a block counts
    cases.push_back(counts({2, 600}, 2, canonical, 0.02));
    cases.push_back(counts({2, 9}, 9, canonical, 0));  // one word
    cases.push_back(counts({2, 33}, 3, canonical, 1));
    cases.push_back(counts({0, 33}, 3, canonical));
  }
}

}  // namespace genocuda::op_test

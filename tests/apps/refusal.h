// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/apps/tiny_data.h"

/// Commands that must be refused, in one line that says why.
namespace genocuda::cli {

/// What the one line on standard error must hold.
using Parts = std::vector<std::string>;

/// A command that must be refused, run where TinyFolder's files lie and one more. `arguments` may begin with
/// "train": then the model, the number of threads and the output are added.
struct WrongInput {
  const char* name;
  std::string arguments;
  Parts parts;
  std::string file = {};  ///< the further file
  std::string content = {};
};

void PrintTo(const WrongInput& wrong, std::ostream* stream);
std::string name_of(const testing::TestParamInfo<WrongInput>& info);

/// Everything about a refusal but its words: status 2, nothing on standard output, one line that holds `parts`.
void expect_refusal(const Result& result, const Parts& parts);

/// INSTANTIATE_TEST_SUITE_P(Subject, Refused, testing::Values(WrongInput{...}, ...), name_of) is a test for each.
class Refused : public testing::TestWithParam<WrongInput> {
 protected:
  Result run(const TinyFolder& folder) const;
};

/// A row of a table.
std::string row(const std::string& sequence, const std::string& label);

inline const std::string kHeader = "sequence,bound\n";
inline const std::string kTable = "train --sequences table.csv ";
inline const std::string kPeaks = "train --genome genome.fa --length 40 --unlabelled 1 --peaks ";

}  // namespace genocuda::cli

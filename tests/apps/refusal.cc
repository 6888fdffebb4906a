// SPDX-License-Identifier: Apache-2.0
#include "tests/apps/refusal.h"

namespace genocuda::cli {

void PrintTo(const WrongInput& wrong, std::ostream* stream) { *stream << wrong.arguments; }

std::string name_of(const testing::TestParamInfo<WrongInput>& info) { return info.param.name; }

void expect_refusal(const Result& result, const Parts& parts) {
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.out, "");
  const std::vector<std::string> said = lines(result.err);
  ASSERT_EQ(said.size(), 1u) << result.err;
  EXPECT_EQ(said[0].find("genocuda: "), 0u) << said[0];
  EXPECT_EQ(result.err.back(), '\n');
  for (const std::string& part : parts)
    EXPECT_NE(said[0].find(part), std::string::npos) << said[0] << "\nlacks " << part;
}

Result Refused::run(const TinyFolder& folder) const {
  if (!GetParam().file.empty()) folder.write(GetParam().file, GetParam().content);
  std::string arguments = GetParam().arguments;
  if (arguments.starts_with("train")) {
    if (arguments.find("--model") == std::string::npos) arguments += " --model tiny.toml";
    if (arguments.find("-o ") == std::string::npos) arguments += " -o out";
    arguments += " --threads 1";
  }
  return folder.run(arguments);
}

TEST_P(Refused, InOneLine) {
  const TinyFolder folder;
  expect_refusal(run(folder), GetParam().parts);
  EXPECT_FALSE(folder.exists("out/model.safetensors"));
  EXPECT_FALSE(folder.exists("result"));  // what commands of one file are told to write
}

std::string row(const std::string& sequence, const std::string& label) { return sequence + "," + label + "\n"; }

}  // namespace genocuda::cli

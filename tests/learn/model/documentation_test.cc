// SPDX-License-Identifier: Apache-2.0
// docs/model-file.md names every type of layer, every key and every model of the zoo with its number of parameters, and
// its examples are model files.
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "learn/model/layer_type.h"
#include "learn/model/summary.h"
#include "learn/train/settings.h"

namespace genocuda {
namespace {

std::string page() {
  std::ifstream file(GENOCUDA_SOURCE_DIR "/docs/model-file.md");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

bool mentions(const std::string& text, std::string_view word) {
  return text.find(fmt::format("`{}`", word)) != std::string::npos;
}

TEST(ModelFilePage, NamesEveryLayerAndKey) {
  const std::string text = page();
  for (const LayerType& type : layer_types()) {
    EXPECT_TRUE(mentions(text, type.name)) << type.name;
    for (const KeyRule& rule : type.keys) {
      EXPECT_TRUE(mentions(text, rule.key)) << type.name << ": " << rule.key;
      for (const std::string_view choice : rule.choices) {
        EXPECT_TRUE(mentions(text, choice) || mentions(text, fmt::format("\"{}\"", choice)))
            << type.name << ": " << choice;
      }
    }
  }
  for (const TrainingKey& key : training_keys()) EXPECT_TRUE(mentions(text, key.rule.key)) << key.rule.key;
}

std::string with_commas(std::int64_t number) {
  return number < 1000 ? fmt::format("{}", number) : fmt::format("{},{:03}", with_commas(number / 1000), number % 1000);
}

TEST(ModelFilePage, ListsTheZooWithItsParameters) {
  std::string text = page();
  text.erase(0, text.find("## The models that come along"));
  for (const std::string_view name : zoo_names()) {
    const std::size_t row = text.find(fmt::format("\n| `{}` |", name));
    ASSERT_NE(row, std::string::npos) << name;
    const std::string line = text.substr(row + 1, text.find('\n', row + 1) - row - 1);
    EXPECT_TRUE(line.ends_with(fmt::format("| {} |", with_commas(summarise(zoo_model(name)).parameters)))) << line;
  }
}

TEST(ModelFilePage, ItsFirstExampleBuilds) {
  const std::string text = page();
  constexpr std::string_view kFence = "```toml\n";
  const std::size_t start = text.find(kFence) + kFence.size();
  const ModelSpec spec = parse_model_toml(text.substr(start, text.find("```", start) - start), "docs/model-file.md");
  EXPECT_EQ(spec.name, "small");
  EXPECT_GT(summarise(spec).parameters, 0);
}

}  // namespace
}  // namespace genocuda

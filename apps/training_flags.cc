// SPDX-License-Identifier: Apache-2.0
#include "apps/training_flags.h"

#include <algorithm>
#include <charconv>

#include <CLI/CLI.hpp>

#include "core/error.h"
#include "learn/train/settings.h"

namespace genocuda::apps {
namespace {

/// Names that users bring along.
std::string alias(std::string_view key) {
  if (key == "learning_rate") return ",--lr";
  if (key == "reverse_complement") return ",--rc-augment";
  return "";
}

std::string flag_name(std::string_view key) {
  std::string name = "--" + std::string(key);
  std::replace(name.begin(), name.end(), '_', '-');
  return name + alias(key);
}

template <typename T>
T parse(std::string_view key, std::string_view text, std::string_view expected) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw Error(ErrorKind::invalid_argument, "{} takes {}, not '{}'", flag_name(key), expected, text);
  }
  return value;
}

Setting to_setting(const KeyRule& rule, const std::vector<std::string>& texts) {
  const bool is_word = std::ranges::find(rule.choices, std::string_view(texts.front())) != rule.choices.end();
  if (texts.size() == 1 && is_word) return texts.front();
  switch (rule.kind) {
    case SettingKind::boolean:
      return texts.front() == "true";
    case SettingKind::integer:
      return parse<std::int64_t>(rule.key, texts.front(), "a whole number");
    case SettingKind::number:
      return parse<double>(rule.key, texts.front(), "a number");
    case SettingKind::integers:
    case SettingKind::numbers: {
      std::vector<double> numbers;
      for (const std::string& text : texts) numbers.push_back(parse<double>(rule.key, text, "numbers"));
      return numbers;
    }
    case SettingKind::texts:
      return texts;
    case SettingKind::text:
      break;
  }
  return texts.front();
}

}  // namespace

void TrainingFlags::add(CLI::App& command) {
  for (const TrainingKey& key : training_keys()) {
    if (key.rule.key == "seed") continue;  // one seed for data and training: the data's flag
    std::vector<std::string>& texts = texts_[std::string(key.rule.key)];
    CLI::Option* option = nullptr;
    if (key.rule.kind == SettingKind::boolean) {
      option = command.add_flag_callback(
          flag_name(key.rule.key), [&texts] { texts = {"true"}; }, std::string(key.help));
    } else {
      option = command.add_option(flag_name(key.rule.key), texts, std::string(key.help))->delimiter(',');
      const bool is_list = key.rule.kind == SettingKind::integers || key.rule.kind == SettingKind::numbers ||
                           key.rule.kind == SettingKind::texts;
      option->expected(is_list ? -1 : 1);
    }
    option->group("Training");
  }
}

SettingTable TrainingFlags::given() const {
  SettingTable table;
  for (const TrainingKey& key : training_keys()) {
    const auto found = texts_.find(key.rule.key);
    if (found != texts_.end() && !found->second.empty()) {
      table.emplace(key.rule.key, to_setting(key.rule, found->second));
    }
  }
  return table;
}

}  // namespace genocuda::apps

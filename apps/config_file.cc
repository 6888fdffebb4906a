// SPDX-License-Identifier: Apache-2.0
#include "apps/config_file.h"

#include <algorithm>
#include <array>
#include <set>

#include <CLI/CLI.hpp>

#include "core/error.h"
#include "core/version.h"
#include "learn/files/hash.h"
#include "learn/files/posix_file.h"
#include "learn/model/config_tree.h"
#include "learn/train/settings.h"

namespace genocuda::apps {
namespace {

/// Options that say how a run is made, not what it makes.
constexpr std::array kNotInConfig = {"help", "config", "out", "resume", "overwrite", "quiet"};

bool belongs_in_config(const CLI::Option& option) {
  if (option.get_lnames().empty() || option.get_group() == "Training") return false;
  return std::ranges::find(kNotInConfig, option.get_lnames().front()) == kNotInConfig.end();
}

/// A scalar as the command line would have it.
std::string to_text(const ConfigNode& node, std::string_view source) {
  if (const auto* text = std::get_if<std::string>(&node.value)) return *text;
  if (const auto* integer = std::get_if<std::int64_t>(&node.value)) return fmt::format("{}", *integer);
  if (const auto* number = std::get_if<double>(&node.value)) return fmt::format("{}", *number);
  if (const auto* boolean = std::get_if<bool>(&node.value)) return *boolean ? "true" : "false";
  throw config_error(source, node.line, "a value or a list of values belongs here");
}

void apply(CLI::Option& option, const ConfigNode& node, const std::string& path) {
  if (option.count() > 0) return;  // flags win
  if (const ConfigNode::List* list = node.list()) {
    for (const ConfigNode& element : *list) option.add_result(to_text(element, path));
  } else {
    option.add_result(to_text(node, path));
  }
  try {
    option.run_callback();
  } catch (const CLI::Error& error) {
    throw config_error(path, node.line, error.what());
  }
}

/// Checked here, where the lines are still known.
void check_training(const SettingTable& training, const ConfigNode& node, const std::string& path) {
  std::vector<KeyRule> rules;
  for (const TrainingKey& key : training_keys()) rules.push_back(key.rule);
  if (const auto problem = find_problem(training, rules, "[training]")) {
    const ConfigNode* culprit = node.find(problem->key);
    throw config_error(path, culprit != nullptr ? culprit->line : node.line, problem->message);
  }
}

ConfigNode text_node(std::string_view text) { return {.value = std::string(text)}; }

/// What was given or else the default, of which a list stands in brackets.
std::vector<std::string> values_of(const CLI::Option& option) {
  if (option.count() > 0) return option.results();
  const std::string text = option.get_default_str();
  const bool is_list = option.get_expected_max() > 1 && text.starts_with('[') && text.ends_with(']');
  return is_list ? CLI::detail::split(text.substr(1, text.size() - 2), ',') : std::vector{text};
}

/// An option's value for config.toml; numbers stay numbers.
ConfigNode value_node(const CLI::Option& option) {
  const std::vector<std::string> texts = values_of(option);
  const auto node = [](const std::string& text) {
    std::int64_t integer = 0;
    double number = 0;
    if (CLI::detail::lexical_cast(text, integer)) return ConfigNode{.value = integer};
    if (CLI::detail::lexical_cast(text, number)) return ConfigNode{.value = number};
    return text_node(text);
  };
  if (option.get_expected_max() <= 1) return node(texts.front());
  ConfigNode::List list;
  for (const std::string& text : texts) list.push_back(text_node(text));
  return {.value = std::move(list)};
}

}  // namespace

SettingTable apply_config(CLI::App& command, const std::string& path) {
  const ConfigNode root = parse_toml(read_text_file(path), path);
  SettingTable training;
  for (const auto& [key, node] : *root.table()) {
    if (key == "run" || key == "inputs") continue;
    if (key == "training") {
      if (node.table() == nullptr) throw config_error(path, node.line, "training is a table: [training]");
      training = settings_of(node, {}, path);
      check_training(training, node, path);
      continue;
    }
    CLI::Option* option = command.get_option_no_throw("--" + key);
    if (option == nullptr || !belongs_in_config(*option)) {
      throw config_error(path, node.line, fmt::format("'{}' is no option of genocuda {}", key, command.get_name()));
    }
    apply(*option, node, path);
  }
  return training;
}

std::string resolved_config(const CLI::App& command, const SettingTable& training,
                            const std::vector<std::string>& inputs) {
  ConfigNode::Table root, settings, run, sums;
  for (const CLI::Option* option : command.get_options()) {
    if (!belongs_in_config(*option) || (option->count() == 0 && option->get_default_str().empty())) continue;
    root.emplace_back(option->get_lnames().front(), value_node(*option));
  }
  for (const auto& [key, setting] : training) settings.emplace_back(key, to_node(setting));
  run.emplace_back("version", text_node(version()));
  for (const std::string& path : std::set<std::string>(inputs.begin(), inputs.end())) {  // once each, as keys must be
    sums.emplace_back(path, text_node(file_md5(path)));
  }
  root.emplace_back("training", ConfigNode{.value = std::move(settings)});
  root.emplace_back("run", ConfigNode{.value = std::move(run)});
  root.emplace_back("inputs", ConfigNode{.value = std::move(sums)});
  return write_toml({.value = std::move(root)});
}

}  // namespace genocuda::apps

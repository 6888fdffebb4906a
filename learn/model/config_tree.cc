// SPDX-License-Identifier: Apache-2.0
#include "learn/model/config_tree.h"

#include <algorithm>

namespace genocuda {
namespace {

Setting list_setting(const ConfigNode::List& list, std::string_view key, int line, std::string_view source) {
  std::vector<double> numbers;
  std::vector<std::string> texts;
  for (const ConfigNode& item : list) {
    if (const auto* whole = std::get_if<std::int64_t>(&item.value)) {
      numbers.push_back(static_cast<double>(*whole));
    } else if (const auto* real = std::get_if<double>(&item.value)) {
      numbers.push_back(*real);
    } else if (const auto* text = std::get_if<std::string>(&item.value)) {
      texts.push_back(*text);
    }
  }
  if (texts.size() == list.size() && !list.empty()) return texts;
  if (numbers.size() == list.size()) return numbers;
  throw config_error(source, line, fmt::format("the list '{}' must hold numbers alone or texts alone", key));
}

struct ToSetting {
  const std::string& key;
  int line;
  std::string_view source;
  Setting operator()(const ConfigNode::List& list) const { return list_setting(list, key, line, source); }
  Setting operator()(const ConfigNode::Table&) const {
    throw config_error(source, line, fmt::format("'{}' must not be a table here", key));
  }
  Setting operator()(const auto& scalar) const { return scalar; }
};

ConfigNode number_node(double value) {
  // Whole numbers in lists are written as such, which is how they were read.
  const auto whole = static_cast<std::int64_t>(std::clamp(value, -1e15, 1e15));
  if (static_cast<double>(whole) == value) return {whole};
  return {value};
}

struct ToNode {
  ConfigNode operator()(const std::vector<double>& values) const {
    ConfigNode::List list;
    for (const double value : values) list.push_back(number_node(value));
    return {std::move(list)};
  }
  ConfigNode operator()(const std::vector<std::string>& values) const {
    ConfigNode::List list;
    for (const std::string& value : values) list.push_back({value});
    return {std::move(list)};
  }
  ConfigNode operator()(const auto& scalar) const { return {scalar}; }
};

}  // namespace

const ConfigNode* ConfigNode::find(std::string_view key) const {
  if (const Table* entries = table()) {
    const auto found = std::ranges::find(*entries, key, &std::pair<std::string, ConfigNode>::first);
    if (found != entries->end()) return &found->second;
  }
  return nullptr;
}

SettingTable settings_of(const ConfigNode& table, std::span<const std::string_view> other, std::string_view source) {
  SettingTable settings;
  const ConfigNode::Table* entries = table.table();
  if (entries == nullptr) throw config_error(source, table.line, "a table { key = value, ... } must stand here");
  for (const auto& [key, node] : *entries) {
    if (std::ranges::find(other, key) != other.end()) continue;
    settings.emplace(key, std::visit(ToSetting{key, node.line, source}, node.value));
  }
  return settings;
}

ConfigNode to_node(const Setting& setting) { return std::visit(ToNode{}, setting); }

Error config_error(std::string_view source, int line, std::string_view message) {
  std::string text =
      line > 0 ? fmt::format("{}:{}: {}", source, line, message) : fmt::format("{}: {}", source, message);
  std::ranges::replace_if(
      text, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }, ' ');
  return {ErrorKind::input_file, text};
}

}  // namespace genocuda

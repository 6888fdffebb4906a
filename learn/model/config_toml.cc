// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <toml++/toml.h>

#include "learn/model/config_tree.h"

namespace genocuda {
namespace {

int line_of(const toml::source_region& region) { return static_cast<int>(region.begin.line); }

ConfigNode convert(const toml::node& node, int line, std::string_view source) {
  if (const auto* table = node.as_table()) {
    ConfigNode::Table entries;
    for (const auto& [key, value] : *table) {
      const int key_line = line_of(key.source());
      entries.emplace_back(std::string(key.str()), convert(value, key_line > 0 ? key_line : line, source));
    }
    return {std::move(entries), line};
  }
  if (const auto* array = node.as_array()) {
    ConfigNode::List list;
    for (const toml::node& item : *array) {
      const int item_line = line_of(item.source());
      list.push_back(convert(item, item_line > 0 ? item_line : line, source));
    }
    return {std::move(list), line};
  }
  if (const auto* text = node.as_string()) return {std::string(**text), line};
  if (const auto* flag = node.as_boolean()) return {**flag, line};
  if (const auto* whole = node.as_integer()) return {**whole, line};
  if (const auto* real = node.as_floating_point()) return {**real, line};
  throw config_error(source, line, "dates and times have no use here");
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (c == '\n') {
      result += "\\n";
    } else if ((c >= 0 && c < ' ') || c == '\x7f') {
      result += fmt::format("\\u{:04X}", static_cast<int>(c));
    } else {
      result += c;
    }
  }
  return result + '"';
}

std::string key_text(std::string_view key) {
  const bool bare = !key.empty() && key.find_first_not_of(
                                        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                        "0123456789_-") == std::string_view::npos;
  return bare ? std::string(key) : quoted(key);
}

std::string number_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

bool has_tables(const ConfigNode::List& list) {
  for (const ConfigNode& item : list) {
    if (item.table() != nullptr) return true;
  }
  return false;
}

/// A value as it stands behind "key =". Line breaks are allowed inside lists alone, also where they lie in an inline
/// table.
std::string value_text(const ConfigNode& node, int indent) {
  struct Write {
    int indent;
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
    std::string operator()(double value) const { return number_text(value); }
    std::string operator()(const std::string& value) const { return quoted(value); }
    std::string operator()(const ConfigNode::List& list) const {
      std::string text = "[";
      if (has_tables(list)) {
        for (const ConfigNode& item : list)
          text += fmt::format("\n{:{}}{},", "", indent + 2, value_text(item, indent + 2));
        return text + fmt::format("\n{:{}}]", "", indent);
      }
      for (std::size_t i = 0; i < list.size(); ++i) text += (i > 0 ? ", " : "") + value_text(list[i], indent);
      return text + "]";
    }
    std::string operator()(const ConfigNode::Table& table) const {
      if (table.empty()) return "{}";
      std::string text = "{ ";
      for (std::size_t i = 0; i < table.size(); ++i) {
        text +=
            fmt::format("{}{} = {}", i > 0 ? ", " : "", key_text(table[i].first), value_text(table[i].second, indent));
      }
      return text + " }";
    }
  };
  return std::visit(Write{indent}, node.value);
}

}  // namespace

ConfigNode parse_toml(std::string_view text, std::string_view source) {
  try {
    const toml::table table = toml::parse(text, source);
    return convert(table, 1, source);
  } catch (const toml::parse_error& error) {
    throw config_error(source, line_of(error.source()), fmt::format("not valid TOML: {}", error.description()));
  }
}

std::string write_toml(const ConfigNode& root) {
  std::string text, sections;
  for (const auto& [key, node] : *root.table()) {
    if (const ConfigNode::Table* table = node.table()) {
      sections += fmt::format("\n[{}]\n", key_text(key));
      for (const auto& [inner, value] : *table)
        sections += fmt::format("{} = {}\n", key_text(inner), value_text(value, 0));
    } else {
      text += fmt::format("{} = {}\n", key_text(key), value_text(node, 0));
    }
  }
  return text + sections;
}

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/error.h"
#include "learn/model/setting.h"

/// What TOML and JSON have in common: a tree of tables, lists and scalars that remembers its lines.
namespace genocuda {

struct ConfigNode {
  using List = std::vector<ConfigNode>;
  using Table = std::vector<std::pair<std::string, ConfigNode>>;

  std::variant<bool, std::int64_t, double, std::string, List, Table> value = Table{};
  int line = 0;  ///< from 1; 0 where unknown, as in JSON

  const Table* table() const { return std::get_if<Table>(&value); }
  const List* list() const { return std::get_if<List>(&value); }
  /// The value of a key of a table, or null.
  const ConfigNode* find(std::string_view key) const;
};

/// Throw Error(input_file), "source:line: what is wrong".
ConfigNode parse_toml(std::string_view text, std::string_view source);
ConfigNode parse_json(std::string_view text, std::string_view source);

/// Tables in the order of their entries: scalars and lists first ("key = value"; a list of tables one table a line),
/// then tables under [headers].
std::string write_toml(const ConfigNode& root);
std::string write_json(const ConfigNode& root);

/// The scalars and lists of a table but for the keys in `other`. `source` is for messages; a list of mixed types, or a
/// table where a setting belongs, is an Error(input_file).
SettingTable settings_of(const ConfigNode& table, std::span<const std::string_view> other, std::string_view source);
ConfigNode to_node(const Setting& setting);

/// An Error(input_file) of one line, "source:line: message"; control characters in the message become spaces.
Error config_error(std::string_view source, int line, std::string_view message);

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include <nlohmann/json.hpp>

#include "learn/model/config_tree.h"

namespace genocuda {
namespace {

using Json = nlohmann::ordered_json;

// Far above what any model nests, far below what the stack holds.
constexpr int kDeepest = 64;

ConfigNode convert(const Json& json, int depth, std::string_view source) {
  if (depth > kDeepest) throw config_error(source, 0, fmt::format("nested more than {} deep", kDeepest));
  if (json.is_boolean()) return {json.get<bool>()};
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max()) {
    throw config_error(source, 0, fmt::format("the number {} is too large", json.get<std::uint64_t>()));
  }
  if (json.is_number_integer()) return {json.get<std::int64_t>()};
  if (json.is_number_float()) return {json.get<double>()};
  if (json.is_string()) return {json.get<std::string>()};
  if (json.is_array()) {
    ConfigNode::List list;
    for (const Json& item : json) list.push_back(convert(item, depth + 1, source));
    return {std::move(list)};
  }
  if (json.is_object()) {
    ConfigNode::Table table;
    for (const auto& [key, value] : json.items()) table.emplace_back(key, convert(value, depth + 1, source));
    return {std::move(table)};
  }
  throw config_error(source, 0, "null has no meaning here");
}

struct ToJson {
  Json operator()(const ConfigNode::List& list) const {
    Json json = Json::array();
    for (const ConfigNode& item : list) json.push_back(std::visit(ToJson{}, item.value));
    return json;
  }
  Json operator()(const ConfigNode::Table& table) const {
    Json json = Json::object();
    for (const auto& [key, item] : table) json[key] = std::visit(ToJson{}, item.value);
    return json;
  }
  Json operator()(const auto& scalar) const { return scalar; }
};

}  // namespace

ConfigNode parse_json(std::string_view text, std::string_view source) {
  try {
    return convert(Json::parse(text), 0, source);
  } catch (const Json::exception& error) {
    throw config_error(source, 0, fmt::format("not valid JSON: {}", error.what()));
  }
}

std::string write_json(const ConfigNode& root) { return std::visit(ToJson{}, root.value).dump(); }

}  // namespace genocuda

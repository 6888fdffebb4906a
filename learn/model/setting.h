// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Settings: keys and values as a model file or a command line gives them, and the rules they are held against. Where
/// they were written down (TOML, JSON, code) plays no role here.
namespace genocuda {

/// Lists of numbers hold integers as doubles.
using Setting = std::variant<bool, std::int64_t, double, std::string, std::vector<double>, std::vector<std::string>>;
using SettingTable = std::map<std::string, Setting, std::less<>>;

enum class SettingKind { boolean, integer, number, text, integers, numbers, texts };

/// What a key may hold.
struct KeyRule {
  std::string_view key = {};
  SettingKind kind = SettingKind::number;
  bool required = false;
  std::optional<double> least = {};  ///< of numbers and of each number of a list
  std::optional<double> most = {};   ///< likewise
  std::vector<std::string_view> choices =
      {};                 ///< of text and of each text of a list; else words that stand for a value
  std::size_t count = 0;  ///< length of a list; 0 for any
};

struct SettingProblem {
  std::string key;      ///< "" where a key is missing
  std::string message;  ///< "conv has no key 'filter'; did you mean 'filters'?"
};

/// The first thing in `table` that breaks the rules: an unknown key (with the nearest known one, or all), a wrong type,
/// a value out of range, a required key that is missing. `what` begins the message: "conv", "[training]". An integer is
/// a number.
std::optional<SettingProblem> find_problem(const SettingTable& table, std::span<const KeyRule> rules,
                                           std::string_view what);
/// Throws the first problem as Error(invalid_argument).
void check_settings(const SettingTable& table, std::span<const KeyRule> rules, std::string_view what);

/// The value of a key, or `otherwise` where the table does not have it. The type was checked before: another one is an
/// Error(internal). get_number also takes an integer.
bool get_boolean(const SettingTable& table, std::string_view key, bool otherwise);
std::int64_t get_integer(const SettingTable& table, std::string_view key, std::int64_t otherwise);
double get_number(const SettingTable& table, std::string_view key, double otherwise);
std::string get_text(const SettingTable& table, std::string_view key, std::string_view otherwise);
std::vector<double> get_numbers(const SettingTable& table, std::string_view key);
std::vector<std::string> get_texts(const SettingTable& table, std::string_view key);
bool is_text(const SettingTable& table, std::string_view key);

/// The word of `known` that is the most like `word`, or "" where none is near (edit distance above a third of its
/// length).
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);
/// "'a', 'b' or 'c'".
std::string one_of(std::span<const std::string_view> words);

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "learn/model/setting.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"

namespace genocuda {
namespace {

std::string quoted_list(std::span<const std::string_view> words, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? last : ", ";
    text += fmt::format("'{}'", words[i]);
  }
  return text;
}

/// Insertions, deletions, substitutions and swaps of neighbours between two words. (Damerau 1964, Levenshtein 1966; no
/// letter is edited twice.)
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last, last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = std::exchange(last, row);
  }
  return last.back();
}

std::string expected(const KeyRule& rule) {
  std::string text = [&]() -> std::string {
    switch (rule.kind) {
      case SettingKind::boolean:
        return "true or false";
      case SettingKind::integer:
        return "a whole number";
      case SettingKind::number:
        return "a number";
      case SettingKind::text:
        return rule.choices.empty() ? "text" : one_of(rule.choices);
      case SettingKind::integers:
        return "a list of whole numbers";
      case SettingKind::numbers:
        return "a list of numbers";
      case SettingKind::texts:
        return rule.choices.empty() ? "a list of texts" : "a list of " + one_of(rule.choices);
    }
    return "";
  }();
  if (rule.count > 0) text += fmt::format(" of length {}", rule.count);
  if (rule.least && rule.most) {
    text += fmt::format(" from {} to {}", *rule.least, *rule.most);
  } else if (rule.least) {
    text += fmt::format(" of at least {}", *rule.least);
  } else if (rule.most) {
    text += fmt::format(" of at most {}", *rule.most);
  }
  if (rule.kind != SettingKind::text && rule.kind != SettingKind::texts && !rule.choices.empty()) {
    text += " or " + one_of(rule.choices);
  }
  return text;
}

std::string shown(const Setting& setting) {
  struct Show {
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
    std::string operator()(double value) const { return fmt::format("{}", value); }
    std::string operator()(const std::string& value) const { return fmt::format("'{}'", value); }
    std::string operator()(const std::vector<double>& value) const { return fmt::format("a list of {}", value.size()); }
    std::string operator()(const std::vector<std::string>& value) const {
      return fmt::format("a list of {}", value.size());
    }
  };
  return std::visit(Show{}, setting);
}

bool in_range(const KeyRule& rule, double value) {
  return std::isfinite(value) && (!rule.least || value >= *rule.least) && (!rule.most || value <= *rule.most);
}

bool is_choice(const KeyRule& rule, std::string_view word) {
  return std::ranges::find(rule.choices, word) != rule.choices.end();
}

bool fits_list(const KeyRule& rule, const std::vector<double>& values, bool whole) {
  return (rule.count == 0 || values.size() == rule.count) && std::ranges::all_of(values, [&](double value) {
           return in_range(rule, value) && (!whole || value == std::floor(value));
         });
}

bool fits(const KeyRule& rule, const Setting& setting) {
  const auto* text = std::get_if<std::string>(&setting);
  const auto* list = std::get_if<std::vector<double>>(&setting);
  const auto* whole = std::get_if<std::int64_t>(&setting);
  const auto* real = std::get_if<double>(&setting);
  if (text != nullptr && rule.kind != SettingKind::text) return is_choice(rule, *text);
  switch (rule.kind) {
    case SettingKind::boolean:
      return std::holds_alternative<bool>(setting);
    case SettingKind::integer:
      return whole != nullptr && in_range(rule, static_cast<double>(*whole));
    case SettingKind::number:
      return (whole != nullptr && in_range(rule, static_cast<double>(*whole))) ||
             (real != nullptr && in_range(rule, *real));
    case SettingKind::text:
      return text != nullptr && (rule.choices.empty() || is_choice(rule, *text));
    case SettingKind::integers:
      return list != nullptr && fits_list(rule, *list, true);
    case SettingKind::numbers:
      return list != nullptr && fits_list(rule, *list, false);
    case SettingKind::texts: {
      // An empty list has no kind of its own: it arrives as one of numbers.
      if (list != nullptr) return list->empty() && rule.count == 0;
      const auto* texts = std::get_if<std::vector<std::string>>(&setting);
      return texts != nullptr && (rule.count == 0 || texts->size() == rule.count) &&
             (rule.choices.empty() ||
              std::ranges::all_of(*texts, [&](const auto& word) { return is_choice(rule, word); }));
    }
  }
  return false;
}

const Setting* find(const SettingTable& table, std::string_view key) {
  const auto found = table.find(key);
  return found == table.end() ? nullptr : &found->second;
}

template <typename T>
const T& held(const Setting& setting, std::string_view key) {
  if (const T* value = std::get_if<T>(&setting)) return *value;
  throw Error(ErrorKind::internal, "setting '{}' was read as another type than it has", key);
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
  std::string_view best;
  std::size_t smallest = std::max<std::size_t>(word.size() / 3, 1) + 1;
  for (const std::string_view candidate : known) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < smallest && distance < candidate.size()) {
      smallest = distance;
      best = candidate;
    }
  }
  return best;
}

std::string one_of(std::span<const std::string_view> words) { return quoted_list(words, " or "); }

std::optional<SettingProblem> find_problem(const SettingTable& table, std::span<const KeyRule> rules,
                                           std::string_view what) {
  for (const auto& [key, setting] : table) {
    const auto rule = std::ranges::find(rules, key, &KeyRule::key);
    if (rule == rules.end()) {
      std::vector<std::string_view> known;
      for (const KeyRule& each : rules) known.push_back(each.key);
      const std::string_view near = nearest(key, known);
      if (!near.empty()) return {{key, fmt::format("{} has no key '{}'; did you mean '{}'?", what, key, near)}};
      if (known.empty()) return {{key, fmt::format("{} has no key '{}', it takes none", what, key)}};
      return {{key, fmt::format("{} has no key '{}'; it knows {}", what, key, quoted_list(known, " and "))}};
    }
    if (!fits(*rule, setting)) {
      return {{key, fmt::format("{}: '{}' must be {}, not {}", what, key, expected(*rule), shown(setting))}};
    }
  }
  for (const KeyRule& rule : rules) {
    if (rule.required && !table.contains(rule.key)) {
      return {{"", fmt::format("{} needs the key '{}', {}", what, rule.key, expected(rule))}};
    }
  }
  return std::nullopt;
}

void check_settings(const SettingTable& table, std::span<const KeyRule> rules, std::string_view what) {
  if (const auto problem = find_problem(table, rules, what)) throw Error(ErrorKind::invalid_argument, problem->message);
}

bool get_boolean(const SettingTable& table, std::string_view key, bool otherwise) {
  const Setting* setting = find(table, key);
  return setting == nullptr ? otherwise : held<bool>(*setting, key);
}

std::int64_t get_integer(const SettingTable& table, std::string_view key, std::int64_t otherwise) {
  const Setting* setting = find(table, key);
  return setting == nullptr ? otherwise : held<std::int64_t>(*setting, key);
}

double get_number(const SettingTable& table, std::string_view key, double otherwise) {
  const Setting* setting = find(table, key);
  if (setting == nullptr) return otherwise;
  if (const auto* whole = std::get_if<std::int64_t>(setting)) return static_cast<double>(*whole);
  return held<double>(*setting, key);
}

std::string get_text(const SettingTable& table, std::string_view key, std::string_view otherwise) {
  const Setting* setting = find(table, key);
  return setting == nullptr ? std::string(otherwise) : held<std::string>(*setting, key);
}

std::vector<double> get_numbers(const SettingTable& table, std::string_view key) {
  const Setting* setting = find(table, key);
  return setting == nullptr ? std::vector<double>{} : held<std::vector<double>>(*setting, key);
}

std::vector<std::string> get_texts(const SettingTable& table, std::string_view key) {
  const Setting* setting = find(table, key);
  if (setting == nullptr) return {};
  if (const auto* list = std::get_if<std::vector<double>>(setting); list != nullptr && list->empty()) return {};
  return held<std::vector<std::string>>(*setting, key);
}

bool is_text(const SettingTable& table, std::string_view key) {
  const Setting* setting = find(table, key);
  return setting != nullptr && std::holds_alternative<std::string>(*setting);
}

}  // namespace genocuda

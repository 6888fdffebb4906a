// SPDX-License-Identifier: Apache-2.0
#include "genomics/contig_names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <map>

#include <fmt/format.h>

#include "core/error.h"

namespace genocuda {
namespace {

constexpr int kLargestNumeral = 39;  // XXXIX: more chromosomes than any genome numbered in roman numerals has
constexpr int kTen = 10;             // X, which may be the sex chromosome

// What is left of a name without "chr" and its like, in capitals, with one name for all mitochondria.
std::string core_name(std::string_view name) {
  std::string core(name);
  for (char& letter : core) letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  for (const std::string_view prefix : {"CHROMOSOME", "CHROM", "CHR"}) {
    if (core.size() > prefix.size() && core.starts_with(prefix)) {
      core.erase(0, prefix.size());
      if (core.size() > 1 && core.front() == '_') core.erase(0, 1);
      break;
    }
  }
  for (const std::string_view mitochondrion : {"MT", "MITO", "MTDNA", "MITOCHONDRION"}) {
    if (core == mitochondrion) return "M";
  }
  return core;
}

std::string to_roman(int number) {
  static constexpr std::array<const char*, 10> kOnes{"", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"};
  return std::string(static_cast<std::size_t>(number / 10), 'X') + kOnes[static_cast<std::size_t>(number % 10)];
}

// The number that a core name spells in digits, 0 where it does not.
int from_digits(const std::string& core) {
  int number = 0;
  const auto [end, error] = std::from_chars(core.data(), core.data() + core.size(), number);
  if (error != std::errc{} || end != core.data() + core.size() || core.front() == '0') return 0;
  return number > 0 && number <= kLargestNumeral ? number : 0;
}

int from_roman(const std::string& core) {
  static const std::map<std::string, int> numerals = [] {
    std::map<std::string, int> all;
    for (int number = 1; number <= kLargestNumeral; ++number) all[to_roman(number)] = number;
    return all;
  }();
  const auto found = numerals.find(core);
  return found == numerals.end() ? 0 : found->second;
}

constexpr std::int32_t kNone = -1, kSeveral = -2;

class Aliases {
 public:
  explicit Aliases(const std::vector<std::string>& contigs) {
    for (std::size_t i = 0; i < contigs.size(); ++i) {
      if (contigs[i].empty()) continue;
      const auto [entry, added] = by_core_.try_emplace(core_name(contigs[i]), static_cast<std::int32_t>(i));
      if (!added) entry->second = kSeveral;
    }
  }

  std::int32_t find(const std::string& core) const {
    const auto found = by_core_.find(core);
    return found == by_core_.end() || found->second == kSeveral ? kNone : found->second;
  }

  // A number among roman contigs; X is a ten only in a full row of numerals.
  std::int32_t find_number(int number) const {
    if (number >= kTen) {
      for (int smaller = 1; smaller < kTen; ++smaller) {
        if (!by_core_.contains(to_roman(smaller))) return kNone;
      }
    }
    return find(to_roman(number));
  }

 private:
  std::map<std::string, std::int32_t> by_core_;
};

}  // namespace

std::int32_t ContigNames::add(std::string name) {
  const std::int32_t contig = size();
  if (!name.empty() && !exact_.try_emplace(name, contig).second) {
    throw Error(ErrorKind::invalid_argument, "contig '{}' comes twice; rename or remove one of them", name);
  }
  names_.push_back(std::move(name));
  return contig;
}

std::optional<std::int32_t> ContigNames::find(std::string_view name) const {
  const auto found = exact_.find(name);
  if (found == exact_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::int32_t> ContigNames::match(std::span<const std::string> names, Notices* notices) const {
  std::vector<std::int32_t> contigs(names.size(), kNone);
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (const auto contig = find(names[i])) {
      contigs[i] = *contig;
    } else {
      open.push_back(i);
    }
  }
  if (open.empty()) return contigs;

  const Aliases aliases(names_);
  bool roman_names = false;
  std::vector<std::size_t> tens;
  for (const std::size_t i : open) {
    const std::string core = core_name(names[i]);
    contigs[i] = aliases.find(core);
    if (contigs[i] != kNone || core.empty()) continue;
    if (const int number = from_digits(core)) {
      contigs[i] = aliases.find_number(number);
    } else if (const int numeral = from_roman(core); numeral == kTen) {
      tens.push_back(i);
    } else if (numeral != 0) {
      contigs[i] = aliases.find(std::to_string(numeral));
      roman_names |= contigs[i] != kNone;
    }
  }
  if (roman_names) {
    for (const std::size_t i : tens) contigs[i] = aliases.find(std::to_string(kTen));
  }
  if (notices) {
    for (const std::size_t i : open) {
      if (contigs[i] != kNone) {
        notices->say("contig names matched by alias", fmt::format("{} = {}", names[i], (*this)[contigs[i]]));
      }
    }
  }
  return contigs;
}

std::string ContigNames::summary() const {
  constexpr std::size_t kShown = 5;
  const std::size_t shown = std::min(kShown, names_.size());
  std::string text =
      fmt::format("{}", fmt::join(names_.begin(), names_.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (shown < names_.size()) text += fmt::format(" and {} more", names_.size() - shown);
  return text;
}

}  // namespace genocuda

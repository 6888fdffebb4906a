// SPDX-License-Identifier: Apache-2.0
#include "genomics/check.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "genomics/sequence_keys.h"

namespace genocuda {
namespace {

std::string percent(std::int64_t part, std::int64_t whole) {
  return fmt::format("{:.3g} %", whole == 0 ? 0. : 100. * static_cast<double>(part) / static_cast<double>(whole));
}

// A few names for a message: "a, b, c and 7 more".
std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 3;
  const std::size_t shown = std::min(kShown, names.size());
  std::string text =
      fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (shown < names.size()) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

class Checker {
 public:
  Checker(std::span<const CheckedSet> sets, const CheckLimits& limits) : sets_(sets), limits_(limits) {}

  CheckReport run() {
    contigs();
    for (const CheckedSet& set : sets_) {
      if (set.examples->size() == 0) {
        say(Severity::fatal, "contigs", "{}: no examples", set.name);
        continue;
      }
      chromosomes(set);
      bounds(set);
      unknown_bases(set);
    }
    sequences();
    places();
    for (const CheckedSet& set : sets_) labels(set, &set == sets_.data());
    return std::move(report_);
  }

 private:
  template <typename... Args>
  void say(Severity severity, const char* subject, fmt::format_string<Args...> format, Args&&... args) {
    report_.findings.push_back({severity, subject, fmt::format(format, std::forward<Args>(args)...)});
  }

  // Fatal from the limit on, a warning for any.
  static Severity severity_of(std::int64_t part, std::int64_t whole, double limit) {
    return static_cast<double>(part) >= limit * static_cast<double>(whole) ? Severity::fatal : Severity::warning;
  }

  void contigs() {
    std::set<const Genome*> seen;
    for (const CheckedSet& set : sets_) {
      const Genome* genome = set.examples->genome.get();
      if (!genome || !seen.insert(genome).second) continue;
      std::int64_t unknown = 0;
      for (std::int32_t contig = 0; contig < genome->size(); ++contig) {
        unknown += genome->sequence(contig).count_unknown(0, genome->length(contig));
      }
      const bool named = genome->size() > 0 && !genome->name(0).empty();
      say(Severity::info, "contigs", "{}: {} {}, {} bases, {} unknown{}", genome->source(), genome->size(),
          named ? "contigs" : "sequences", genome->total_length(), percent(unknown, genome->total_length()),
          named ? " (" + genome->names().summary() + ")" : "");
    }
  }

  void chromosomes(const CheckedSet& set) {
    std::map<std::string, std::int64_t, std::less<>> counts;
    for (std::int64_t i = 0; i < set.examples->size(); ++i) ++counts[std::string(set.examples->chromosome(i))];
    const auto unplaced = counts.extract("");
    std::string places = unplaced ? fmt::format(", {} of them without a known place", unplaced.mapped()) : "";
    if (!counts.empty()) places += fmt::format(", on {} chromosomes", counts.size());
    say(Severity::info, "contigs", "{}: {} examples of {} bases{}", set.name, set.examples->size(),
        set.examples->length, places);
  }

  void bounds(const CheckedSet& set) {
    const Examples& examples = *set.examples;
    std::int64_t over = 0, outside = 0, first = -1;
    for (std::int64_t i = 0; i < examples.size(); ++i) {
      const Window& window = examples.windows[static_cast<std::size_t>(i)];
      const std::int64_t size = examples.genome->length(window.contig);
      if (window.start >= size || window.start <= -examples.length) {
        ++outside;
        if (first < 0) first = i;
      } else if (window.start < 0 || window.start > size - examples.length) {
        ++over;
      }
    }
    if (outside > 0) {
      say(severity_of(outside, examples.size(), limits_.outside), "bounds",
          "{}: {} windows ({}) lie wholly outside their contig, the first is {}", set.name, outside,
          percent(outside, examples.size()), examples.origin(first));
    }
    if (over > 0) {
      say(Severity::info, "bounds", "{}: {} windows ({}) reach over an end of their contig and are padded with N",
          set.name, over, percent(over, examples.size()));
    }
  }

  void unknown_bases(const CheckedSet& set) {
    const Examples& examples = *set.examples;
    std::int64_t unknown = 0, blank = 0, first = -1;
    for (std::int64_t i = 0; i < examples.size(); ++i) {
      const Window& window = examples.windows[static_cast<std::size_t>(i)];
      const std::int64_t count = examples.genome->sequence(window.contig).count_unknown(window.start, examples.length);
      unknown += count;
      if (count == examples.length) {
        ++blank;
        if (first < 0) first = i;
      }
    }
    say(Severity::info, "unknown bases", "{}: {} of all bases", set.name,
        percent(unknown, examples.size() * examples.length));
    if (blank > 0) {
      say(severity_of(blank, examples.size(), limits_.unknown_windows), "unknown bases",
          "{}: {} examples ({}) have no known base, the first is {}", set.name, blank, percent(blank, examples.size()),
          examples.origin(first));
    }
  }

  // Duplicates within each set, and sequences that stand in an earlier set already.
  void sequences() {
    std::map<SequenceKey, std::size_t> set_of_key;
    for (std::size_t s = 0; s < sets_.size(); ++s) {
      const Examples& examples = *sets_[s].examples;
      if (examples.size() == 0) continue;
      const std::vector<SequenceKey> keys = sequence_keys(examples);
      std::map<SequenceKey, std::int64_t> first_of_key;
      std::int64_t repeats = 0, contradictions = 0, first_contradiction = -1;
      std::map<std::size_t, std::pair<std::int64_t, std::int64_t>> leaks;  // earlier set -> count, first example
      for (std::int64_t i = 0; i < examples.size(); ++i) {
        const SequenceKey& key = keys[static_cast<std::size_t>(i)];
        const auto [own, is_new] = first_of_key.try_emplace(key, i);
        if (!is_new) {
          ++repeats;
          if (!same_labels(examples, own->second, i)) {
            if (contradictions++ == 0) first_contradiction = i;
          }
        }
        const auto owner = set_of_key.try_emplace(key, s).first->second;
        if (owner != s && examples.length == sets_[owner].examples->length) {
          if (leaks[owner].first++ == 0) leaks[owner].second = i;
        }
      }
      if (repeats > 0) {
        say(Severity::warning, "duplicates", "{}: {} examples ({}) repeat the sequence of another, on either strand",
            sets_[s].name, repeats, percent(repeats, examples.size()));
      }
      if (contradictions > 0) {
        say(Severity::warning, "duplicates",
            "{}: {} of these have other labels than the first of their kind, as has {}", sets_[s].name, contradictions,
            examples.origin(first_contradiction));
      }
      for (const auto& [owner, leak] : leaks) {
        say(severity_of(leak.first, examples.size(), limits_.same_sequence), "leakage",
            "{}: {} examples ({}) have a sequence that stands in {} too, the first is {}", sets_[s].name, leak.first,
            percent(leak.first, examples.size()), sets_[owner].name, examples.origin(leak.second));
      }
    }
  }

  static bool same_labels(const Examples& examples, std::int64_t a, std::int64_t b) {
    for (std::int64_t task = 0; task < examples.task_count(); ++task) {
      const float x = examples.labels.get(a, task), y = examples.labels.get(b, task);
      if (x != y && !(std::isnan(x) && std::isnan(y))) return false;
    }
    return true;
  }

  struct Interval {
    std::int64_t start, end;
  };

  // Places of each set that overlap places of an earlier one.
  void places() {
    std::vector<std::map<std::string, std::vector<Interval>, std::less<>>> by_chromosome(sets_.size());
    for (std::size_t s = 0; s < sets_.size(); ++s) {
      const Examples& examples = *sets_[s].examples;
      for (std::int64_t i = 0; i < examples.size(); ++i) {
        const Locus locus = examples.locus(i);
        if (locus.known()) by_chromosome[s][std::string(examples.chromosome(i))].push_back({locus.start, locus.end});
      }
      for (auto& [name, intervals] : by_chromosome[s]) {
        std::sort(intervals.begin(), intervals.end(), [](const auto& a, const auto& b) { return a.start < b.start; });
      }
    }
    for (std::size_t later = 1; later < sets_.size(); ++later) {
      for (std::size_t earlier = 0; earlier < later; ++earlier) {
        std::int64_t overlapping = 0;
        std::string chromosome;
        for (const auto& [name, intervals] : by_chromosome[later]) {
          const auto found = by_chromosome[earlier].find(name);
          if (found == by_chromosome[earlier].end()) continue;
          const std::int64_t count = count_overlapping(intervals, found->second);
          if (count > 0 && chromosome.empty()) chromosome = name;
          overlapping += count;
        }
        if (overlapping == 0) continue;
        const std::int64_t size = sets_[later].examples->size();
        say(severity_of(overlapping, size, limits_.overlapping), "leakage",
            "{}: {} examples ({}) overlap places of {}, as on {}; split by chromosome", sets_[later].name, overlapping,
            percent(overlapping, size), sets_[earlier].name, chromosome);
      }
    }
  }

  // How many of `intervals` overlap any of `others`; both are sorted by start.
  static std::int64_t count_overlapping(const std::vector<Interval>& intervals, const std::vector<Interval>& others) {
    std::int64_t count = 0,
                 furthest = others.front().start;  // the furthest end of the others that start before the end
    std::vector<Interval> by_end = intervals;
    std::sort(by_end.begin(), by_end.end(), [](const auto& a, const auto& b) { return a.end < b.end; });
    auto next = others.begin();
    for (const Interval& interval : by_end) {
      for (; next != others.end() && next->start < interval.end; ++next) furthest = std::max(furthest, next->end);
      count += next != others.begin() && furthest > interval.start;
    }
    return count;
  }

  void labels(const CheckedSet& set, bool first) {
    const Examples& examples = *set.examples;
    if (examples.size() == 0) return;
    if (examples.tasks.empty()) {
      say(Severity::info, "labels", "{}: no tasks", set.name);
      return;
    }
    const bool binary = examples.labels.binary();
    binary ? classes(set) : values(set);
    const std::vector<std::string> constant = constant_tasks(examples);
    if (constant.empty()) return;
    const bool all = constant.size() == examples.tasks.size();
    say(all && first ? Severity::fatal : Severity::warning, "labels", "{}: {} of {} tasks {} and {}: {}", set.name,
        constant.size(), examples.tasks.size(), binary ? "lack positives or negatives" : "have but one value",
        first ? "cannot be learned" : "cannot be scored", some_of(constant));
  }

  void classes(const CheckedSet& set) {
    const Examples& examples = *set.examples;
    for (std::int64_t task = 0; task < examples.task_count(); ++task) {
      const std::string& name = examples.tasks[static_cast<std::size_t>(task)];
      std::int64_t positive = 0, missing = 0;
      for (std::int64_t i = 0; i < examples.size(); ++i) {
        const float label = examples.labels.get(i, task);
        positive += label == 1.f;
        missing += std::isnan(label);
      }
      const std::int64_t known = examples.size() - missing;
      say(Severity::info, "labels", "{}: {}: {} of {} positive ({}){}", set.name, name, positive, known,
          percent(positive, known), missing > 0 ? fmt::format(", {} missing", missing) : "");
    }
  }

  void values(const CheckedSet& set) {
    const Examples& examples = *set.examples;
    for (std::int64_t task = 0; task < examples.task_count(); ++task) {
      const std::string& name = examples.tasks[static_cast<std::size_t>(task)];
      double sum = 0, lowest = INFINITY, highest = -INFINITY;
      std::int64_t known = 0;
      for (std::int64_t i = 0; i < examples.size(); ++i) {
        const auto value = static_cast<double>(examples.labels.get(i, task));
        if (std::isnan(value)) continue;
        ++known;
        sum += value;
        lowest = std::min(lowest, value);
        highest = std::max(highest, value);
      }
      if (known > 0) {
        say(Severity::info, "labels", "{}: {}: {} values of {:.4g} to {:.4g}, mean {:.4g}", set.name, name, known,
            lowest, highest, sum / static_cast<double>(known));
      }
    }
  }

  std::span<const CheckedSet> sets_;
  CheckLimits limits_;
  CheckReport report_;
};

}  // namespace

const char* name_of(Severity severity) {
  return severity == Severity::info ? "info" : severity == Severity::warning ? "warning" : "fatal";
}

std::int64_t CheckReport::count(Severity severity) const {
  return std::count_if(findings.begin(), findings.end(),
                       [&](const Finding& found) { return found.severity == severity; });
}

CheckReport check(std::span<const CheckedSet> sets, const CheckLimits& limits) { return Checker(sets, limits).run(); }

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "genomics/splits.h"

#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "core/philox.h"
#include "genomics/sequence_keys.h"

namespace genocuda {
namespace {

constexpr std::uint64_t kFractionStream = 0x73706C6974;  // "split"

enum class Part : std::uint8_t { none, train, valid, test };

std::vector<std::int64_t>& list_of(Split& split, Part part) {
  return part == Part::train ? split.train : part == Part::valid ? split.valid : split.test;
}

const char* name_of(Part part) { return part == Part::train ? "train" : part == Part::valid ? "valid" : "test"; }

void require_filled(Split& split, Part part) {
  if (!list_of(split, part).empty()) return;
  throw Error(ErrorKind::invalid_argument, "the {} split is empty; give it other chromosomes or a larger share",
              name_of(part));
}

// Gives each chromosome named in `wanted` to `part`.
void assign(const ContigNames& chromosomes, const std::string& source, const std::vector<std::string>& wanted,
            Part part, std::vector<Part>& parts, Notices* notices) {
  const std::vector<std::int32_t> found = chromosomes.match(wanted, notices);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (found[i] < 0) {
      throw Error(ErrorKind::invalid_argument, "chromosome '{}' of the {} split is not in {}, which has {}", wanted[i],
                  name_of(part), source, chromosomes.summary());
    }
    Part& held = parts[static_cast<std::size_t>(found[i])];
    if (held != Part::none) {
      throw Error(ErrorKind::invalid_argument, "chromosome '{}' is named for {} and for {}; name it once", wanted[i],
                  name_of(held), name_of(part));
    }
    held = part;
  }
}

void require_places(const Examples& examples) {
  for (std::int64_t i = 0; i < examples.size(); ++i) {
    if (examples.locus(i).known()) continue;
    throw Error(
        ErrorKind::invalid_argument,
        "{}: no chromosome is known for '{}', so the set cannot be split by chromosome; split it by share or file",
        examples.origin(i), examples.name(i));
  }
}

// Where a window without a known base begins, and 0, 0 for any other: what tells those apart that have no sequence.
using Place = std::pair<std::int32_t, std::int64_t>;

std::vector<std::pair<SequenceKey, Place>> group_keys(const Examples& examples) {
  std::vector<std::pair<SequenceKey, Place>> keys;
  if (examples.windows.empty()) return keys;
  Examples outside;
  outside.genome = examples.genome;
  outside.length = examples.length;
  outside.windows = {{0, Strand::forward, -examples.length}};
  const SequenceKey unknown = sequence_keys(outside).front();
  keys.reserve(examples.windows.size());
  for (const SequenceKey& key : sequence_keys(examples)) {
    const Window& window = examples.windows[keys.size()];
    keys.emplace_back(key, key == unknown ? Place{window.contig, window.start} : Place{});
  }
  return keys;
}

}  // namespace

Split split_by_chromosome(const Examples& examples, const std::vector<std::string>& train,
                          const std::vector<std::string>& valid, const std::vector<std::string>& test,
                          Notices* notices) {
  require_places(examples);
  ContigNames chromosomes;
  for (std::string& name : examples.chromosome_names()) chromosomes.add(std::move(name));
  std::vector<Part> parts(static_cast<std::size_t>(chromosomes.size()), Part::none);
  // What has the chromosomes: a genome, or the first of several signals in its place.
  const std::string source =
      examples.chromosomes.empty() && examples.genome ? examples.genome->source() : std::string("the data");
  assign(chromosomes, source, train, Part::train, parts, notices);
  assign(chromosomes, source, valid, Part::valid, parts, notices);
  assign(chromosomes, source, test, Part::test, parts, notices);
  const Part others = train.empty() ? Part::train : Part::none;

  Split split;
  for (std::int64_t i = 0; i < examples.size(); ++i) {
    const Locus locus = examples.locus(i);
    Part part = parts[static_cast<std::size_t>(locus.chromosome)];
    if (part == Part::none) part = others;
    if (part != Part::none) list_of(split, part).push_back(i);
  }
  require_filled(split, Part::train);
  if (!valid.empty()) require_filled(split, Part::valid);
  if (!test.empty()) require_filled(split, Part::test);
  return split;
}

Split split_by_fraction(const Examples& examples, double valid, double test, std::uint64_t seed) {
  if (!(valid >= 0 && test >= 0 && valid + test < 1)) {
    throw Error(ErrorKind::invalid_argument,
                "shares of {} for valid and {} for test cannot be; both are at least 0 and their sum is below 1", valid,
                test);
  }
  // Groups of equal sequences, in the order of their first example.
  std::map<std::pair<SequenceKey, Place>, std::size_t> group_of_key;
  std::vector<std::vector<std::int64_t>> groups;
  const std::vector<std::pair<SequenceKey, Place>> keys = group_keys(examples);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto [entry, added] = group_of_key.try_emplace(keys[i], groups.size());
    if (added) groups.emplace_back();
    groups[entry->second].push_back(static_cast<std::int64_t>(i));
  }

  // The first groups of a random order fill test, the next valid.
  philox::Generator random(seed, kFractionStream);
  for (std::size_t i = groups.size(); i > 1; --i) {
    std::swap(groups[i - 1], groups[random.below(static_cast<std::uint32_t>(i))]);
  }
  const auto wanted = [&](double share) {
    return static_cast<std::size_t>(std::llround(share * static_cast<double>(keys.size())));
  };
  std::vector<Part> parts(keys.size(), Part::train);
  std::size_t group = 0;
  for (const auto& [part, size] : {std::pair{Part::test, wanted(test)}, std::pair{Part::valid, wanted(valid)}}) {
    for (std::size_t filled = 0; filled < size && group < groups.size(); ++group) {
      for (const std::int64_t example : groups[group]) parts[static_cast<std::size_t>(example)] = part;
      filled += groups[group].size();
    }
  }
  Split split;
  for (std::size_t i = 0; i < parts.size(); ++i) list_of(split, parts[i]).push_back(static_cast<std::int64_t>(i));
  require_filled(split, Part::train);
  if (valid > 0) require_filled(split, Part::valid);
  if (test > 0) require_filled(split, Part::test);
  return split;
}

}  // namespace genocuda

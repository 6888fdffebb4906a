// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "genomics/notices.h"

namespace genocuda {

/// Names of contigs with their numbers, found under the names that other files use for them too:
/// `chr1` and `1`; `chrM`, `MT`, `chrmt`, `Mito` and `MtDNA`; `chr4` and `chrIV`.
///
/// An exact match comes first, and an alias counts only where it fits one contig alone. X is a roman ten and a sex
/// chromosome: `10` is taken as `X` only where I to IX are contigs too, and `X` as `10` only where the names looked up
/// together hold another roman numeral that needs translation. Empty names may repeat and are never found.
class ContigNames {
 public:
  /// Adds a name and returns its number; Error (invalid_argument) where a name that is not empty is there already.
  std::int32_t add(std::string name);

  std::int32_t size() const { return static_cast<std::int32_t>(names_.size()); }
  const std::string& operator[](std::int32_t contig) const { return names_[static_cast<std::size_t>(contig)]; }

  /// The contig of exactly this name.
  std::optional<std::int32_t> find(std::string_view name) const;

  /// The contig of each name, by alias where there is no exact match, -1 where there is none. Aliases used are said to
  /// `notices`. Look up the names of a file together: they tell what X means.
  std::vector<std::int32_t> match(std::span<const std::string> names, Notices* notices = nullptr) const;

  /// "chr1, chr2, chr3 and 21 more", for messages.
  std::string summary() const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  std::vector<std::string> names_;
  std::unordered_map<std::string, std::int32_t, Hash, std::equal_to<>> exact_;
};

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "genomics/shuffle.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace genocuda {
namespace {

constexpr std::size_t kLetters = dna::kBases + 1;

std::size_t draw_below(std::size_t bound, philox::Generator& random) {
  return random.below(static_cast<std::uint32_t>(bound));
}

}  // namespace

void dinucleotide_shuffle(std::span<std::uint8_t> codes, philox::Generator& random) {
  if (codes.size() < 3) return;
  std::array<std::vector<std::uint8_t>, kLetters> next;  // the letters that follow each letter, one entry an edge
  for (std::size_t i = 0; i + 1 < codes.size(); ++i) next[codes[i]].push_back(codes[i + 1]);
  const std::uint8_t last = codes.back();

  // The last edge out of each letter: from every letter walk at random until the tree is met; overwriting the edge
  // taken when a letter is met again erases the loop.
  std::array<bool, kLetters> in_tree{};
  std::array<std::size_t, kLetters> last_edge{};
  in_tree[last] = true;
  for (std::size_t letter = 0; letter < kLetters; ++letter) {
    if (next[letter].empty()) continue;
    for (std::size_t at = letter; !in_tree[at]; at = next[at][last_edge[at]]) {
      last_edge[at] = draw_below(next[at].size(), random);
    }
    for (std::size_t at = letter; !in_tree[at]; at = next[at][last_edge[at]]) in_tree[at] = true;
  }

  for (std::size_t letter = 0; letter < kLetters; ++letter) {
    std::vector<std::uint8_t>& edges = next[letter];
    if (edges.empty()) continue;
    std::size_t free_edges = edges.size();
    if (letter != last) std::swap(edges[last_edge[letter]], edges[--free_edges]);
    for (std::size_t i = free_edges; i > 1; --i) std::swap(edges[i - 1], edges[draw_below(i, random)]);
  }
  std::array<std::size_t, kLetters> used{};
  for (std::size_t i = 0; i + 1 < codes.size(); ++i) codes[i + 1] = next[codes[i]][used[codes[i]]++];
}

PackedSequence dinucleotide_shuffle(const PackedSequence& sequence, philox::Generator& random) {
  std::vector<std::uint8_t> codes(static_cast<std::size_t>(sequence.size()));
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = sequence.code(static_cast<std::int64_t>(i));
  dinucleotide_shuffle(codes, random);
  PackedSequence shuffled;
  for (const std::uint8_t code : codes) shuffled.append_code(code);
  shuffled.shrink_to_fit();
  return shuffled;
}

}  // namespace genocuda

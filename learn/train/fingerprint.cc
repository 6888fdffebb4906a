// SPDX-License-Identifier: Apache-2.0
#include "learn/train/fingerprint.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "core/dna.h"
#include "genomics/tracks.h"

namespace genocuda {
namespace {

/// One multiplication a word: a human genome takes a fraction of a second.
class Hash {
 public:
  void add(std::uint64_t word) {
    value_ = (value_ ^ word) * 0x9E3779B97F4A7C15u;
    value_ ^= value_ >> 29;
  }
  void add(std::span<const std::uint32_t> words) {
    for (const std::uint32_t word : words) add(word);
  }
  void add(const std::string& text) {
    add(text.size());
    for (const char letter : text) add(static_cast<unsigned char>(letter));
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0x243F6A8885A308D3u;
};

void add_genome(Hash& hash, const Genome& genome) {
  for (std::int32_t contig = 0; contig < genome.size(); ++contig) {
    const PackedSequence& sequence = genome.sequence(contig);
    hash.add(static_cast<std::uint64_t>(genome.length(contig)));
    hash.add(std::span(sequence.codes(), static_cast<std::size_t>(dna::code_words(sequence.size()))));
    hash.add(std::span(sequence.mask(), static_cast<std::size_t>(dna::mask_words(sequence.size()))));
  }
}

void add_signals(Hash& hash, const SignalSet& signals) {
  for (const auto& [name, tracks] : signals) {
    hash.add(name);
    hash.add(static_cast<std::uint64_t>(tracks->bin()));
    for (const std::string& channel : tracks->names()) hash.add(channel);
    for (const float value : tracks->values()) hash.add(std::bit_cast<std::uint32_t>(value));
  }
}

void add_labels(Hash& hash, const Examples& examples) {
  std::vector<float> row(static_cast<std::size_t>(examples.task_count()));
  for (std::int64_t i = 0; i < examples.size(); ++i) {
    examples.labels.copy_row(i, row.data());
    // All missing labels are one, whatever their bits.
    for (const float label : row) hash.add(std::isnan(label) ? ~std::uint64_t{0} : std::bit_cast<std::uint32_t>(label));
  }
}

}  // namespace

std::string fingerprint(const Examples& examples) {
  Hash hash;
  if (examples.genome) add_genome(hash, *examples.genome);
  hash.add(static_cast<std::uint64_t>(examples.length));
  for (const Window& window : examples.windows) {
    hash.add(static_cast<std::uint64_t>(window.contig) << 1 | static_cast<std::uint64_t>(window.strand));
    hash.add(static_cast<std::uint64_t>(window.start));
  }
  for (const std::string& task : examples.tasks) hash.add(task);
  add_labels(hash, examples);
  add_signals(hash, examples.signals);
  return fmt::format("{} examples of {} bases, {} tasks, hash {:016x}", examples.size(), examples.length,
                     examples.task_count(), hash.value());
}

}  // namespace genocuda

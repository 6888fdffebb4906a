// SPDX-License-Identifier: Apache-2.0
#include "genomics/sequence_set.h"

#include <utility>

#include "core/error.h"

namespace genocuda {

SequenceSet::SequenceSet(std::string file, std::int64_t length, std::vector<std::string> tasks)
    : genome_(std::make_shared<Genome>(file)), fit_(length > 0) {
  examples_.length = length;
  examples_.labels = LabelMatrix(0, static_cast<std::int64_t>(tasks.size()));
  examples_.tasks = std::move(tasks);
  examples_.files.push_back(std::move(file));
}

void SequenceSet::add(PackedSequence sequence, std::string name, const std::optional<Place>& place,
                      std::span<const float> labels, std::int64_t line) {
  const std::int64_t bases = sequence.size();
  if (bases == 0) {
    throw Error(ErrorKind::input_file, "{} line {}: the sequence is empty; remove the record", examples_.files[0],
                line);
  }
  if (examples_.length == 0) examples_.length = bases;
  if (!fit_ && bases != examples_.length) {
    throw Error(
        ErrorKind::input_file,
        "{} line {}: the sequence has {} bases and those before it {}; make them one length or ask for a length",
        examples_.files[0], line, bases, examples_.length);
  }
  sequence.shrink_to_fit();
  const std::int32_t contig = genome_->add("", std::move(sequence));
  // Rounds towards the start for cropping and padding alike.
  const std::int64_t start =
      bases >= examples_.length ? (bases - examples_.length) / 2 : -((examples_.length - bases) / 2);
  examples_.windows.push_back({contig, Strand::forward, start});
  if (!examples_.tasks.empty()) examples_.labels.append_row(labels);
  any_name_ |= !name.empty();
  examples_.names.push_back(std::move(name));
  Locus locus;
  if (place) {
    const auto [entry, added] =
        chromosomes_.try_emplace(place->chromosome, static_cast<std::int32_t>(examples_.chromosomes.size()));
    if (added) examples_.chromosomes.push_back(place->chromosome);
    locus = {entry->second, place->strand, place->start, place->end};
    any_place_ = true;
  }
  examples_.loci.push_back(locus);
  examples_.origins.push_back({0, line});
}

Examples SequenceSet::finish() {
  if (!any_place_) examples_.loci.clear();
  if (!any_name_) examples_.names.clear();
  examples_.genome = std::move(genome_);
  return std::exchange(examples_, {});
}

}  // namespace genocuda

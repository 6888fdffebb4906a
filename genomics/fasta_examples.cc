// SPDX-License-Identifier: Apache-2.0
#include "genomics/fasta_examples.h"

#include <algorithm>
#include <memory>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.h"
#include "genomics/fasta.h"
#include "genomics/shuffle.h"
#include "genomics/text.h"

namespace genocuda {
namespace {

constexpr std::uint64_t kShuffleStream = std::uint64_t{0x73687566} << 32;  // "shuf"; example and copy count below

// "chr1:100-200" or "name::chr1:-20-200(-)" with the numbers as written.
std::optional<Place> parse_place(std::string_view word) {
  Place place;
  if (word.ends_with("(+)") || word.ends_with("(-)")) {
    if (word[word.size() - 2] == '-') place.strand = Strand::reverse;
    word.remove_suffix(3);
  }
  const std::size_t colon = word.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view numbers = word.substr(colon + 1);
  const std::size_t dash =
      numbers.find('-', 1);  // the first letter may be the sign of a place before the contig's start
  if (dash == std::string_view::npos) return std::nullopt;
  const auto start = parse_integer(numbers.substr(0, dash)), end = parse_integer(numbers.substr(dash + 1));
  std::string_view contig = word.substr(0, colon);
  if (const std::size_t names = contig.rfind("::"); names != std::string_view::npos) contig.remove_prefix(names + 2);
  constexpr std::int64_t kFar = std::int64_t{1} << 60;  // so that coordinates can be added
  if (!start || !end || *start < -kFar || *end > kFar || *start >= *end || contig.empty()) return std::nullopt;
  place.chromosome = contig;
  place.start = *start;
  place.end = *end;
  return place;
}

struct HeaderPlace {
  std::optional<Place> place;
  bool misfit = false;  // a place is named that is not as long as the sequence
};

HeaderPlace find_place(std::string_view name, std::string_view description, std::int64_t bases) {
  HeaderPlace found;
  std::vector<std::string_view> words;
  split_words(description, words);
  words.insert(words.begin(), name);
  for (const std::string_view word : words) {
    std::optional<Place> place = parse_place(word);
    if (!place) continue;
    const std::string upstream = fmt::format("_{}_{}_r", place->chromosome, place->start);
    if (name.ends_with(upstream)) place->strand = Strand::reverse;
    if (place->end - place->start + 1 == bases) --place->start;
    // A region that would begin before its contig, cut to what there is.
    if (place->start < 0 && place->end == bases) place->start = 0;
    if (place->end - place->start == bases) {
      found.place = std::move(place);
      return found;
    }
    found.misfit = true;
  }
  return found;
}

Examples with_label(Examples examples, float label, const std::string& task) {
  examples.tasks = {task};
  examples.labels = LabelMatrix(examples.size(), 1);
  for (std::int64_t i = 0; i < examples.size(); ++i) examples.labels.set(i, 0, label);
  return examples;
}

}  // namespace

std::optional<Place> place_in_header(std::string_view name, std::string_view description, std::int64_t bases) {
  return find_place(name, description, bases).place;
}

Examples read_fasta_examples(const std::string& path, const FastaExamplesOptions& options, Notices* notices) {
  LineReader lines(path);
  return read_fasta_examples(lines, options, notices);
}

Examples read_fasta_examples(LineReader& lines, const FastaExamplesOptions& options, Notices* notices) {
  SequenceSet set(lines.name(), options.length, {});
  std::set<std::tuple<std::string, std::int64_t, std::int64_t, Strand>> places;
  std::int64_t repeats = 0, misfits = 0;
  FastaReader reader(lines);
  FastaRecord record;
  while (reader.next(record)) {
    const HeaderPlace header = find_place(record.name, record.description, record.sequence.size());
    misfits += !header.place && header.misfit;
    if (options.drop_repeats && header.place) {
      const Place& place = *header.place;
      if (!places.emplace(place.chromosome, place.start, place.end, place.strand).second) {
        ++repeats;
        continue;
      }
    }
    set.add(std::move(record.sequence), std::move(record.name), header.place, {}, record.line);
  }
  if (notices && repeats > 0) {
    notices->say("records left out", fmt::format("{} of {} that repeat a place", repeats, lines.name()));
  }
  if (notices && misfits > 0) {
    notices->say("places in headers left aside as they do not fit the sequence's length",
                 fmt::format("{} of {}", misfits, lines.name()));
  }
  return set.finish();
}

Examples read_positives_and_negatives(const std::string& positives, const std::string& negatives,
                                      const FastaExamplesOptions& options, Notices* notices) {
  Examples ones = read_fasta_examples(positives, options, notices);
  const Examples zeros = read_fasta_examples(negatives, options, notices);
  if (ones.length != zeros.length) {
    throw Error(ErrorKind::input_file,
                "{} has sequences of {} bases and {} of {}; make them one length or ask for a length", positives,
                ones.length, negatives, zeros.length);
  }
  return concatenate(with_label(std::move(ones), 1.f, options.task), with_label(zeros, 0.f, options.task));
}

Examples with_shuffles(const Examples& positives, std::int64_t copies, std::uint64_t seed, const std::string& task) {
  if (copies < 1)
    throw Error(ErrorKind::invalid_argument, "{} shuffles of each positive were asked for; ask for 1", copies);
  auto genome = std::make_shared<Genome>(positives.genome->source());
  Examples shuffles;
  shuffles.length = positives.length;
  shuffles.chromosomes = positives.chromosome_names();
  shuffles.files = positives.files;
  for (std::int64_t i = 0; i < positives.size(); ++i) {
    const Window& window = positives.windows[static_cast<std::size_t>(i)];
    const PackedSequence& contig = positives.genome->sequence(window.contig);
    // What of the window lies on the contig; padding stays where it is.
    const std::int64_t begin = std::max<std::int64_t>(window.start, 0);
    const std::int64_t end = std::min(window.start + positives.length, contig.size());
    const PackedSequence bases(contig.letters(begin, std::max<std::int64_t>(end - begin, 0)));
    for (std::int64_t copy = 0; copy < copies; ++copy) {
      philox::Generator random(seed, kShuffleStream + static_cast<std::uint64_t>(i * copies + copy));
      const std::int32_t shuffled = genome->add("", dinucleotide_shuffle(bases, random));
      shuffles.windows.push_back({shuffled, window.strand, window.start - begin});
      shuffles.names.push_back(fmt::format("{} shuffle {}", positives.name(i), copy + 1));
      shuffles.loci.push_back(positives.locus(i));
      shuffles.origins.push_back(positives.origins.empty() ? Origin{} : positives.origins[static_cast<std::size_t>(i)]);
    }
  }
  shuffles.genome = std::move(genome);
  return concatenate(with_label(positives, 1.f, task), with_label(std::move(shuffles), 0.f, task));
}

}  // namespace genocuda

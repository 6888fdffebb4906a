// SPDX-License-Identifier: Apache-2.0
#include "genomics/examples.h"

#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"

namespace genocuda {
namespace {

const std::string kNoName;

// Adds the entries of `more` that `names` lacks and returns where each of them is; empty names are nowhere.
std::vector<std::int32_t> merge_names(std::vector<std::string>& names, const std::vector<std::string>& more) {
  ContigNames known;
  for (const std::string& name : names) known.add(name);
  std::vector<std::int32_t> places;
  for (const std::string& name : more) {
    if (name.empty()) {
      places.push_back(-1);
      continue;
    }
    const auto found = known.find(name);
    places.push_back(found ? *found : known.add(name));
    if (!found) names.push_back(name);
  }
  return places;
}

void append_loci(Examples& out, const Examples& part) {
  const std::vector<std::int32_t> places = merge_names(out.chromosomes, part.chromosome_names());
  for (std::int64_t i = 0; i < part.size(); ++i) {
    Locus locus = part.locus(i);
    if (locus.known()) locus.chromosome = places[static_cast<std::size_t>(locus.chromosome)];
    out.loci.push_back(locus);
  }
}

void append_origins(Examples& out, const Examples& part) {
  const std::vector<std::int32_t> places = merge_names(out.files, part.files);
  for (std::size_t i = 0; i < part.windows.size(); ++i) {
    Origin origin = part.origins.empty() ? Origin{} : part.origins[i];
    if (origin.file >= 0) origin.file = places[static_cast<std::size_t>(origin.file)];
    out.origins.push_back(origin);
  }
}

void append_labels(Examples& out, const Examples& part) {
  if (out.tasks.empty()) return;
  for (std::int64_t i = 0; i < part.size(); ++i) out.labels.append_row(part.labels, i);
}

std::string source_of(const Examples& examples) {
  return examples.files.empty() ? std::string("a sequence set") : examples.files.front();
}

}  // namespace

Locus Examples::locus(std::int64_t example) const {
  if (!loci.empty()) return loci[static_cast<std::size_t>(example)];
  const Window& window = windows[static_cast<std::size_t>(example)];
  if (genome->name(window.contig).empty()) return {};
  return {window.contig, window.strand, window.start, window.start + length};
}

std::string_view Examples::chromosome(std::int64_t example) const {
  if (loci.empty()) return genome->name(windows[static_cast<std::size_t>(example)].contig);
  const Locus& locus = loci[static_cast<std::size_t>(example)];
  return locus.known() ? chromosomes[static_cast<std::size_t>(locus.chromosome)] : kNoName;
}

std::vector<std::string> Examples::chromosome_names() const {
  if (!loci.empty()) return chromosomes;
  std::vector<std::string> contigs;
  for (std::int32_t contig = 0; genome && contig < genome->size(); ++contig) contigs.push_back(genome->name(contig));
  return contigs;
}

std::string Examples::name(std::int64_t example) const {
  const auto i = static_cast<std::size_t>(example);
  if (!names.empty() && !names[i].empty()) return names[i];
  const Locus place = locus(example);
  if (!place.known()) return fmt::format("sequence {}", example + 1);
  return fmt::format("{}:{}-{}({})", chromosome(example), place.start, place.end, symbol(place.strand));
}

std::string Examples::origin(std::int64_t example) const {
  if (!origins.empty()) {
    const Origin& origin = origins[static_cast<std::size_t>(example)];
    if (origin.file >= 0) return fmt::format("{} line {}", files[static_cast<std::size_t>(origin.file)], origin.line);
  }
  return name(example);
}

void pack_windows(const Genome& genome, std::span<const Window> windows, std::int64_t length, std::uint32_t* rows) {
  const std::int64_t words = dna::row_words(length);
  for (const Window& window : windows) {
    genome.sequence(window.contig).extract(window.start, length, window.strand, rows);
    rows += words;
  }
}

void pack_examples(const Examples& examples, std::span<const std::int64_t> indices, std::uint32_t* rows) {
  const std::int64_t words = dna::row_words(examples.length);
  for (const std::int64_t index : indices) {
    pack_windows(*examples.genome, {&examples.windows[static_cast<std::size_t>(index)], 1}, examples.length, rows);
    rows += words;
  }
}

void pack_labels(const Examples& examples, std::span<const std::int64_t> indices, float* labels) {
  for (const std::int64_t index : indices) {
    examples.labels.copy_row(index, labels);
    labels += examples.task_count();
  }
}

Examples subset(const Examples& examples, std::span<const std::int64_t> indices) {
  Examples out;
  out.genome = examples.genome;
  out.signals = examples.signals;
  out.length = examples.length;
  out.tasks = examples.tasks;
  out.chromosomes = examples.chromosomes;
  out.files = examples.files;
  if (!out.tasks.empty()) out.labels = LabelMatrix(0, out.task_count());
  out.windows.reserve(indices.size());
  for (const std::int64_t index : indices) {
    const auto i = static_cast<std::size_t>(index);
    if (index < 0 || index >= examples.size()) {
      throw Error(ErrorKind::invalid_argument, "example {} of {} examples was asked for", index, examples.size());
    }
    out.windows.push_back(examples.windows[i]);
    if (!out.tasks.empty()) out.labels.append_row(examples.labels, index);
    if (!examples.names.empty()) out.names.push_back(examples.names[i]);
    if (!examples.loci.empty()) out.loci.push_back(examples.loci[i]);
    if (!examples.origins.empty()) out.origins.push_back(examples.origins[i]);
  }
  return out;
}

Examples concatenate(const Examples& a, const Examples& b) {
  if (a.length != b.length) {
    throw Error(ErrorKind::invalid_argument, "{} has windows of {} bases and {} of {}; make them one length",
                source_of(a), a.length, source_of(b), b.length);
  }
  if (a.tasks != b.tasks) {
    throw Error(ErrorKind::invalid_argument,
                "{} has tasks {} and {} has {}; give them the same tasks in the same order", source_of(a),
                fmt::join(a.tasks, ","), source_of(b), fmt::join(b.tasks, ","));
  }
  if (a.signals != b.signals) {
    throw Error(ErrorKind::invalid_argument, "{} and {} have signals of different genomes", source_of(a), source_of(b));
  }
  Examples out;
  out.signals = a.signals;
  out.length = a.length;
  out.tasks = a.tasks;
  out.windows = a.windows;
  out.labels = a.labels;
  append_labels(out, b);
  if (a.genome == b.genome) {
    out.genome = a.genome;
    out.windows.insert(out.windows.end(), b.windows.begin(), b.windows.end());
  } else {
    auto genome = std::make_shared<Genome>(*a.genome);
    const std::int32_t offset = genome->size();
    genome->append(*b.genome);
    for (Window window : b.windows) {
      window.contig += offset;
      out.windows.push_back(window);
    }
    out.genome = std::move(genome);
  }
  for (const Examples* part : {&a, &b}) {
    if (!a.loci.empty() || !b.loci.empty()) append_loci(out, *part);
    if (!a.origins.empty() || !b.origins.empty()) append_origins(out, *part);
    if (a.names.empty() && b.names.empty()) continue;
    for (std::int64_t i = 0; i < part->size(); ++i) out.names.push_back(part->name(i));
  }
  return out;
}

void require_binary(const Examples& examples) {
  if (examples.labels.binary()) return;
  for (std::int64_t i = 0; i < examples.size(); ++i) {
    for (std::int64_t task = 0; task < examples.task_count(); ++task) {
      const float label = examples.labels.get(i, task);
      if (label == 0.f || label == 1.f || std::isnan(label)) continue;
      throw Error(ErrorKind::input_file,
                  "{}: label {} of task '{}' is not 0 or 1; use a regression loss for such values", examples.origin(i),
                  label, examples.tasks[static_cast<std::size_t>(task)]);
    }
  }
}

std::vector<std::string> constant_tasks(const Examples& examples) {
  const auto varies = [&](std::int64_t task) {
    std::optional<float> first;
    for (std::int64_t i = 0; i < examples.size(); ++i) {
      const float label = examples.labels.get(i, task);
      if (std::isnan(label)) continue;
      if (first && label != *first) return true;
      first = label;
    }
    return false;
  };
  std::vector<std::string> constant;
  for (std::int64_t task = 0; task < examples.task_count(); ++task) {
    if (!varies(task)) constant.push_back(examples.tasks[static_cast<std::size_t>(task)]);
  }
  return constant;
}

}  // namespace genocuda

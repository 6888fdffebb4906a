// SPDX-License-Identifier: Apache-2.0
#include "genomics/tracks.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "genomics/named_files.h"

namespace genocuda {
namespace {

constexpr std::int64_t kPositionsAtATime = 1 << 16;

// Without the values that are missing where NaN says so.
class Mean {
 public:
  void add(float value) {
    if (std::isnan(value)) return;
    sum_ += value;
    ++count_;
  }
  bool empty() const { return count_ == 0; }
  float value() const { return static_cast<float>(sum_ / static_cast<double>(count_)); }

 private:
  double sum_ = 0;
  std::int64_t count_ = 0;
};

}  // namespace

Tracks::Tracks(const Genome& genome, std::span<const TrackSource> sources, const TrackOptions& options,
               Notices* notices)
    : offsets_{0}, bin_(options.bin), missing_(options.missing), transform_(options.transform) {
  if (bin_ < 1) throw Error(ErrorKind::invalid_argument, "positions of {} bases were asked for; at least 1", bin_);
  if (sources.empty()) throw Error(ErrorKind::invalid_argument, "no signal was given to make tracks of");
  for (const TrackSource& source : sources) {
    if (std::find(names_.begin(), names_.end(), source.name) != names_.end()) {
      throw Error(ErrorKind::invalid_argument, "two channels are called '{}'; give each a name of its own",
                  source.name);
    }
    names_.push_back(source.name);
  }
  for (const TrackSource& source : sources) {
    const std::string& other = source.other_strand.empty() ? source.name : source.other_strand;
    const auto found = std::find(names_.begin(), names_.end(), other);
    if (found == names_.end()) {
      throw Error(ErrorKind::invalid_argument, "channel '{}' has its other strand in '{}', which is no channel",
                  source.name, other);
    }
    other_strand_.push_back(static_cast<std::int32_t>(found - names_.begin()));
  }
  for (std::size_t channel = 0; channel < names_.size(); ++channel) {
    const auto other = static_cast<std::size_t>(other_strand_[channel]);
    if (other_strand_[other] != static_cast<std::int32_t>(channel)) {
      throw Error(ErrorKind::invalid_argument, "channel '{}' has its other strand in '{}', which has it in '{}'",
                  names_[channel], names_[other], names_[static_cast<std::size_t>(other_strand_[other])]);
    }
  }
  for (std::int32_t contig = 0; contig < genome.size(); ++contig) {
    offsets_.push_back(offsets_.back() + (genome.length(contig) + bin_ - 1) / bin_);
  }
  values_.assign(static_cast<std::size_t>(offsets_.back() * channels()), missing_);
  for (std::size_t channel = 0; channel < sources.size(); ++channel) {
    read(genome, *sources[channel].signal, channel, notices);
  }
  for (const float value : values_) lowest_ = std::fmin(lowest_, value);  // which passes over NaN
}

void Tracks::read(const Genome& genome, const SignalTrack& signal, std::size_t channel, Notices* notices) {
  const ContigSizes& own = signal.contigs();
  if (own.size() == 0) throw Error(ErrorKind::input_file, "{}: holds no values; is the file empty?", signal.source());
  std::vector<std::string> names;
  for (std::int32_t contig = 0; contig < own.size(); ++contig) names.push_back(own.names[contig]);
  const std::vector<std::int32_t> contigs = genome.names().match(names, notices);
  std::vector<bool> found(static_cast<std::size_t>(genome.size()), false);
  for (std::int32_t i = 0; i < own.size(); ++i) {
    const std::int32_t contig = contigs[static_cast<std::size_t>(i)];
    if (contig < 0) {
      if (notices) {
        notices->say(fmt::format("contigs of {} that {} lacks", signal.source(), genome.source()),
                     names[static_cast<std::size_t>(i)]);
      }
      continue;
    }
    const std::int64_t length = genome.length(contig);
    if (own.length(i) > length || (signal.knows_lengths() && own.length(i) != length)) {
      throw Error(ErrorKind::input_file, "{}: contig '{}' has {} bases, but {} in {}; is it another assembly?",
                  signal.source(), names[static_cast<std::size_t>(i)], own.length(i), length, genome.source());
    }
    found[static_cast<std::size_t>(contig)] = true;
    read_contig(signal, i, contig, length, channel);
  }
  if (std::none_of(found.begin(), found.end(), [](bool is) { return is; })) {
    throw Error(ErrorKind::input_file, "{}: none of its contigs ({}) is in {}, which has {}", signal.source(),
                own.names.summary(), genome.source(), genome.names().summary());
  }
  for (std::int32_t contig = 0; notices && contig < genome.size(); ++contig) {
    if (found[static_cast<std::size_t>(contig)]) continue;
    notices->say(fmt::format("contigs that {} lacks", signal.source()), genome.name(contig));
  }
}

void Tracks::read_contig(const SignalTrack& signal, std::int32_t own, std::int32_t contig, std::int64_t length,
                         std::size_t channel) {
  std::vector<float> bases;
  const std::int64_t positions = (length + bin_ - 1) / bin_;
  const std::int64_t at_a_time = std::max<std::int64_t>(1, kPositionsAtATime / bin_);
  for (std::int64_t first = 0; first < positions; first += at_a_time) {
    const std::int64_t last = std::min(first + at_a_time, positions), start = first * bin_;
    const std::int64_t end = std::min(last * bin_, length);
    bases.resize(static_cast<std::size_t>(end - start));
    signal.values(own, start, bases, missing_);
    for (std::int64_t position = first; position < last; ++position) {
      Mean mean;
      for (std::int64_t at = position * bin_; at < std::min((position + 1) * bin_, end); ++at) {
        mean.add(bases[static_cast<std::size_t>(at - start)]);
      }
      values_[static_cast<std::size_t>((offset(contig) + position) * channels()) + channel] =
          mean.empty() ? missing_ : transformed(signal, own, position * bin_, mean.value());
    }
  }
}

// Of the position that starts with this base.
float Tracks::transformed(const SignalTrack& signal, std::int32_t own, std::int64_t start, float value) const {
  if (!takes(transform_, value)) {
    throw Error(ErrorKind::input_file,
                "{}: the signal is {:g} at {}:{}, where log(1 + x) has no value; give one above -1, or set transform = "
                "\"asinh\" or \"none\" in the model file",
                signal.source(), value, signal.contigs().names[own], start);
  }
  return apply(transform_, value);
}

std::int64_t Tracks::first_position(const Window& window) const {
  const std::int64_t middle = window.start + bin_ / 2;
  return middle >= 0 ? middle / bin_ : (middle - bin_ + 1) / bin_;  // rounded down
}

std::int64_t Tracks::positions_of(std::int64_t length) const {
  if (length < 1 || length % bin_ != 0) {
    throw Error(ErrorKind::invalid_argument, "windows of {} bases cannot be cut into positions of {}", length, bin_);
  }
  return length / bin_;
}

std::vector<TrackSource> open_signals(std::span<const std::string> files) {
  static constexpr std::pair<std::string_view, std::string_view> kStrands[] = {
      {".plus", ".minus"}, {".forward", ".reverse"}, {"+", "-"}};
  std::vector<TrackSource> sources;
  for (NamedFile& file : name_files(files, "signal", "channel")) {
    sources.push_back({std::move(file.name), open_signal(file.path)});
  }
  const auto find = [&](const std::string& name) {
    return std::find_if(sources.begin(), sources.end(), [&](const TrackSource& s) { return s.name == name; });
  };
  for (TrackSource& source : sources) {
    for (const auto& [forward, reverse] : kStrands) {
      if (!source.name.ends_with(forward)) continue;
      std::string name = source.name.substr(0, source.name.size() - forward.size());
      const auto other = find(name.append(reverse));
      if (other == sources.end()) continue;
      source.other_strand = other->name;
      other->other_strand = source.name;
    }
  }
  return sources;
}

void pack_tracks(const Tracks& tracks, std::span<const Window> windows, std::int64_t length, float* out) {
  const std::int64_t positions = tracks.positions_of(length), channels = tracks.channels();
  const std::span<const std::int32_t> other = tracks.other_strand();
  for (const Window& window : windows) {
    const std::int64_t first = tracks.first_position(window);
    const std::int64_t begin = std::clamp<std::int64_t>(-first, 0, positions);
    const std::int64_t end = std::clamp<std::int64_t>(tracks.positions(window.contig) - first, begin, positions);
    float* rows = out;
    out += positions * channels;
    std::fill(rows, out, tracks.missing());
    if (begin == end) continue;
    const float* from = tracks.values().data() + (tracks.offset(window.contig) + first + begin) * channels;
    if (window.strand == Strand::forward) {
      std::copy_n(from, (end - begin) * channels, rows + begin * channels);
      continue;
    }
    for (std::int64_t position = begin; position < end; ++position, from += channels) {
      float* to = rows + (positions - 1 - position) * channels;
      for (std::int64_t channel = 0; channel < channels; ++channel) {
        to[other[static_cast<std::size_t>(channel)]] = from[channel];
      }
    }
  }
}

void label_by_tracks(Examples& examples, const Tracks& tracks, std::int64_t bases) {
  if (bases < 1 || bases > examples.length) {
    throw Error(ErrorKind::invalid_argument, "the middle {} bases of windows of {} cannot be labelled", bases,
                examples.length);
  }
  const std::int64_t positions = tracks.positions_of(bases), channels = tracks.channels();
  LabelMatrix labels(0, channels);
  std::vector<float> values(static_cast<std::size_t>(positions * channels)), row(static_cast<std::size_t>(channels));
  for (const Window& window : examples.windows) {
    const Window middle = window.shifted((examples.length - bases) / 2);
    pack_tracks(tracks, {&middle, 1}, bases, values.data());
    for (std::int64_t channel = 0; channel < channels; ++channel) {
      Mean mean;
      for (std::int64_t position = 0; position < positions; ++position) {
        mean.add(values[static_cast<std::size_t>(position * channels + channel)]);
      }
      row[static_cast<std::size_t>(channel)] = mean.empty() ? tracks.missing() : mean.value();
    }
    labels.append_row(row);
  }
  examples.tasks = tracks.names();
  examples.labels = std::move(labels);
}

}  // namespace genocuda

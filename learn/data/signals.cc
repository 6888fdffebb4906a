// SPDX-License-Identifier: Apache-2.0
#include "learn/data/signals.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include <fmt/ranges.h>

#include "core/error.h"

namespace genocuda {
namespace {

[[noreturn]] void fail(const std::string& message) { throw Error(ErrorKind::invalid_argument, "{}", message); }

/// The files of [NAME=]FILE[,FILE...], from `start` on.
std::vector<std::string> files_of(std::string_view given, std::size_t start) {
  std::vector<std::string> files;
  for (std::string_view rest = given.substr(start);;) {
    const std::size_t comma = rest.find(',');
    if (comma == 0 || rest.empty()) fail(fmt::format("signal '{}' lacks a file: give [NAME=]FILE[,FILE...]", given));
    files.emplace_back(rest.substr(0, comma));
    if (comma == std::string_view::npos) return files;
    rest.remove_prefix(comma + 1);
  }
}

std::string in_words(const SignalNeed& need) {
  return fmt::format("'{}' ({} channel{}{}{})", need.name, need.channels, need.channels == 1 ? "" : "s",
                     need.input ? ", read" : "", need.target ? ", trained towards" : "");
}

std::string in_words(std::span<const SignalNeed> needs) {
  std::vector<std::string> words;
  for (const SignalNeed& need : needs) words.push_back(in_words(need));
  return fmt::format("{}", fmt::join(words, ", "));
}

bool is_of_counts(const OutputSpec& output) {
  return output.loss == LossKind::multinomial_nll || output.loss == LossKind::poisson ||
         output.target.measure == TargetMeasure::log_total;
}

[[noreturn]] void fail_below_0(const SignalNeed& need, const Genome& genome, const Tracks& tracks) {
  const std::span<const float> values = tracks.values();
  const auto below = std::ranges::find_if(values, [](float value) { return value < 0; });
  const std::int64_t place = (below - values.begin()) / tracks.channels();
  std::int32_t contig = 0;
  while (tracks.offset(contig + 1) <= place) ++contig;
  fail(
      fmt::format("signal '{}' is {:g} at {}:{}, but its output is trained towards counts, which are never below 0: "
                  "give counts of reads, or train towards values with loss = \"mse\"",
                  need.name, undo(tracks.transform(), *below), genome.name(contig),
                  (place - tracks.offset(contig)) * tracks.bin()));
}

using FilesOfSignals = std::map<std::string, std::vector<std::string>, std::less<>>;

/// The files of every signal. Those that come without a name are of the one that is left.
FilesOfSignals files_of_signals(const ModelSpec& spec, std::span<const SignalNeed> needs,
                                std::span<const std::string> given) {
  FilesOfSignals files;
  std::vector<std::string> unnamed;
  for (const std::string& text : given) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) {
      for (std::string& file : files_of(text, 0)) unnamed.push_back(std::move(file));
      continue;
    }
    const std::string name = text.substr(0, equals);
    if (std::ranges::find(needs, name, &SignalNeed::name) == needs.end()) {
      fail(needs.empty() ? fmt::format("signal '{}': model '{}' reads no signals", name, spec.name)
                         : fmt::format("model '{}' has no signal '{}'; it has {}", spec.name, name, in_words(needs)));
    }
    for (std::string& file : files_of(text, equals + 1)) files[name].push_back(std::move(file));
  }
  if (unnamed.empty()) return files;
  std::vector<std::string> open;
  for (const SignalNeed& need : needs) {
    if (!files.contains(need.name)) open.push_back(need.name);
  }
  if (open.size() != 1) {
    fail(open.empty() ? fmt::format("model '{}' has no use for the signal {}", spec.name, unnamed.front())
                      : fmt::format("{}: say which signal of model '{}' it is: --signal {}={}", unnamed.front(),
                                    spec.name, open.front(), unnamed.front()));
  }
  files[open.front()] = std::move(unnamed);
  return files;
}

}  // namespace

std::vector<SignalNeed> signal_needs(const ModelSpec& spec) {
  std::vector<SignalNeed> needs;
  for (const TrackSpec& track : spec.tracks) {
    needs.push_back({.name = track.name,
                     .channels = track.channels,
                     .bin = track.bin,
                     .transform = track.transform,
                     .input = true});
  }
  for (const OutputSpec& output : spec.outputs) {
    const TargetSpec& target = output.target;
    if (target.signal.empty()) continue;
    auto need = std::ranges::find(needs, target.signal, &SignalNeed::name);
    if (need == needs.end()) {
      needs.push_back({target.signal, target.channels, target.bin, target.transform});
      need = needs.end() - 1;
    }
    need->target = true;
    need->counts |= is_of_counts(output);
  }
  return needs;
}

SignalSet read_signals(const ModelSpec& spec, const Genome& genome, std::span<const std::string> given, bool targets,
                       Notices* notices) {
  std::vector<SignalNeed> needs = signal_needs(spec);
  if (!targets) std::erase_if(needs, [](const SignalNeed& need) { return !need.input; });
  const FilesOfSignals files = files_of_signals(spec, needs, given);
  SignalSet signals;
  for (const SignalNeed& need : needs) {
    const auto found = files.find(need.name);
    if (found == files.end()) {
      fail(fmt::format("model '{}' needs the signal {}: give --signal {}=FILE{}", spec.name, in_words(need), need.name,
                       need.channels > 1 ? ",FILE..." : ""));
    }
    if (static_cast<std::int64_t>(found->second.size()) != need.channels) {
      fail(fmt::format("model '{}' needs the signal {}, a file a channel, but {} came: {}", spec.name, in_words(need),
                       found->second.size(), fmt::join(found->second, ", ")));
    }
    const std::vector<TrackSource> sources = open_signals(found->second);
    signals[need.name] = std::make_shared<const Tracks>(
        genome, sources, TrackOptions{.bin = need.bin, .transform = need.transform}, notices);
  }
  return signals;
}

void require_signals(const ModelSpec& spec, const Examples& examples, bool targets) {
  for (const SignalNeed& need : signal_needs(spec)) {
    if (!need.input && !targets) continue;
    const auto found = examples.signals.find(need.name);
    if (found == examples.signals.end()) {
      fail(fmt::format("model '{}' needs the signal {}, which the data lack", spec.name, in_words(need)));
    }
    const Tracks& tracks = *found->second;
    if (tracks.channels() != need.channels || tracks.bin() != need.bin || tracks.transform() != need.transform) {
      fail(
          fmt::format("signal '{}' has {} channels in bins of {} with transform {}, but model '{}' wants {} in bins of "
                      "{} with {}",
                      need.name, tracks.channels(), tracks.bin(), name_of(tracks.transform()), spec.name, need.channels,
                      need.bin, name_of(need.transform)));
    }
    if (targets && need.counts && tracks.lowest() < 0) fail_below_0(need, *examples.genome, tracks);
  }
}

std::vector<Window> middles(std::span<const Window> windows, std::int64_t length, std::int64_t bases) {
  std::vector<Window> middles;
  middles.reserve(windows.size());
  for (const Window& window : windows) middles.push_back(window.middle(length, bases));
  return middles;
}

void pack_signal(const Examples& examples, std::string_view name, std::span<const Window> windows, std::int64_t bases,
                 float* out) {
  const Tracks& tracks = *examples.signals.find(name)->second;
  pack_tracks(tracks, middles(windows, examples.length, bases), bases, out);
}

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "learn/denoise/fit_model.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/graph.h"
#include "learn/model/build.h"

namespace genocuda {
namespace {

/// Numbers that the first output gives, one a bin.
std::int64_t outputs_of(const ModelSpec& spec) {
  Graph graph;
  const ModelSize size = resolve_size(spec);
  const ModelInputs inputs = make_inputs(graph, spec, size, 1);
  return build_model(graph, spec, size, inputs, {}).heads.front().shape.elements();
}

[[noreturn]] void refuse(const ModelSpec& spec, const std::string& why) {
  throw Error(ErrorKind::invalid_argument, "model '{}' does not denoise: {}", spec.name, why);
}

}  // namespace

DenoiseSignals denoise_signals(const ModelSpec& spec) {
  if (spec.input.dna || spec.tracks.size() != 1) {
    refuse(spec, "it must read one track and no DNA (input = { dna = false })");
  }
  DenoiseSignals signals{.shallow = spec.tracks.front(), .deep = {}, .peaks = {}};
  if (signals.shallow.length != 0 || spec.input.length % signals.shallow.bin != 0) {
    refuse(spec, "its track must be as long as its input, a multiple of the bin");
  }
  for (const OutputSpec& output : spec.outputs) {
    const TargetSpec& target = output.target;
    const bool calls = output.loss == LossKind::bce_with_logits;
    if (!calls && output.loss != LossKind::mse) {
      refuse(spec, fmt::format("output '{}' must have the loss mse, or bce_with_logits for peaks", output.name));
    }
    if (target.signal.empty() || target.measure != TargetMeasure::values || target.channels != 1 ||
        target.bin != signals.shallow.bin) {
      refuse(spec, fmt::format("output '{}' must predict the values of a signal of one channel in bins of {}",
                               output.name, signals.shallow.bin));
    }
    if (calls && target.transform != TrackTransform::none) {
      refuse(spec, fmt::format("output '{}' calls peaks, which have no transform", output.name));
    }
    std::string& name = calls ? signals.peaks : signals.deep;
    if (!name.empty() && name != target.signal) {
      refuse(spec, fmt::format("its outputs predict two signals, '{}' and '{}'", name, target.signal));
    }
    name = target.signal;
    if (!calls) signals.transform = target.transform;
  }
  if (signals.deep == signals.peaks) refuse(spec, "the signal and its peaks need names of their own");
  if (signals.shallow.name == signals.deep || signals.shallow.name == signals.peaks) {
    refuse(spec, fmt::format("'{}' is both what it reads and what it predicts", signals.shallow.name));
  }
  return signals;
}

ModelSpec with_bin(ModelSpec spec, std::int64_t bin) {
  TrackSpec& track = spec.tracks.front();
  spec.input.length = spec.input.length / track.bin * bin;
  track.bin = bin;
  for (OutputSpec& output : spec.outputs) output.target.bin = bin;
  return spec;
}

ChannelNumbers channel_numbers(const BinList& bins, const Tracks& tracks) {
  ChannelNumbers numbers;
  for (std::int64_t channel = 0; channel < tracks.channels(); ++channel) {
    const std::vector<float> values = bins.values(tracks, channel);
    double sum = 0;
    for (const float value : values) sum += value;
    const double mean = values.empty() ? 0 : sum / static_cast<double>(values.size());
    double largest = 0;
    for (const float value : values) largest = std::max(largest, std::abs(value - mean));
    numbers.mean.push_back(mean);
    numbers.scale.push_back(largest > 0 ? largest : 1);
  }
  return numbers;
}

ModelSpec fit_model(ModelSpec spec, const ChannelNumbers& numbers, std::int64_t outputs) {
  const std::int64_t bin = denoise_signals(spec).shallow.bin;
  spec.tracks.front().channels = static_cast<std::int64_t>(numbers.mean.size());
  for (LayerSpec& layer : spec.layers) {
    if (layer.type != "standardise" || layer.settings.contains("mean") || layer.settings.contains("scale")) continue;
    layer.settings["mean"] = numbers.mean;
    layer.settings["scale"] = numbers.scale;
  }
  const std::int64_t own = outputs_of(spec);
  spec.input.length += (outputs - own) * bin;
  if (outputs != own && (spec.input.length <= 0 || outputs_of(spec) != outputs)) {
    throw Error(ErrorKind::invalid_argument,
                "model '{}' gives {} outputs and cannot give {}: it must slide along its track (valid or same "
                "convolutions, no pooling), or --outputs be {}",
                spec.name, own, outputs, own);
  }
  return spec;
}

}  // namespace genocuda

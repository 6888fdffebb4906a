// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "genomics/tracks.h"
#include "learn/denoise/bins.h"
#include "learn/model/model_spec.h"

namespace genocuda {

/// What a model that denoises reads and is trained towards. Throws Error(invalid_argument) for one that cannot: it
/// reads DNA or not exactly one track, or predicts other than the values of one channel (loss "mse") or its peaks (loss
/// "bce_with_logits") in bins as that track has them, or names one signal for both.
struct DenoiseSignals {
  TrackSpec shallow;  ///< the track
  std::string deep;   ///< the name of the signal at full depth; "" where no output predicts it
  TrackTransform transform = TrackTransform::none;  ///< of `deep`
  std::string peaks;                                ///< the name of its peaks; "" where no output calls them
};
DenoiseSignals denoise_signals(const ModelSpec& spec);

/// A model that denoises, for bins of another size: as many of them.
ModelSpec with_bin(ModelSpec spec, std::int64_t bin);

/// What standardises channels as Koh et al. have it: the mean, and the largest absolute value that is left without it
/// (1 where nothing is left).
struct ChannelNumbers {
  std::vector<double> mean, scale;
};
ChannelNumbers channel_numbers(const BinList& bins, const Tracks& tracks);

/// The model for data: its track has as many channels as there are numbers, its input is as long as `outputs` bins at
/// once need, and each layer "standardise" without numbers of its own has these. Throws Error(invalid_argument) where
/// a longer input does not give more outputs, one a bin.
ModelSpec fit_model(ModelSpec spec, const ChannelNumbers& numbers, std::int64_t outputs);

}  // namespace genocuda

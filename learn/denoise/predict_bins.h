// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "genomics/examples.h"
#include "learn/denoise/bins.h"
#include "learn/denoise/windows.h"
#include "learn/predict/predictor.h"

namespace genocuda {

/// What a model predicts for each bin: [outputs of the model][bins], from windows side by side. `signals` gives genome
/// and signals and no windows. `progress` is told how many bins are done.
std::vector<std::vector<float>> predict_bins(Predictor& predictor, const Examples& signals, const BinList& bins,
                                             const WindowShape& shape,
                                             const std::function<void(std::int64_t)>& progress = {});

}  // namespace genocuda

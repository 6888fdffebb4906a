// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace genocuda {

/// What says how well a signal was denoised (Koh et al. 2017), bin by bin. A figure that cannot be had is absent.
struct DenoiseMeasures {
  std::string name;                        ///< of the method
  std::optional<double> mse, pearson;      ///< over all bins, of transformed values
  std::optional<double> pearson_in_peaks;  ///< over the bins of peaks
  std::optional<double> auprc;             ///< of the bins of peaks against the others, by the value of each bin
};

/// What was measured where.
struct DenoiseReport {
  std::int64_t bins = 0, peak_bins = 0;
  std::vector<DenoiseMeasures> methods;
};

/// Of a method that predicts the signal. `peaks` are 1 or 0; all are as many.
DenoiseMeasures measure_signal(std::string name, std::span<const float> predicted, std::span<const float> observed,
                               std::span<const float> peaks);
/// Of one that calls peaks, by any score.
DenoiseMeasures measure_calls(std::string name, std::span<const float> scores, std::span<const float> peaks);

/// {"bins", "peak_bins", "methods": [{"name", "mse", "pearson", "pearson_in_peaks", "auprc"}]}; what is absent is null.
nlohmann::ordered_json report_json(const DenoiseReport& report);
/// A row a method.
std::string table(const DenoiseReport& report);

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "learn/denoise/measures.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "learn/metrics/agreement.h"
#include "learn/metrics/ranking.h"

namespace genocuda {
namespace {

struct Column {
  const char* key;
  const char* title;
  std::optional<double> DenoiseMeasures::*figure;
};

constexpr Column kColumns[] = {{"mse", "MSE", &DenoiseMeasures::mse},
                               {"pearson", "Pearson", &DenoiseMeasures::pearson},
                               {"pearson_in_peaks", "in peaks", &DenoiseMeasures::pearson_in_peaks},
                               {"auprc", "AUPRC", &DenoiseMeasures::auprc}};

using Numbers = std::vector<double>;

Numbers widened(std::span<const float> values) { return {values.begin(), values.end()}; }

std::optional<double> where_finite(double figure) {
  return std::isfinite(figure) ? std::optional<double>(figure) : std::nullopt;
}

bool all_finite(std::span<const float> values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

std::optional<double> auprc(std::span<const float> scores, std::span<const float> peaks) {
  if (!all_finite(scores)) return {};
  return where_finite(average_precision(rank_by_score(widened(scores), widened(peaks))));
}

}  // namespace

DenoiseMeasures measure_signal(std::string name, std::span<const float> predicted, std::span<const float> observed,
                               std::span<const float> peaks) {
  Numbers predicted_in_peaks, observed_in_peaks;
  for (std::size_t i = 0; i < peaks.size(); ++i) {
    if (peaks[i] < .5f) continue;
    predicted_in_peaks.push_back(predicted[i]);
    observed_in_peaks.push_back(observed[i]);
  }
  const Numbers all_predicted = widened(predicted), all_observed = widened(observed);
  return {.name = std::move(name),
          .mse = where_finite(mean_squared_error(all_predicted, all_observed)),
          .pearson = where_finite(pearson(all_predicted, all_observed)),
          .pearson_in_peaks = where_finite(pearson(predicted_in_peaks, observed_in_peaks)),
          .auprc = auprc(predicted, peaks)};
}

DenoiseMeasures measure_calls(std::string name, std::span<const float> scores, std::span<const float> peaks) {
  return {.name = std::move(name), .mse = {}, .pearson = {}, .pearson_in_peaks = {}, .auprc = auprc(scores, peaks)};
}

nlohmann::ordered_json report_json(const DenoiseReport& report) {
  nlohmann::ordered_json json{
      {"bins", report.bins}, {"peak_bins", report.peak_bins}, {"methods", nlohmann::json::array()}};
  for (const DenoiseMeasures& method : report.methods) {
    nlohmann::ordered_json row{{"name", method.name}};
    for (const Column& column : kColumns) {
      const std::optional<double> figure = method.*column.figure;
      row[column.key] = figure ? nlohmann::ordered_json(*figure) : nlohmann::ordered_json(nullptr);
    }
    json["methods"].push_back(std::move(row));
  }
  return json;
}

std::string table(const DenoiseReport& report) {
  std::size_t width = 6;
  for (const DenoiseMeasures& method : report.methods) width = std::max(width, method.name.size());
  std::string text = fmt::format("{:<{}}", "method", width);
  for (const Column& column : kColumns) text += fmt::format("  {:>8}", column.title);
  text += "\n";
  for (const DenoiseMeasures& method : report.methods) {
    text += fmt::format("{:<{}}", method.name, width);
    for (const Column& column : kColumns) {
      const std::optional<double> figure = method.*column.figure;
      text += figure ? fmt::format("  {:>8.4f}", *figure) : fmt::format("  {:>8}", "-");
    }
    text += "\n";
  }
  return text;
}

}  // namespace genocuda

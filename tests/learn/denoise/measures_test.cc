// SPDX-License-Identifier: Apache-2.0
#include "learn/denoise/measures.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace genocuda {
namespace {

using Values = std::vector<float>;

// By hand: means 2.5 and 2, covariance 1.25, variances 1.25 and 2.5; in peaks, 3 and 4 against 2 and 4, a line.
TEST(DenoiseMeasures, AreThoseOfPencilAndPaper) {
  const Values predicted{1, 2, 3, 4}, observed{0, 2, 2, 4}, peaks{0, 0, 1, 1};
  const DenoiseMeasures measures = measure_signal("net", predicted, observed, peaks);
  EXPECT_EQ(measures.name, "net");
  EXPECT_NEAR(measures.mse.value(), (1 + 0 + 1 + 0) / 4.0, 1e-12);
  EXPECT_NEAR(measures.pearson.value(), 6 / std::sqrt(5.0 * 8.0), 1e-12);
  EXPECT_NEAR(measures.pearson_in_peaks.value(), 1, 1e-12);
  EXPECT_NEAR(measures.auprc.value(), 1, 1e-12);
  // The first bin called is none: 1/2 + 2/3 of the recall at a half each.
  const DenoiseMeasures calls = measure_calls("calls", Values{.1f, .9f, .8f, .7f}, peaks);
  EXPECT_NEAR(calls.auprc.value(), (1 / 2.0 + 2 / 3.0) / 2, 1e-12);
  EXPECT_FALSE(calls.mse || calls.pearson || calls.pearson_in_peaks);
}

TEST(DenoiseMeasures, LeaveOutWhatCannotBeHad) {
  const DenoiseMeasures flat = measure_signal("flat", Values{1, 1, 1}, Values{0, 1, 2}, Values{0, 0, 0});
  EXPECT_TRUE(flat.mse);
  EXPECT_FALSE(flat.pearson || flat.pearson_in_peaks || flat.auprc);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const DenoiseMeasures broken = measure_signal("broken", Values{nan, 1}, Values{0, 1}, Values{0, 1});
  EXPECT_FALSE(broken.mse || broken.pearson || broken.auprc);

  const DenoiseReport report{
      3, 1, {flat, {.name = "calls", .mse = {}, .pearson = {}, .pearson_in_peaks = {}, .auprc = .5}}};
  const nlohmann::ordered_json json = report_json(report);
  EXPECT_EQ(json["peak_bins"], 1);
  EXPECT_TRUE(json["methods"][0]["pearson"].is_null());
  EXPECT_EQ(json["methods"][1]["auprc"], .5);
  EXPECT_EQ(table(report),
            "method       MSE   Pearson  in peaks     AUPRC\n"
            "flat      0.6667         -         -         -\n"
            "calls          -         -         -    0.5000\n");
}

}  // namespace
}  // namespace genocuda

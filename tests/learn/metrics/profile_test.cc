// SPDX-License-Identifier: Apache-2.0
#include "learn/metrics/profile.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "learn/metrics/report.h"

namespace genocuda {
namespace {

using Values = std::vector<double>;

TEST(JensenShannonDistance, IsNothingBetweenEqualsAndOneBetweenStrangers) {
  EXPECT_EQ(jensen_shannon_distance(Values{1, 2, 1}, Values{2, 4, 2}), 0);
  EXPECT_DOUBLE_EQ(jensen_shannon_distance(Values{3, 0}, Values{0, 5}), 1);
}

TEST(JensenShannonDistance, IsThatOfScipy) {
  // scipy.spatial.distance.jensenshannon(p, q, 2)
  EXPECT_NEAR(jensen_shannon_distance(Values{1, 0, 0}, Values{1, 1, 0}), 0.5579230452841438, 1e-15);
  EXPECT_NEAR(jensen_shannon_distance(Values{0.1, 0.2, 0.7}, Values{0.3, 0.3, 0.4}), 0.2736668758986993, 1e-15);
}

TEST(ProfileDistances, CompareThePredictionWithTheAverage) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> counts = {8, 0, 0, 0, 0, 0, 0, 2, nan, 1};
  const std::vector<float> predictions = {1, 0, .5, .5, .5, .5, 0, 1, .5, .5};
  const ProfileDistances distances = profile_distances(predictions, counts, 2);
  EXPECT_EQ(distances.n, 2) << "no counts in rows 2 and 3, a missing one in row 5";
  EXPECT_EQ(distances.predicted, 0);
  EXPECT_DOUBLE_EQ(distances.average, jensen_shannon_distance(Values{1, 0}, Values{1, 1})) << "the average is flat";
}

TEST(ProfileDistances, AreFiguresOfAReport) {
  const std::vector<float> counts = {3, 1, 0, 0}, predictions = {.75f, .25f, .5f, .5f};
  const TaskMetrics task = score_profiles("profile", predictions, counts, 2);
  EXPECT_EQ(task.n, 1);
  EXPECT_NEAR(task.figures.jsd.value(), 0, 1e-7);
  EXPECT_EQ(task.figures.jsd_average, 0) << "one profile is its own average";
  const MetricsReport report = make_report(2, 1.5, {task});
  EXPECT_EQ(figure(report, "jsd"), task.figures.jsd);
  EXPECT_FALSE(figure_info("valid_jsd").higher_is_better);
  EXPECT_NE(report_text(report).find("\"jsd_average\": 0"), std::string::npos);
  EXPECT_EQ(score_profiles("profile", predictions, std::vector<float>(4), 2).reason, "no example with counts");
}

}  // namespace
}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "learn/train/epoch_report.h"

#include <nlohmann/json.hpp>

namespace genocuda {

std::string metrics_line(const EpochReport& report) {
  using Json = nlohmann::ordered_json;
  const auto number = [](std::optional<double> value) { return value ? Json(*value) : Json(); };
  Json line{{"epoch", report.epoch}, {"train_loss", report.train_loss}};
  const Json valid = report.valid ? report_json(*report.valid) : Json();
  line["valid_loss"] = report.valid ? number(report.valid->loss) : Json();
  line["mean"] = report.valid ? valid["mean"] : Json();
  line["tasks"] = report.valid ? valid["tasks"] : Json();
  line["learning_rate"] = report.learning_rate;
  line["gradient_norm"] = report.gradient_norm;
  line["best"] = report.best;
  line["examples_per_second"] = report.examples_per_second;
  return line.dump();
}

}  // namespace genocuda

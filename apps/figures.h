// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "learn/metrics/report.h"

/// Figures for people to read.
namespace genocuda::apps {

/// "loss 0.3312, AUROC 0.9123, AUPRC 0.8071": the loss and the means that there are, for the end of a line.
std::string describe(const MetricsReport& report);

/// A row a task and, with several, one of means; columns for the figures that there are.
std::string table(const MetricsReport& report);

}  // namespace genocuda::apps

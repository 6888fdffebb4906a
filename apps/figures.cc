// SPDX-License-Identifier: Apache-2.0
#include "apps/figures.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace genocuda::apps {
namespace {

struct Column {
  const char* title;
  std::optional<double> Figures::*figure;
};

constexpr std::array kColumns = {
    Column{"AUROC", &Figures::auroc},
    Column{"AUPRC", &Figures::auprc},
    Column{"MCC", &Figures::mcc},
    Column{"accuracy", &Figures::accuracy},
    Column{"Pearson", &Figures::pearson},
    Column{"Spearman", &Figures::spearman},
    Column{"MSE", &Figures::mse},
    Column{"JSD", &Figures::jsd},
    Column{"average", &Figures::jsd_average},
};

constexpr int kWidth = 9;  // of a column of figures

}  // namespace

std::string describe(const MetricsReport& report) {
  std::string text;
  const auto add = [&](const char* title, std::optional<double> value) {
    if (value) text += fmt::format("{}{} {:.4f}", text.empty() ? "" : ", ", title, *value);
  };
  add("loss", report.loss);
  add("AUROC", report.mean.auroc);
  add("AUPRC", report.mean.auprc);
  add("Pearson", report.mean.pearson);
  add("JSD", report.mean.jsd);
  return text;
}

std::string table(const MetricsReport& report) {
  std::size_t name_width = 4;
  for (const TaskMetrics& task : report.tasks) name_width = std::max(name_width, task.name.size());
  const auto row = [&](const std::string& name, const std::string& positives, const Figures* figures,
                       const std::string& reason) {
    std::string line = fmt::format("{:<{}}  {:>9}", name, name_width, positives);
    for (const Column& column : kColumns) {
      if (!(report.mean.*column.figure)) continue;
      const std::optional<double> value = figures != nullptr ? figures->*column.figure : std::nullopt;
      line += figures == nullptr ? fmt::format(" {:>{}}", column.title, kWidth)
              : value            ? fmt::format(" {:>{}.4f}", *value, kWidth)
                                 : fmt::format(" {:>{}}", "-", kWidth);
    }
    return line + (reason.empty() ? "" : "  " + reason) + "\n";
  };
  std::string text = row("task", "positives", nullptr, "");
  for (const TaskMetrics& task : report.tasks) {
    const bool binary = task.kind == TaskKind::binary;
    text += row(task.name, binary ? fmt::format("{}", task.positives) : "-", &task.figures, task.reason);
  }
  if (report.tasks.size() > 1) text += row("mean", "", &report.mean, "");
  return text;
}

}  // namespace genocuda::apps

// SPDX-License-Identifier: Apache-2.0
#include "learn/model/summary.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace genocuda {
namespace {

using Cells = std::array<std::string, 5>;

std::string shape_text(const Shape& shape) {
  std::string text;
  for (const std::int64_t extent : shape.extents()) text += fmt::format("{}{}", text.empty() ? "" : " x ", extent);
  return text;
}

/// Names and types to the left, numbers to the right.
std::string table_text(const std::vector<Cells>& rows) {
  std::array<std::size_t, 5> widths{};
  for (const Cells& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Cells& row : rows) {
    text += fmt::format("{:<{}}  {:<{}}  {:>{}}  {:>{}}  {:>{}}\n", row[0], widths[0], row[1], widths[1], row[2],
                        widths[2], row[3], widths[3], row[4], widths[4]);
  }
  return text;
}

}  // namespace

Summary summarise(const ModelSpec& spec, ModelSize given) {
  Summary summary;
  summary.size = resolve_size(spec, given);
  Graph graph;
  const BuiltModel model = build_model(graph, spec, summary.size, make_inputs(graph, spec, summary.size, 1), {});
  summary.parameters = model.trained_count();
  summary.frozen_parameters = model.frozen_count();
  summary.layers = model.layers;

  std::vector<Cells> rows = {{"layer", "type", "output", "parameters", "sees"}};
  for (const LayerRow& layer : summary.layers) {
    rows.push_back({layer.name, layer.type, shape_text(layer.shape),
                    fmt::format("{}{}", layer.parameters, layer.frozen && layer.parameters > 0 ? " frozen" : ""),
                    fmt::format("{}", layer.receptive_field)});
    if (layer.shape.rank() == 2) summary.receptive_field = std::max(summary.receptive_field, layer.receptive_field);
  }
  summary.text = fmt::format("model: {}\n{}receptive field: {} of {} bases\n", spec.name, table_text(rows),
                             summary.receptive_field, summary.size.length);
  if (summary.frozen_parameters > 0) summary.text += fmt::format("frozen parameters: {}\n", summary.frozen_parameters);
  summary.text += fmt::format("parameters: {}\n", summary.parameters);
  return summary;
}

}  // namespace genocuda

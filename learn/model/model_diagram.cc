// SPDX-License-Identifier: Apache-2.0
#include "learn/model/model_diagram.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "learn/model/layer_type.h"
#include "learn/model/spec_problem.h"
#include "learn/model/summary.h"

namespace genocuda {
namespace {

/// Which row of the summary reads which, by the names that the model file gives: as the builder of the model finds
/// them.
class Wiring {
 public:
  explicit Wiring(const ModelSpec& spec) {
    Level inputs;
    if (spec.input.dna) inputs["dna"] = "dna";
    for (const TrackSpec& track : spec.tracks) inputs[track.name] = track.name;
    const std::string first = spec.input.dna ? "dna" : spec.tracks.front().name;
    levels_.push_back(std::move(inputs));
    const std::string last = walk(spec.layers, first, "");
    for (const OutputSpec& output : spec.outputs) heads_.push_back(output.from.empty() ? last : find(output.from));
  }

  /// From the first to the second row.
  const std::vector<std::pair<std::string, std::string>>& reads() const { return reads_; }
  /// The row of each output of the model.
  const std::vector<std::string>& heads() const { return heads_; }

 private:
  using Level = std::map<std::string, std::string, std::less<>>;  // a name to its row

  std::string find(std::string_view name) const {
    for (auto level = levels_.rbegin(); level != levels_.rend(); ++level) {
      if (const auto found = level->find(name); found != level->end()) return found->second;
    }
    return "";
  }

  /// The row of the last layer.
  std::string walk(const std::vector<LayerSpec>& layers, std::string before, const std::string& prefix) {
    const std::vector<std::string> names = layer_names(layers);
    levels_.push_back(prefix.empty() ? Level{} : Level{{"input", before}});
    for (std::size_t i = 0; i < layers.size(); ++i) {
      std::vector<std::string> sources;
      for (const std::string& source : layers[i].from) sources.push_back(find(source));
      if (sources.empty()) sources.push_back(before);
      before = visit(layers[i], prefix + names[i], sources);
      levels_.back()[names[i]] = before;
    }
    if (!prefix.empty()) levels_.pop_back();
    return before;
  }

  std::string visit(const LayerSpec& layer, const std::string& name, std::vector<std::string> sources) {
    if (find_layer_type(layer.type)->group) {
      const std::string inner = walk(layer.layers, sources[0], name + "/");
      if (layer.type == "block") return inner;
      sources = {sources[0], inner};
    }
    for (std::string& source : sources) reads_.emplace_back(std::move(source), name);
    return name;
  }

  std::vector<Level> levels_;
  std::vector<std::pair<std::string, std::string>> reads_;
  std::vector<std::string> heads_;
};

/// "1,234,567".
std::string grouped(std::int64_t number) {
  std::string text = fmt::format("{}", number);
  for (int at = static_cast<int>(text.size()) - 3; at > 0; at -= 3) text.insert(static_cast<std::size_t>(at), 1, ',');
  return text;
}

DiagramBox box_of(const LayerRow& row, bool input) {
  DiagramBox box{input ? BoxKind::input : BoxKind::operation, {}};
  box.lines.push_back({row.name, Tone::title});
  std::string shape;
  for (const std::int64_t extent : row.shape.extents())
    shape += fmt::format("{}{}", shape.empty() ? "" : " × ", extent);
  box.lines.push_back({fmt::format("{}: {}", row.type, shape)});
  if (row.parameters > 0) {
    box.lines.push_back({fmt::format("{} {}parameters", grouped(row.parameters), row.frozen ? "frozen " : "")});
  }
  return box;
}

}  // namespace

Diagram model_diagram(const ModelSpec& spec, ModelSize given) {
  const Summary summary = summarise(spec, given);
  const Wiring wiring(spec);
  Diagram diagram;
  diagram.title = fmt::format("{}: {} parameters", spec.name, grouped(summary.parameters));
  std::map<std::string, int, std::less<>> numbers;
  for (const LayerRow& row : summary.layers) {
    const bool input = row.type == "one_hot" || row.type == "track";
    const bool reads = std::ranges::any_of(wiring.reads(), [&](const auto& read) { return read.second == row.name; });
    if (!input && !reads) continue;  // the pooling of both strands, which the box of the output names
    if (numbers.emplace(row.name, static_cast<int>(diagram.boxes.size())).second) {
      diagram.boxes.push_back(box_of(row, input));
    }
  }
  for (const auto& [from, to] : wiring.reads()) diagram.arrows.push_back({numbers.at(from), numbers.at(to)});
  for (std::size_t i = 0; i < spec.outputs.size(); ++i) {
    const OutputSpec& output = spec.outputs[i];
    DiagramBox box{BoxKind::result, {{output.name, Tone::title}, {std::string(name_of(output.loss))}}};
    if (spec.input.strands != Strands::forward) {
      box.lines.push_back({fmt::format("{} of both strands", name_of(spec.input.strands))});
    }
    diagram.arrows.push_back({numbers.at(wiring.heads()[i]), static_cast<int>(diagram.boxes.size())});
    diagram.boxes.push_back(std::move(box));
  }
  return diagram;
}

}  // namespace genocuda

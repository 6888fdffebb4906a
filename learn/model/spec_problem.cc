// SPDX-License-Identifier: Apache-2.0
#include "learn/model/spec_problem.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "learn/model/layer_type.h"
#include "learn/train/settings.h"

namespace genocuda {
namespace {

using Problem = std::optional<SpecProblem>;
using Names = std::set<std::string, std::less<>>;

constexpr int kDeepest = 16;
constexpr std::size_t kLongestName = 64;

// Names that graphs of models, training and prediction use themselves.
constexpr std::string_view kReserved[] = {"dna",  "input",         "step",     "learning_rate",
                                          "loss", "gradient_norm", "optimizer"};

std::string child(std::string_view path, std::string_view list, std::size_t index) {
  return fmt::format("{}{}{}/{}", path, path.empty() ? "" : "/", list, index);
}

/// What is wrong with a name, or "".
std::string name_fault(std::string_view name) {
  const bool plain = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  });
  if (name.empty() || name.size() > kLongestName || !plain) {
    return fmt::format("the name '{}' must be 1 to {} letters, digits, '_', '-' or '.'", name.substr(0, kLongestName),
                       kLongestName);
  }
  if (std::ranges::find(kReserved, name) != std::end(kReserved)) {
    return fmt::format("the name '{}' is taken by the library; choose another", name);
  }
  return "";
}

class Checker {
 public:
  explicit Checker(const ModelSpec& spec) : spec_(spec) {}

  Problem check() {
    if (spec_.name.empty()) return {{"", "name", "a model needs a name"}};
    if (auto problem = check_input()) return problem;
    if (auto problem = check_tracks()) return problem;
    if (spec_.layers.empty()) return {{"", "layers", "a model needs at least one layer"}};
    if (auto problem = check_level(spec_.layers, "", 0)) return problem;
    if (auto problem = check_outputs()) return problem;
    if (auto problem = check_signals()) return problem;
    return check_training();
  }

 private:
  Problem check_input() {
    const InputSpec& input = spec_.input;
    if (input.length < 0 || input.length > kLargestExtent) {
      return {
          {"input", "length", fmt::format("input: 'length' must be from 0 (the data decide) to {}", kLargestExtent)}};
    }
    if (spec_.tasks < 0 || spec_.tasks > kLargestExtent) {
      return {{"", "tasks", fmt::format("'tasks' must be from 0 (the data decide) to {}", kLargestExtent)}};
    }
    if (!input.dna && spec_.tracks.empty()) {
      return {{"input", "dna", "a model without DNA needs at least one track to read"}};
    }
    if (input.strands != Strands::forward && (!input.dna || !spec_.tracks.empty())) {
      return {{"input", "strands",
               fmt::format("strands = '{}' is for models that read DNA alone, no tracks", name_of(input.strands))}};
    }
    return std::nullopt;
  }

  Problem check_tracks() {
    if (spec_.input.dna) global_.insert("dna");
    for (std::size_t i = 0; i < spec_.tracks.size(); ++i) {
      const TrackSpec& track = spec_.tracks[i];
      const std::string path = child("", "tracks", i);
      if (const std::string fault = name_fault(track.name); !fault.empty()) return {{path, "name", fault}};
      if (!global_.insert(track.name).second) return {{path, "name", fmt::format("two tracks are '{}'", track.name)}};
      if (track.channels < 1 || track.channels > kLargestExtent) {
        return {{path, "channels", fmt::format("track '{}': 'channels' must be at least 1", track.name)}};
      }
      if (track.length < 0 || track.length > kLargestExtent) {
        return {
            {path, "length",
             fmt::format("track '{}': 'length' must be from 0 (that of the input) to {}", track.name, kLargestExtent)}};
      }
      if (track.bin < 1 || track.bin > kLargestExtent) {
        return {{path, "bin", fmt::format("track '{}': 'bin' must be at least 1", track.name)}};
      }
    }
    return std::nullopt;
  }

  bool is_known(std::string_view name) const {
    return global_.contains(name) ||
           std::ranges::any_of(levels_, [&](const Names& level) { return level.contains(name); });
  }

  Problem check_level(const std::vector<LayerSpec>& layers, const std::string& path, int depth) {
    if (depth > kDeepest) return {{path, "layers", fmt::format("layers are nested more than {} deep", kDeepest)}};
    const std::vector<std::string> names = layer_names(layers);
    levels_.emplace_back();
    if (depth > 0) levels_.back().insert("input");
    for (std::size_t i = 0; i < layers.size(); ++i) {
      if (auto problem = check_layer(layers[i], names[i], child(path, "layers", i), depth)) return problem;
      levels_.back().insert(names[i]);
    }
    if (depth > 0) levels_.pop_back();
    return std::nullopt;
  }

  Problem check_layer(const LayerSpec& layer, const std::string& name, const std::string& path, int depth) {
    const LayerType* type = find_layer_type(layer.type);
    if (type == nullptr) {
      std::vector<std::string_view> known;
      for (const LayerType& each : layer_types()) known.push_back(each.name);
      const std::string_view near = nearest(layer.type, known);
      if (!near.empty()) {
        return {{path, "type", fmt::format("there is no layer type '{}'; did you mean '{}'?", layer.type, near)}};
      }
      return {{path, "type", fmt::format("there is no layer type '{}'; there are {}", layer.type, one_of(known))}};
    }
    if (const std::string fault = name_fault(name); !fault.empty()) return {{path, "name", fault}};
    if (global_.contains(name) || levels_.back().contains(name))
      return {{path, "name", fmt::format("two layers or tracks are called '{}'", name)}};
    if (auto problem = find_problem(layer.settings, type->keys, layer.type)) {
      return {{path, problem->key, problem->message}};
    }
    if (auto problem = check_sources(layer, name, *type, path)) return problem;
    if (type->group != !layer.layers.empty()) {
      return {{path, "layers",
               type->group ? fmt::format("{} '{}' needs 'layers'", layer.type, name)
                           : fmt::format("{} has no key 'layers'", layer.type)}};
    }
    return type->group ? check_level(layer.layers, path, depth + 1) : std::nullopt;
  }

  Problem check_sources(const LayerSpec& layer, const std::string& name, const LayerType& type,
                        const std::string& path) {
    const int count = layer.from.empty() ? 1 : static_cast<int>(std::min<std::size_t>(layer.from.size(), 1 << 20));
    if (count < type.least_inputs || count > type.most_inputs) {
      return {{path, "from",
               type.most_inputs == 1 ? fmt::format("{} '{}' reads one input, not {}", layer.type, name, count)
                                     : fmt::format("{} '{}' needs at least {} inputs: from = [\"a\", \"b\"]",
                                                   layer.type, name, type.least_inputs)}};
    }
    for (const std::string& source : layer.from) {
      if (!is_known(source)) return {{path, "from", unknown_source(fmt::format("{} '{}'", layer.type, name), source)}};
    }
    return std::nullopt;
  }

  std::string unknown_source(std::string_view what, std::string_view source) const {
    std::vector<std::string_view> known(global_.begin(), global_.end());
    for (const Names& level : levels_) known.insert(known.end(), level.begin(), level.end());
    const std::string_view near = nearest(source, known);
    return fmt::format("{} reads from '{}', but nothing before it has that name{}", what, source,
                       near.empty() ? "" : fmt::format("; did you mean '{}'?", near));
  }

  Problem check_outputs() {
    if (spec_.outputs.empty()) return {{"", "outputs", "a model needs at least one output"}};
    Names names;
    for (std::size_t i = 0; i < spec_.outputs.size(); ++i) {
      const OutputSpec& output = spec_.outputs[i];
      const std::string path = child("", "outputs", i);
      if (const std::string fault = name_fault(output.name); !fault.empty()) return {{path, "name", fault}};
      if (!names.insert(output.name).second) {
        return {{path, "name", fmt::format("two outputs are called '{}'; give each a 'name'", output.name)}};
      }
      if (!output.from.empty() && !is_known(output.from)) {
        return {{path, "from", unknown_source(fmt::format("output '{}'", output.name), output.from)}};
      }
      if (!(output.weight > 0) || !std::isfinite(output.weight)) {
        return {{path, "weight", fmt::format("output '{}': 'weight' must be above 0", output.name)}};
      }
    }
    return std::nullopt;
  }

  /// One signal is read in one way.
  Problem check_signals() {
    std::map<std::string, std::pair<std::int64_t, TrackTransform>, std::less<>> ways;
    for (const TrackSpec& track : spec_.tracks) ways[track.name] = {track.bin, track.transform};
    for (std::size_t i = 0; i < spec_.outputs.size(); ++i) {
      const TargetSpec& target = spec_.outputs[i].target;
      if (target.signal.empty()) continue;
      const std::string path = child("", "outputs", i);
      if (const std::string fault = name_fault(target.signal); !fault.empty()) return {{path, "signal", fault}};
      if (target.channels < 1 || target.bin < 1 || target.bases < 0) {
        return {{path, "signal",
                 fmt::format("output '{}': 'channels' and 'bin' must be at least 1, 'bases' not below 0",
                             spec_.outputs[i].name)}};
      }
      const std::pair way{target.bin, target.transform};
      if (ways.try_emplace(target.signal, way).first->second != way) {
        return {{path, "signal",
                 fmt::format("signal '{}' is read with another 'bin' or 'transform' elsewhere; give the second one a "
                             "name of its own",
                             target.signal)}};
      }
    }
    return std::nullopt;
  }

  Problem check_training() {
    std::vector<KeyRule> rules;
    for (const TrainingKey& key : training_keys()) rules.push_back(key.rule);
    if (auto problem = find_problem(spec_.training, rules, "[training]")) {
      return {{"training", problem->key, problem->message}};
    }
    try {
      TrainingSettings settings;
      apply_settings(settings, spec_.training, "[training]");
      check_settings(settings);
    } catch (const Error& error) {
      return {{"training", "", error.what()}};
    }
    return std::nullopt;
  }

  const ModelSpec& spec_;
  Names global_;
  std::vector<Names> levels_;
};

}  // namespace

std::optional<SpecProblem> find_problem(const ModelSpec& spec) { return Checker(spec).check(); }

std::vector<std::string> layer_names(const std::vector<LayerSpec>& layers) {
  std::map<std::string, int> counts;
  std::vector<std::string> names;
  for (const LayerSpec& layer : layers) {
    const int number = ++counts[layer.type];
    names.push_back(layer.name.empty() ? fmt::format("{}{}", layer.type, number) : layer.name);
  }
  return names;
}

void validate(const ModelSpec& spec) {
  if (const auto problem = find_problem(spec)) {
    throw Error(ErrorKind::invalid_argument, "model '{}': {}", spec.name, problem->message);
  }
}

}  // namespace genocuda

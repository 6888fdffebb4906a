// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "learn/model/layer_type.h"
#include "learn/model/spec_tree.h"

namespace genocuda {
namespace {

using Table = ConfigNode::Table;

void put(Table& table, std::string_view key, ConfigNode value) { table.emplace_back(key, std::move(value)); }

/// Puts a value that differs from what its absence means.
template <typename T>
void put_unless(Table& table, std::string_view key, const T& value, const T& absent) {
  if (!(value == absent)) put(table, key, {value});
}

void put_settings(Table& table, const SettingTable& settings, std::span<const KeyRule> order) {
  for (const KeyRule& rule : order) {
    const auto found = settings.find(rule.key);
    if (found != settings.end()) put(table, rule.key, to_node(found->second));
  }
}

ConfigNode layers_node(const std::vector<LayerSpec>& layers);

ConfigNode layer_node(const LayerSpec& layer) {
  Table table;
  put(table, "type", {layer.type});
  put_unless<std::string>(table, "name", layer.name, "");
  if (layer.from.size() == 1) put(table, "from", {layer.from[0]});
  if (layer.from.size() > 1) put(table, "from", to_node(layer.from));
  put_unless(table, "frozen", layer.frozen, false);
  if (const LayerType* type = find_layer_type(layer.type)) put_settings(table, layer.settings, type->keys);
  if (!layer.layers.empty()) put(table, "layers", layers_node(layer.layers));
  return {std::move(table)};
}

ConfigNode layers_node(const std::vector<LayerSpec>& layers) {
  ConfigNode::List list;
  for (const LayerSpec& layer : layers) list.push_back(layer_node(layer));
  return {std::move(list)};
}

void put_transform(Table& table, TrackTransform transform) {
  put_unless<std::string>(table, "transform", std::string(name_of(transform)), "none");
}

ConfigNode track_node(const TrackSpec& track) {
  Table table;
  put(table, "name", {track.name});
  put(table, "channels", {track.channels});
  put_unless<std::int64_t>(table, "length", track.length, 0);
  put_unless<std::int64_t>(table, "bin", track.bin, 1);
  put_transform(table, track.transform);
  return {std::move(table)};
}

ConfigNode output_node(const OutputSpec& output) {
  Table table;
  put_unless<std::string>(table, "name", output.name, "output");
  put_unless<std::string>(table, "from", output.from, "");
  put(table, "loss", {std::string(name_of(output.loss))});
  put_unless<double>(table, "weight", output.weight, 1);
  if (const TargetSpec& target = output.target; !target.signal.empty()) {
    put(table, "signal", {target.signal});
    put_unless<std::string>(table, "measure", std::string(name_of(target.measure)), "values");
    put_unless<std::int64_t>(table, "channels", target.channels, 1);
    put_unless<std::int64_t>(table, "bases", target.bases, 0);
    put_unless<std::int64_t>(table, "bin", target.bin, 1);
    put_transform(table, target.transform);
  }
  return {std::move(table)};
}

ConfigNode input_node(const InputSpec& input) {
  Table table;
  put_unless(table, "dna", input.dna, true);
  put_unless<std::int64_t>(table, "length", input.length, 0);
  put(table, "strands", {std::string(name_of(input.strands))});
  put(table, "unknown", {std::string(name_of(input.unknown))});
  return {std::move(table)};
}

}  // namespace

ConfigNode spec_to_tree(const ModelSpec& spec) {
  Table root;
  put(root, "name", {spec.name});
  put_unless<std::string>(root, "description", spec.description, "");
  put_unless<std::int64_t>(root, "tasks", spec.tasks, 0);
  if (!spec.tracks.empty()) {
    ConfigNode::List tracks;
    for (const TrackSpec& track : spec.tracks) tracks.push_back(track_node(track));
    put(root, "tracks", {std::move(tracks)});
  }
  put(root, "layers", layers_node(spec.layers));
  ConfigNode::List outputs;
  for (const OutputSpec& output : spec.outputs) outputs.push_back(output_node(output));
  put(root, "outputs", {std::move(outputs)});
  put(root, "input", input_node(spec.input));
  Table training;
  for (const auto& [key, setting] : spec.training) put(training, key, to_node(setting));
  if (!training.empty()) put(root, "training", {std::move(training)});
  return {std::move(root)};
}

}  // namespace genocuda

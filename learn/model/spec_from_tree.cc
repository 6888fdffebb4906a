// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>

#include "learn/model/layer_type.h"
#include "learn/model/spec_problem.h"
#include "learn/model/spec_tree.h"

namespace genocuda {
namespace {

constexpr std::string_view kStructure[] = {"input", "tracks", "layers", "outputs", "training"};
constexpr std::string_view kLayerStructure[] = {"type", "name", "from", "frozen", "layers"};
constexpr TargetMeasure kMeasures[] = {TargetMeasure::values, TargetMeasure::log_total};
constexpr TrackTransform kTransforms[] = {TrackTransform::none, TrackTransform::asinh, TrackTransform::log1p};
constexpr LossKind kLosses[] = {LossKind::bce_with_logits, LossKind::mse, LossKind::poisson,
                                LossKind::softmax_cross_entropy, LossKind::multinomial_nll};

KeyRule extent_rule(std::string_view key, double least) {
  return {.key = key, .kind = SettingKind::integer, .least = least, .most = kLargestExtent};
}

KeyRule text_rule(std::string_view key, std::vector<std::string_view> choices = {}, bool required = false) {
  return {.key = key, .kind = SettingKind::text, .required = required, .choices = std::move(choices)};
}

KeyRule choice_rule(std::string_view key, const auto& values) {
  KeyRule rule = text_rule(key);
  for (const auto value : values) rule.choices.push_back(name_of(value));
  return rule;
}

/// The value of that name, which a rule has checked; the first one where the key is absent.
template <typename T, std::size_t kCount>
T chosen(const SettingTable& table, std::string_view key, const T (&values)[kCount]) {
  const std::string name = get_text(table, key, name_of(values[0]));
  return *std::ranges::find(values, name, [](T value) { return name_of(value); });
}

class Reader {
 public:
  explicit Reader(std::string_view source) : source_(source) {}

  ModelSpec read(const ConfigNode& root) const {
    if (root.table() == nullptr) throw config_error(source_, root.line, "a model is a table of keys");
    std::vector<KeyRule> rules = {text_rule("name", {}, true), text_rule("description"), extent_rule("tasks", 0)};
    for (const std::string_view key : kStructure) rules.push_back({.key = key});
    const SettingTable table = checked(root, rules, "a model", kStructure);

    ModelSpec spec;
    spec.name = get_text(table, "name", "");
    spec.description = get_text(table, "description", "");
    spec.tasks = get_integer(table, "tasks", 0);
    if (const ConfigNode* input = root.find("input")) spec.input = read_input(*input);
    for (const ConfigNode& node : list(root, "tracks")) spec.tracks.push_back(read_track(node));
    for (const ConfigNode& node : list(root, "layers")) spec.layers.push_back(read_layer(node));
    for (const ConfigNode& node : list(root, "outputs")) spec.outputs.push_back(read_output(node));
    if (root.find("outputs") == nullptr) spec.outputs.emplace_back();
    if (const ConfigNode* training = root.find("training")) spec.training = settings_of(*training, {}, source_);
    return spec;
  }

 private:
  /// The settings of a table that keep the rules; the keys in `structure` are read elsewhere.
  SettingTable checked(const ConfigNode& node, std::span<const KeyRule> rules, std::string_view what,
                       std::span<const std::string_view> structure = {}) const {
    require_known_keys(node, rules, what, structure);
    SettingTable table = settings_of(node, structure, source_);
    if (const auto problem = find_problem(table, rules, what)) throw_problem(node, *problem);
    return table;
  }

  /// Comes before the values are read, so that an unknown key is called so whatever it holds.
  void require_known_keys(const ConfigNode& node, std::span<const KeyRule> rules, std::string_view what,
                          std::span<const std::string_view> structure) const {
    if (node.table() == nullptr) return;
    for (const auto& [key, value] : *node.table()) {
      if (std::ranges::find(structure, key) != structure.end()) continue;
      if (std::ranges::find(rules, key, &KeyRule::key) != rules.end()) continue;
      if (const auto problem = find_problem({{key, true}}, rules, what)) throw_problem(node, *problem);
    }
  }

  [[noreturn]] void throw_problem(const ConfigNode& node, const SettingProblem& problem) const {
    const ConfigNode* entry = node.find(problem.key);
    throw config_error(source_, entry != nullptr ? entry->line : node.line, problem.message);
  }

  const ConfigNode::List& list(const ConfigNode& node, std::string_view key) const {
    static const ConfigNode::List kEmpty;
    const ConfigNode* entry = node.find(key);
    if (entry == nullptr) return kEmpty;
    if (entry->list() == nullptr) {
      throw config_error(source_, entry->line, fmt::format("'{}' must be a list of tables: [ {{ ... }}, ... ]", key));
    }
    return *entry->list();
  }

  InputSpec read_input(const ConfigNode& node) const {
    const std::array rules = {KeyRule{.key = "dna", .kind = SettingKind::boolean}, extent_rule("length", 0),
                              text_rule("strands", {"forward", "mean", "max"}),
                              text_rule("unknown", {"zeros", "quarters"})};
    const SettingTable table = checked(node, rules, "input");
    const std::string strands = get_text(table, "strands", "forward");
    return {.dna = get_boolean(table, "dna", true),
            .length = get_integer(table, "length", 0),
            .strands = strands == "mean"  ? Strands::mean
                       : strands == "max" ? Strands::max
                                          : Strands::forward,
            .unknown = get_text(table, "unknown", "zeros") == "zeros" ? UnknownBase::zeros : UnknownBase::quarters};
  }

  TrackSpec read_track(const ConfigNode& node) const {
    const std::array rules = {text_rule("name", {}, true), extent_rule("channels", 1), extent_rule("length", 0),
                              extent_rule("bin", 1), choice_rule("transform", kTransforms)};
    const SettingTable table = checked(node, rules, "a track");
    return {.name = get_text(table, "name", ""),
            .channels = get_integer(table, "channels", 1),
            .length = get_integer(table, "length", 0),
            .bin = get_integer(table, "bin", 1),
            .transform = chosen(table, "transform", kTransforms)};
  }

  LayerSpec read_layer(const ConfigNode& node) const {
    if (node.table() == nullptr) throw config_error(source_, node.line, "a layer is a table: { type = ..., ... }");
    LayerSpec layer;
    layer.type = text(node, "type");
    if (layer.type.empty()) throw config_error(source_, node.line, "a layer needs a 'type'");
    if (const LayerType* type = find_layer_type(layer.type)) {
      require_known_keys(node, type->keys, layer.type, kLayerStructure);
    }
    layer.settings = settings_of(node, kLayerStructure, source_);
    layer.name = text(node, "name");
    if (const ConfigNode* frozen = node.find("frozen")) {
      const bool* value = std::get_if<bool>(&frozen->value);
      if (value == nullptr) throw config_error(source_, frozen->line, "'frozen' must be true or false");
      layer.frozen = *value;
    }
    if (const ConfigNode* from = node.find("from")) layer.from = read_sources(*from);
    for (const ConfigNode& inner : list(node, "layers")) layer.layers.push_back(read_layer(inner));
    return layer;
  }

  std::string text(const ConfigNode& node, std::string_view key) const {
    const ConfigNode* entry = node.find(key);
    if (entry == nullptr) return "";
    const auto* value = std::get_if<std::string>(&entry->value);
    if (value == nullptr || value->empty())
      throw config_error(source_, entry->line, fmt::format("'{}' must be text", key));
    return *value;
  }

  std::vector<std::string> read_sources(const ConfigNode& node) const {
    if (const auto* name = std::get_if<std::string>(&node.value)) return {*name};
    std::vector<std::string> names;
    if (const ConfigNode::List* items = node.list()) {
      for (const ConfigNode& item : *items) {
        if (const auto* name = std::get_if<std::string>(&item.value)) names.push_back(*name);
      }
      if (names.size() == items->size() && !names.empty()) return names;
    }
    throw config_error(source_, node.line, "'from' must be a name or a list of names");
  }

  OutputSpec read_output(const ConfigNode& node) const {
    const std::array rules = {text_rule("name"),
                              text_rule("from"),
                              choice_rule("loss", kLosses),
                              KeyRule{.key = "weight", .least = 0},
                              text_rule("signal"),
                              choice_rule("measure", kMeasures),
                              extent_rule("channels", 1),
                              extent_rule("bases", 0),
                              extent_rule("bin", 1),
                              choice_rule("transform", kTransforms)};
    const SettingTable table = checked(node, rules, "an output");
    for (const std::string_view key : {"measure", "channels", "bases", "bin", "transform"}) {
      if (table.contains(key) && !table.contains("signal")) {
        throw config_error(source_, node.find(key)->line, fmt::format("'{}' is for outputs with a 'signal'", key));
      }
    }
    return {.name = get_text(table, "name", "output"),
            .from = get_text(table, "from", ""),
            .loss = chosen(table, "loss", kLosses),
            .weight = get_number(table, "weight", 1),
            .target = {.signal = get_text(table, "signal", ""),
                       .measure = chosen(table, "measure", kMeasures),
                       .channels = get_integer(table, "channels", 1),
                       .bases = get_integer(table, "bases", 0),
                       .bin = get_integer(table, "bin", 1),
                       .transform = chosen(table, "transform", kTransforms)}};
  }

  std::string_view source_;
};

/// The line of what a problem's path and key lead to, or of the nearest table around it.
int line_of(const ConfigNode& root, std::string_view path, std::string_view key) {
  const ConfigNode* node = &root;
  int line = root.line;
  while (!path.empty()) {
    const std::string_view step = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), step.size() + 1));
    std::size_t index = 0;
    if (const ConfigNode::List* items = node->list()) {
      std::from_chars(step.data(), step.data() + step.size(), index);
      node = index < items->size() ? &(*items)[index] : nullptr;
    } else {
      node = node->find(step);
    }
    if (node == nullptr) return line;
    if (node->line > 0) line = node->line;
  }
  const ConfigNode* entry = key.empty() ? nullptr : node->find(key);
  return entry != nullptr && entry->line > 0 ? entry->line : line;
}

}  // namespace

ModelSpec spec_from_tree(const ConfigNode& root, std::string_view source) {
  ModelSpec spec = Reader(source).read(root);
  if (const auto problem = find_problem(spec)) {
    throw config_error(source, line_of(root, problem->path, problem->key), problem->message);
  }
  return spec;
}

}  // namespace genocuda

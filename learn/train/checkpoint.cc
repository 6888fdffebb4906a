// SPDX-License-Identifier: Apache-2.0
#include "learn/train/checkpoint.h"

#include <algorithm>

#include "core/error.h"
#include "core/version.h"
#include "learn/files/safetensors.h"
#include "learn/model/config_tree.h"

namespace genocuda {
namespace {

constexpr std::string_view kFormat = "genocuda checkpoint 1";
constexpr std::string_view kBestPrefix = "best/";

std::string table_json(const SettingTable& table) {
  ConfigNode::Table node;
  for (const auto& [key, setting] : table) node.emplace_back(key, to_node(setting));
  return write_json(ConfigNode{std::move(node)});
}

SettingTable table_from_json(const std::string& text, std::string_view source) {
  return settings_of(parse_json(text, source), {}, source);
}

SettingTable state_table(const TrainingState& state) {
  SettingTable table{{"epoch", state.epoch},
                     {"step", state.step},
                     {"losses", state.losses.loss},
                     {"divisors", state.losses.divisor},
                     {"gradient_norms", state.gradient_norms},
                     {"best_epoch", state.watch.best_epoch},
                     {"since_best", state.watch.since_best},
                     {"since_change", state.watch.since_change},
                     {"reductions", state.watch.reductions}};
  if (state.watch.best) table.emplace("best", *state.watch.best);
  return table;
}

TrainingState state_from(const SettingTable& table, std::string_view path) {
  const auto whole = [&](std::string_view key) {
    const std::int64_t value = get_integer(table, key, -1);
    if (value < 0) throw Error(ErrorKind::input_file, "'{}': the checkpoint's state lacks '{}'", path, key);
    return value;
  };
  TrainingState state;
  state.epoch = whole("epoch");
  state.step = whole("step");
  state.losses = {get_numbers(table, "losses"), get_numbers(table, "divisors")};
  state.gradient_norms = get_number(table, "gradient_norms", 0);
  state.watch.best_epoch = whole("best_epoch");
  state.watch.since_best = whole("since_best");
  state.watch.since_change = whole("since_change");
  state.watch.reductions = whole("reductions");
  if (table.contains("best")) state.watch.best = get_number(table, "best", 0);
  return state;
}

std::string shown(const Setting& setting) { return write_json(to_node(setting)); }

/// "batch (64 there, 128 here)" for the settings that differ and may not.
std::string settings_difference(const TrainingSettings& found, const TrainingSettings& wanted) {
  const SettingTable there = to_table(found), here = to_table(wanted);
  std::string text;
  for (const TrainingKey& key : training_keys()) {
    const Setting& before = there.find(key.rule.key)->second;
    const Setting& now = here.find(key.rule.key)->second;
    if (key.may_change || before == now) continue;
    text += fmt::format("{}{} ({} there, {} here)", text.empty() ? "" : ", ", key.rule.key, shown(before), shown(now));
  }
  return text;
}

ModelSpec without_training(ModelSpec spec) {
  spec.training.clear();
  return spec;
}

}  // namespace

void write_checkpoint(const std::string& path, const Checkpoint& checkpoint) {
  std::vector<TensorRecord> records;
  for (const auto& [name, tensor] : checkpoint.variables) records.push_back(to_record(name, tensor));
  for (const auto& [name, tensor] : checkpoint.best)
    records.push_back(to_record(std::string(kBestPrefix) + name, tensor));
  write_safetensors(path, records,
                    {{"format", std::string(kFormat)},
                     {"version", std::string(version())},
                     {"model", to_json(checkpoint.spec)},
                     {"tasks", names_to_json(checkpoint.tasks)},
                     {"training", table_json(to_table(checkpoint.settings))},
                     {"train_data", checkpoint.train_data},
                     {"valid_data", checkpoint.valid_data},
                     {"state", table_json(state_table(checkpoint.state))}});
}

Checkpoint read_checkpoint(const std::string& path) {
  const SafetensorsFile file = SafetensorsFile::read(path);
  const auto metadata = [&](std::string_view key) -> const std::string& {
    const auto found = file.metadata().find(key);
    if (found == file.metadata().end()) {
      throw Error(ErrorKind::input_file, "'{}' is no checkpoint of genocuda: its metadata lack '{}'", path, key);
    }
    return found->second;
  };
  if (metadata("format") != kFormat) {
    throw Error(ErrorKind::input_file, "'{}' is a '{}', not a '{}': resume with the version that wrote it ({} is this)",
                path, metadata("format"), kFormat, version());
  }
  Checkpoint checkpoint;
  checkpoint.spec = parse_model_json(metadata("model"), path);
  checkpoint.tasks = names_from_json(metadata("tasks"), path);
  apply_settings(checkpoint.settings, table_from_json(metadata("training"), path), path);
  checkpoint.train_data = metadata("train_data");
  checkpoint.valid_data = metadata("valid_data");
  checkpoint.state = state_from(table_from_json(metadata("state"), path), path);
  for (const TensorRecord& record : file.tensors()) {
    const bool best = record.name.starts_with(kBestPrefix);
    HostTensors& tensors = best ? checkpoint.best : checkpoint.variables;
    tensors.emplace(best ? record.name.substr(kBestPrefix.size()) : record.name, from_record(record, path));
  }
  return checkpoint;
}

void require_same_run(const Checkpoint& found, const Checkpoint& wanted, std::string_view path) {
  const auto differs = [&](std::string_view what, std::string_view there, std::string_view here) {
    throw Error(ErrorKind::invalid_argument,
                "cannot resume from '{}': {} differ ({} there, {} here); give the same, or another -o for a new run",
                path, what, there.empty() ? "none" : there, here.empty() ? "none" : here);
  };
  if (without_training(found.spec) != without_training(wanted.spec)) {
    const ModelSpec &there = found.spec, &here = wanted.spec;
    const auto shape = [](const ModelSpec& spec) {
      return fmt::format("'{}' of length {} with {} tasks", spec.name, spec.input.length, spec.tasks);
    };
    const bool same_name = shape(there) == shape(here);
    differs("the models", shape(there), same_name ? "other layers under that name" : shape(here));
  }
  if (found.tasks != wanted.tasks) differs("the tasks", names_to_json(found.tasks), names_to_json(wanted.tasks));
  if (found.train_data != wanted.train_data) differs("the training data", found.train_data, wanted.train_data);
  if (found.valid_data != wanted.valid_data) differs("the validation data", found.valid_data, wanted.valid_data);
  if (const std::string difference = settings_difference(found.settings, wanted.settings); !difference.empty()) {
    throw Error(ErrorKind::invalid_argument,
                "cannot resume from '{}' with other settings: {}; give the same, or another -o for a new run", path,
                difference);
  }
  if (found.state.epoch > wanted.settings.epochs) {
    throw Error(
        ErrorKind::invalid_argument,
        "cannot resume from '{}' for {} epochs: it has done {}; give so many or more, or another -o for a new run",
        path, wanted.settings.epochs, found.state.epoch);
  }
}

}  // namespace genocuda

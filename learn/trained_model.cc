// SPDX-License-Identifier: Apache-2.0
#include "learn/trained_model.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/version.h"
#include "learn/model/config_tree.h"

namespace genocuda {
namespace {

constexpr std::string_view kFormatKey = "format", kModelFormat = "genocuda model 1";

SafetensorsType file_type(DType dtype) {
  switch (dtype) {
    case DType::f64:
      return SafetensorsType::f64;
    case DType::f32:
      return SafetensorsType::f32;
    case DType::bf16:
      return SafetensorsType::bf16;
    case DType::i32:
      return SafetensorsType::i32;
    case DType::u8:
      return SafetensorsType::u8;
    case DType::i64:
    case DType::dna:
      break;
  }
  throw Error(ErrorKind::internal, "no file holds a variable of type {}", name_of(dtype));
}

const std::string& metadata_at(const SafetensorsFile& file, std::string_view key) {
  const auto found = file.metadata().find(key);
  if (found == file.metadata().end()) {
    throw Error(ErrorKind::input_file, "'{}': the model's metadata lack '{}'; write the file anew", file.source(), key);
  }
  return found->second;
}

void require_model(const SafetensorsFile& file) {
  const auto format = file.metadata().find(kFormatKey);
  const std::string found = format == file.metadata().end() ? "" : format->second;
  if (found == kModelFormat) return;
  if (found.starts_with("genocuda checkpoint")) {
    throw Error(ErrorKind::input_file, "'{}' is the checkpoint of a training run: take the model.safetensors beside it",
                file.source());
  }
  if (found.starts_with("genocuda model")) {
    throw Error(ErrorKind::input_file, "'{}' is a '{}', which this version ({}) cannot read: use a newer genocuda",
                file.source(), found, version());
  }
  throw Error(
      ErrorKind::input_file,
      "'{}' is a safetensors file but no model of genocuda: take a model.safetensors that 'genocuda train' wrote",
      file.source());
}

std::map<std::string, TensorType, std::less<>> wanted_tensors(const TrainedModel& model, const std::string& path) {
  try {
    return model_tensors(model.spec, model.size());
  } catch (const Error& error) {
    throw Error(ErrorKind::input_file, "'{}': {}", path, error.what());
  }
}

void check_tensors(const TrainedModel& model, const std::string& path) {
  const auto wanted = wanted_tensors(model, path);
  for (const auto& [name, type] : wanted) {
    const auto found = model.tensors.find(name);
    if (found == model.tensors.end()) {
      throw Error(ErrorKind::input_file, "'{}': the tensor '{}' ({}) is missing", path, name, type.to_string());
    }
    if (found->second.type != type) {
      throw Error(ErrorKind::input_file, "'{}': the tensor '{}' is {}, but the model says {}", path, name,
                  found->second.type.to_string(), type.to_string());
    }
  }
  for (const auto& [name, tensor] : model.tensors) {
    if (!wanted.contains(name)) throw Error(ErrorKind::input_file, "'{}': no layer has the tensor '{}'", path, name);
  }
}

}  // namespace

std::string names_to_json(const std::vector<std::string>& names) {
  return write_json(ConfigNode{ConfigNode::Table{{"names", to_node(Setting(names))}}});
}

std::vector<std::string> names_from_json(std::string_view text, std::string_view source) {
  return get_texts(settings_of(parse_json(text, source), {}, source), "names");
}

TensorRecord to_record(std::string name, const HostTensor& tensor) {
  const auto extents = tensor.type.shape.extents();
  return {std::move(name), file_type(tensor.type.dtype), {extents.begin(), extents.end()}, tensor.bytes};
}

HostTensor from_record(const TensorRecord& record, std::string_view source) {
  for (const DType dtype : {DType::f64, DType::f32, DType::bf16, DType::i32, DType::u8}) {
    if (file_type(dtype) != record.type || record.shape.size() > static_cast<std::size_t>(Shape::kMaxRank)) continue;
    return {{dtype, Shape(record.shape)}, {record.data.begin(), record.data.end()}};
  }
  throw Error(ErrorKind::input_file, "'{}': the tensor '{}' is of type {} and {} dimensions, which no model has",
              source, record.name, safetensors_type_name(record.type), record.shape.size());
}

std::map<std::string, TensorType, std::less<>> model_tensors(const ModelSpec& spec, const ModelSize& size) {
  Graph graph;
  const ModelInputs inputs = make_inputs(graph, spec, size, 1);
  const BuiltModel model = build_model(graph, spec, size, inputs, {});
  std::map<std::string, TensorType, std::less<>> types;
  for (const Parameter& parameter : model.parameters) types.emplace(parameter.name, parameter.variable.type());
  for (const RunningStatistic& statistic : model.statistics) types.emplace(statistic.name, statistic.variable.type());
  return types;
}

HostTensors save(const VariableStore& variables, const std::vector<std::string>& names) {
  HostTensors tensors;
  for (const std::string& name : names)
    tensors.emplace(name, HostTensor{variables.view(name).type, variables.read(name)});
  return tensors;
}

void load(VariableStore& variables, const HostTensors& tensors) {
  for (const auto& [name, tensor] : tensors) {
    variables.ensure(name, tensor.type);
    variables.write(name, tensor.bytes);
  }
}

void write_trained_model(const std::string& path, const TrainedModel& model) {
  std::vector<TensorRecord> records;
  for (const auto& [name, tensor] : model.tensors) records.push_back(to_record(name, tensor));
  const SafetensorsMetadata metadata{{std::string(kFormatKey), std::string(kModelFormat)},
                                     {"version", std::string(version())},
                                     {"model", to_json(model.spec)},
                                     {"tasks", names_to_json(model.tasks)}};
  write_safetensors(path, records, metadata);
}

TrainedModel read_trained_model(const std::string& path) {
  if (path.ends_with(".toml")) {
    throw Error(ErrorKind::input_file,
                "'{}' is a model file, which has no weights: train it, and give the model.safetensors of the run",
                path);
  }
  const SafetensorsFile file = SafetensorsFile::read(path);
  require_model(file);
  TrainedModel model;
  model.spec = parse_model_json(metadata_at(file, "model"), path);
  model.tasks = names_from_json(metadata_at(file, "tasks"), path);
  if (model.spec.input.length <= 0 || static_cast<std::int64_t>(model.tasks.size()) != model.spec.tasks) {
    throw Error(ErrorKind::input_file, "'{}': the model's length ({}) and tasks ({}, {} names) do not fit together",
                path, model.spec.input.length, model.spec.tasks, model.tasks.size());
  }
  for (const TensorRecord& record : file.tensors()) model.tensors.emplace(record.name, from_record(record, path));
  check_tensors(model, path);
  return model;
}

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/executable.h"
#include "learn/files/safetensors.h"
#include "learn/model/build.h"
#include "learn/model/model_spec.h"

namespace genocuda {

/// A tensor in host memory.
struct HostTensor {
  TensorType type;
  std::vector<std::byte> bytes;
  bool operator==(const HostTensor&) const = default;
};
using HostTensors = std::map<std::string, HostTensor, std::less<>>;

/// A trained model, free of any device: what model.safetensors holds. One file carries the weights, the running
/// statistics and, as metadata, the architecture with its length, tasks and preprocessing (strands, unknown bases) and
/// the training settings it came from (spec.training).
struct TrainedModel {
  ModelSpec spec;  ///< with length and tasks fixed
  std::vector<std::string> tasks;
  HostTensors tensors;  ///< by the names of learn/model/build.h

  ModelSize size() const { return {spec.input.length, spec.tasks}; }
};

/// The same model gives the same bytes. Throws Error(input_file) where it cannot be written.
void write_trained_model(const std::string& path, const TrainedModel& model);
/// Throws Error(input_file) that names the file and what is wrong with it: truncated, no model of this library (a
/// foreign safetensors file, a checkpoint), a tensor that is missing, left over, or of another shape than the
/// architecture says.
TrainedModel read_trained_model(const std::string& path);

/// Names and types of the parameters and running statistics of a model.
std::map<std::string, TensorType, std::less<>> model_tensors(const ModelSpec& spec, const ModelSize& size);

/// Copies variables to and from the host; load() makes those that are new.
HostTensors save(const VariableStore& variables, const std::vector<std::string>& names);
void load(VariableStore& variables, const HostTensors& tensors);

/// A tensor as a safetensors file holds it, and back. Throws Error(input_file) naming `source` for a type no model has.
TensorRecord to_record(std::string name, const HostTensor& tensor);
HostTensor from_record(const TensorRecord& record, std::string_view source);
/// A list of names for the metadata of a file, and back.
std::string names_to_json(const std::vector<std::string>& names);
std::vector<std::string> names_from_json(std::string_view text, std::string_view source);

}  // namespace genocuda

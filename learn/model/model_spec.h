// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/ops/loss.h"
#include "core/ops/one_hot.h"
#include "genomics/track_transform.h"
#include "learn/model/setting.h"

/// An architecture as plain data: what a model file says (docs/model-file.md) and what a trained model carries along.
namespace genocuda {

/// Whether a sequence is read as it is, or both strands run through the same net and their scores are averaged, or the
/// larger is kept.
enum class Strands { forward, mean, max };

std::string_view name_of(Strands strands);
std::string_view name_of(UnknownBase unknown);

struct InputSpec {
  bool dna = true;          ///< false: the model reads tracks alone
  std::int64_t length = 0;  ///< bases, also of a model without DNA; 0: the data decide
  Strands strands = Strands::forward;
  UnknownBase unknown = UnknownBase::zeros;
  bool operator==(const InputSpec&) const = default;
};

/// A further input of numbers along the sequence, [batch, length, channels]: signals, controls.
struct TrackSpec {
  std::string name;
  std::int64_t channels = 1;
  std::int64_t length = 0;  ///< positions, the middle ones of the input; 0: all of it
  std::int64_t bin = 1;     ///< bases that a position stands for, with the mean of their values
  TrackTransform transform = TrackTransform::none;
  bool operator==(const TrackSpec&) const = default;
};

/// One layer, or a group of them ("residual", "block").
struct LayerSpec {
  std::string type;               ///< a name in layer_types() (learn/model/layer_type.h)
  std::string name;               ///< "" for one made of type and number, "conv2"
  std::vector<std::string> from;  ///< what it reads: layers, tracks, "dna"; empty for the layer before
  bool frozen = false;            ///< its parameters (and those of its layers) are not trained
  SettingTable settings;          ///< the keys of its type
  std::vector<LayerSpec> layers;  ///< of a group
  bool operator==(const LayerSpec&) const = default;
};

enum class TargetMeasure {
  values,     ///< the signal's values in the middle of the window: as many positions as the output has
  log_total,  ///< log(1 + sum of the values of all channels)
};

std::string_view name_of(TargetMeasure measure);

/// What an output is trained towards: the next columns of the labels, or a signal.
struct TargetSpec {
  std::string signal;  ///< "" for labels; then nothing else here matters
  TargetMeasure measure = TargetMeasure::values;
  std::int64_t channels = 1;
  std::int64_t bases = 0;  ///< of log_total: the middle of the window; 0: all of it
  std::int64_t bin = 1;    ///< bases a position
  TrackTransform transform = TrackTransform::none;
  bool operator==(const TargetSpec&) const = default;
};

struct OutputSpec {
  std::string name = "output";
  std::string from;  ///< "" for the last layer
  LossKind loss = LossKind::bce_with_logits;
  double weight = 1;  ///< of its loss in the sum of the outputs' losses
  TargetSpec target = {};
  bool operator==(const OutputSpec&) const = default;
};

struct ModelSpec {
  std::string name;
  std::string description;
  std::int64_t tasks = 0;  ///< what "tasks" in a dense layer stands for; 0: the data decide
  InputSpec input;
  std::vector<TrackSpec> tracks;
  std::vector<LayerSpec> layers;
  std::vector<OutputSpec> outputs;  ///< at least one
  SettingTable training;            ///< the model's own defaults for training (learn/train/settings.h)
  bool operator==(const ModelSpec&) const = default;
};

/// Throws Error(invalid_argument) that names the layer and the key for whatever the types of the layers, their
/// settings, the names in `from` and the outputs do not allow. Shapes are checked when the model is built.
void validate(const ModelSpec& spec);

/// From a model file. `source` stands for the file in messages: "model.toml:12: conv has no key 'filter'; did you mean
/// 'filters'?". Throws Error(input_file). The result is valid.
ModelSpec parse_model_toml(std::string_view text, std::string_view source);
/// Reads a file; throws Error(input_file) where it cannot be read.
ModelSpec read_model_file(const std::string& path);
/// A model file that parses to the same spec, one layer a line.
std::string to_toml(const ModelSpec& spec);

/// For the metadata of a trained model.
ModelSpec parse_model_json(std::string_view text, std::string_view source);
std::string to_json(const ModelSpec& spec);

/// The models that come with the library, in the order of the alphabet; the text of one as it is shipped, or its spec.
/// Throws Error(invalid_argument) that lists the names for an unknown one.
std::vector<std::string_view> zoo_names();
std::string_view zoo_text(std::string_view name);
ModelSpec zoo_model(std::string_view name);

/// What `--model` takes: a name of the zoo, or a file (a path with '/' or ending in ".toml").
ModelSpec load_model(const std::string& name_or_path);

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "genocuda/model.h"

#include <map>
#include <mutex>
#include <utility>

#include "core/error.h"
#include "genocuda/device.h"
#include "genomics/examples.h"
#include "learn/predict/predictor.h"
#include "learn/train/training_step.h"

namespace genocuda {
namespace {

/// A character for a message of one line.
std::string shown(char letter) {
  return letter > ' ' && letter <= '~' ? fmt::format("'{}'", letter)
                                       : fmt::format("the byte {}", static_cast<unsigned char>(letter));
}

/// The sequences as contigs of their own, one window each.
Examples examples_of(std::span<const std::string> sequences, std::int64_t length) {
  auto genome = std::make_shared<Genome>("the sequences given");
  Examples examples;
  examples.length = length;
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    if (static_cast<std::int64_t>(sequences[i].size()) != length) {
      throw Error(ErrorKind::invalid_argument, "sequence {} has {} bases and the model takes {}", i + 1,
                  sequences[i].size(), length);
    }
    PackedSequence packed;
    const std::size_t taken = packed.append(sequences[i]);
    if (taken != sequences[i].size()) {
      throw Error(ErrorKind::invalid_argument, "sequence {} has {} at position {}, which is no base", i + 1,
                  shown(sequences[i][taken]), taken + 1);
    }
    examples.windows.push_back({genome->add("", std::move(packed)), Strand::forward, 0});
  }
  examples.genome = std::move(genome);
  return examples;
}

/// The device of that name. A GPU is one object for all models of the process that are on it: they share its memory,
/// and what one does with the whole GPU stands back while another records.
std::shared_ptr<Device> shared_device(std::string_view name) {
  std::shared_ptr<Device> opened = open_device(name);
  if (opened->memory_is_host()) return opened;
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<Device>> gpus;
  const std::lock_guard lock(mutex);
  std::weak_ptr<Device>& known = gpus[opened->name()];
  if (std::shared_ptr<Device> device = known.lock()) return device;
  known = opened;
  return opened;
}

}  // namespace

class Model::State {
 public:
  State(const std::string& path, std::string_view device_name, Precision precision)
      : device_(shared_device(device_name)), model_(read_trained_model(path)), precision_(precision) {
    if (!model_.spec.tracks.empty()) {
      throw Error(ErrorKind::input_file, "{}: reads the signal '{}' and not sequences alone: genocuda predict runs it",
                  path, model_.spec.tracks.front().name);
    }
    for (const HeadColumns& head : head_columns(model_.spec, model_.size())) {
      outputs_.push_back({head.name, head.first, head.count});
    }
  }

  const TrainedModel& model() const { return model_; }
  const std::vector<Output>& outputs() const { return outputs_; }
  const Device& device() const { return *device_; }

  Predictor& predictor(bool both_strands) {
    auto& chosen = predictors_[both_strands ? 1 : 0];
    if (!chosen) {
      const PredictorOptions options{.rc_average = both_strands, .executable = {.precision = precision_}};
      chosen = std::make_unique<Predictor>(model_, *device_, options);
    }
    return *chosen;
  }

 private:
  std::shared_ptr<Device> device_;
  TrainedModel model_;
  std::vector<Output> outputs_;
  Precision precision_;
  std::unique_ptr<Predictor> predictors_[2];
};

Model::Model(std::unique_ptr<State> state) : state_(std::move(state)) {}
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;
Model::~Model() = default;

Model Model::load(const std::string& path, std::string_view device, Precision precision) {
  return Model(std::make_unique<State>(path, device, precision));
}

const std::vector<std::string>& Model::tasks() const { return state_->model().tasks; }
const std::vector<Model::Output>& Model::outputs() const { return state_->outputs(); }
std::int64_t Model::columns() const { return outputs().back().first + outputs().back().count; }
std::int64_t Model::length() const { return state_->model().size().length; }
std::string Model::device() const { return state_->device().description(); }

std::vector<float> Model::predict(std::span<const std::string> sequences, bool both_strands) {
  return state_->predictor(both_strands).predict(examples_of(sequences, length()));
}

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "learn/predict/placed_inference.h"

#include <utility>

#include "core/error.h"

namespace genocuda {
namespace {

LossDivisor divisor_of(const ModelSpec& spec) {
  TrainingSettings settings;
  apply_settings(settings, spec.training, "the model's training settings");
  return settings.loss_divisor;
}

}  // namespace

PlacedInference::PlacedInference(const ModelSpec& spec, const ModelSize& size, std::vector<HeadColumns> heads,
                                 VariableStore& variables, PredictorOptions options)
    : spec_(spec),
      size_(size),
      heads_(std::move(heads)),
      variables_(variables),
      options_(std::move(options)),
      divisor_(divisor_of(spec)) {}

void PlacedInference::prepare(const Examples& examples) {
  if (options_.resident != nullptr) {
    if (!options_.resident->are_of(examples)) {
      throw Error(ErrorKind::internal, "the examples have another genome or other signals than those on the device");
    }
    if (!programs_) make_programs(options_.resident);
  } else if (!serves(examples)) {
    take_back();
    place(examples);
  }
  programs_->next_that_fits(examples.size());
}

/// Whether these examples can do with what there is.
bool PlacedInference::serves(const Examples& examples) {
  if (!programs_ || !own_windows_) return programs_.has_value();
  if (!own_windows_->are_of(examples)) return false;
  try {
    programs_->next(examples.size());
    return true;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::out_of_memory) throw;
    return false;
  }
}

void PlacedInference::place(const Examples& examples) {
  Device& device = variables_.device();
  const auto copy = [&] { return own_windows_.emplace(device, spec_, examples, false).bytes(); };
  const auto make = [&] {
    make_programs(own_windows_ ? &*own_windows_ : nullptr);
    if (own_windows_) programs_->next(examples.size());  // rather than that batches get smaller, data are sent
  };
  const DataPlace place =
      place_data(options_.data, device, {.copy = copy, .prepare = make, .take_back = [&] { take_back(); }});
  if (!place.no_room) return;
  options_.data = DataPlacement::host;  // from now on: the next examples would hardly find more room
  if (options_.on_notice) options_.on_notice(fmt::format("predicting by {}: data {}", spec_.name, place.words));
}

/// With null every batch brings its data.
void PlacedInference::make_programs(const ResidentWindows* resident) {
  programs_.emplace(spec_, size_, heads_, WindowInputs(spec_, size_, resident), divisor_, variables_, options_);
}

void PlacedInference::take_back() {
  programs_.reset();
  own_windows_.reset();
}

}  // namespace genocuda

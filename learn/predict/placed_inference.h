// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "learn/predict/inference_programs.h"

namespace genocuda {

/// The programs of a model over examples whose genome and signals lie on the device or are sent, as
/// PredictorOptions say.
class PlacedInference {
 public:
  /// The variables must outlive it.
  PlacedInference(const ModelSpec& spec, const ModelSize& size, std::vector<HeadColumns> heads,
                  VariableStore& variables, PredictorOptions options);
  PlacedInference(const PlacedInference&) = delete;
  PlacedInference& operator=(const PlacedInference&) = delete;

  /// Gives examples, at least one, their place and their first program. They have what the model reads:
  /// require_signals().
  void prepare(const Examples& examples);
  /// Those of the examples that came last.
  InferencePrograms& programs() { return *programs_; }

 private:
  bool serves(const Examples& examples);
  void place(const Examples& examples);
  void make_programs(const ResidentWindows* resident);
  void take_back();

  ModelSpec spec_;
  ModelSize size_;
  std::vector<HeadColumns> heads_;
  VariableStore& variables_;
  PredictorOptions options_;
  LossDivisor divisor_;
  std::optional<ResidentWindows> own_windows_;
  std::optional<InferencePrograms> programs_;
};

}  // namespace genocuda

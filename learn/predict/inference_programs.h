// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/executable.h"
#include "learn/data/window_inputs.h"
#include "learn/predict/predictor_options.h"
#include "learn/train/batch.h"

namespace genocuda {

/// The executables for batches of one size.
struct InferenceProgram {
  std::int64_t batch;
  /// Every output before its link under its own name, and behind it under prediction_name().
  Executable forward;
  /// The losses of scores that are given: "scores/<output>", "labels/<output>" and "weights/<output>" in,
  /// "loss/<output>" and "divisor/<output>" out. Apart from the model so that averaged predictions have a loss, too.
  Executable loss;
};

std::string prediction_name(const HeadColumns& head);

/// A model's programs for batches of any size, made when they are first asked for.
class InferencePrograms {
 public:
  /// The variables must outlive it, and so must what the inputs lie in. Where data lie is the inputs' business and not
  /// that of the options.
  InferencePrograms(const ModelSpec& spec, const ModelSize& size, std::vector<HeadColumns> heads, WindowInputs inputs,
                    LossDivisor divisor, VariableStore& variables, PredictorOptions options);

  const WindowInputs& inputs() const { return inputs_; }
  /// Examples in a batch, at most.
  std::int64_t batch() const { return options_.batch; }
  /// The program for the next examples of so many that remain. Throws Error(out_of_memory) where it does not fit.
  InferenceProgram& next(std::int64_t remaining);
  /// The same, but batches are made as small as the memory needs it: the error is that not even one example fits.
  InferenceProgram& next_that_fits(std::int64_t remaining);

 private:
  InferenceProgram& program_for(std::int64_t batch);
  Graph forward_graph(std::int64_t batch) const;
  std::int64_t program_size(std::int64_t rows) const;
  void shrink_batch(std::int64_t size);

  ModelSpec spec_;
  ModelSize size_;
  std::vector<HeadColumns> heads_;
  WindowInputs inputs_;
  LossDivisor divisor_;
  VariableStore& variables_;
  PredictorOptions options_;
  std::map<std::int64_t, InferenceProgram> programs_;  // by batch
};

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/device.h"

namespace genocuda {

/// A trained model, ready to predict: what a host application needs.
///
///   auto model = genocuda::Model::load("model.safetensors");
///   std::vector<float> p = model.predict(sequences);  // p[i * model.columns() + t]
///
/// Movable. Not safe for use by several threads at once; several models are independent, so that every thread of an
/// application may have one of its own, of the same file and on the same device: each has its weights there, and a
/// stream. They compute what one alone would. The number of CPU threads belongs to the process: that of the model
/// loaded last holds for all. Every member throws genocuda::Error (core/error.h) with a message of one line.
class Model {
 public:
  /// Loads what `genocuda train` writes. `device`: "auto", "cpu", "cpu:4" (that many threads), "cuda:0"
  /// (genocuda/device.h). `precision`: what a GPU may trade for speed; probabilities change by up to 1e-3 in TF32 and
  /// 1e-2 in bf16. Throws Error: kind input_file where the file is absent, no model, or one that reads signals beside
  /// sequences, device where the device is absent.
  static Model load(const std::string& path, std::string_view device = "auto", Precision precision = Precision::fp32);
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;
  ~Model();

  /// An output, and which columns of predict() are its.
  struct Output {
    std::string name;
    std::int64_t first = 0, count = 0;
  };
  const std::vector<Output>& outputs() const;
  /// Numbers that predict() gives for a sequence.
  std::int64_t columns() const;
  /// Names of the tasks, in the order of the columns of the outputs that predict labels: of all, but in models of
  /// signals.
  const std::vector<std::string>& tasks() const;
  /// Bases of a sequence.
  std::int64_t length() const;
  /// The device it runs on, in one line.
  std::string device() const;

  /// Predictions [sequences.size(), columns()], row by row: probabilities of binary tasks, values of signals, shares of
  /// a profile by position and channel, log(1 + total) of its reads. A
  /// sequence is made of letters A, C, G, T in either case; N and the other IUPAC codes are unknown bases. Throws
  /// Error, kind invalid_argument, that names the sequence (from 1) for another length or a letter that is no base.
  /// `both_strands` averages the predictions for a sequence and its reverse complement.
  std::vector<float> predict(std::span<const std::string> sequences, bool both_strands = false);

 private:
  class State;
  explicit Model(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace genocuda

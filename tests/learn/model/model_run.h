// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/executable.h"
#include "learn/model/build.h"

namespace genocuda {

/// Packed rows of `length` random bases, a few of them unknown.
std::vector<std::uint32_t> random_dna(std::int64_t batch, std::int64_t length, std::uint64_t seed);
/// The reverse complement of each row.
std::vector<std::uint32_t> reverse_complement(const std::vector<std::uint32_t>& rows, std::int64_t batch,
                                              std::int64_t length);

/// A model on the CPU with fresh weights and random inputs. In training mode the weighted sum of its heads' losses
/// against random targets is the output "loss", and the gradient of each parameter is "gradient/<name>".
class ModelRun {
 public:
  struct Options {
    Mode mode = Mode::inference;
    DType dtype = DType::f32;
    std::int64_t batch = 3;
    std::uint64_t seed = 7;
    bool reference = false;  ///< the reference implementations alone, else those that the library would choose
    bool fused = false;
  };

  ModelRun(const ModelSpec& spec, const ModelSize& size, const Options& options);

  const BuiltModel& model() const { return model_; }
  const Graph& graph() const { return graph_; }
  VariableStore& variables() { return *variables_; }
  Executable& executable() { return *executable_; }
  std::int64_t batch() const { return options_.batch; }

  /// An output as doubles, whatever its type; likewise a variable.
  std::vector<double> read(const std::string& output);
  std::vector<double> variable(const std::string& name);
  void set_variable(const std::string& name, const std::vector<double>& values);
  double run_loss();

 private:
  void add_loss(const std::vector<TensorType>& parameter_types);
  void write_random(const std::string& input);

  Options options_;
  Graph graph_;
  BuiltModel model_;
  std::unique_ptr<Device> device_;
  std::unique_ptr<VariableStore> variables_;
  std::unique_ptr<Executable> executable_;
};

}  // namespace genocuda

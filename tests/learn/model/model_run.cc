// SPDX-License-Identifier: Apache-2.0
#include "tests/learn/model/model_run.h"

#include <algorithm>
#include <cstring>

#include "core/differentiate.h"
#include "core/dna.h"
#include "core/name_hash.h"
#include "core/ops/arithmetic.h"
#include "core/passes.h"
#include "core/philox.h"
#include "host/cpu_device.h"

namespace genocuda {
namespace {

std::vector<double> as_doubles(const std::vector<std::byte>& bytes, DType dtype) {
  if (dtype == DType::f64) {
    std::vector<double> values(bytes.size() / sizeof(double));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return {values.begin(), values.end()};
}

std::vector<std::byte> as_bytes_of(const std::vector<double>& values, DType dtype) {
  const auto copy = [](const auto& numbers) {
    const auto bytes = std::as_bytes(std::span(numbers));
    return std::vector<std::byte>(bytes.begin(), bytes.end());
  };
  return dtype == DType::f64 ? copy(values) : copy(std::vector<float>(values.begin(), values.end()));
}

}  // namespace

std::vector<std::uint32_t> random_dna(std::int64_t batch, std::int64_t length, std::uint64_t seed) {
  const std::int64_t words = dna::row_words(length);
  std::vector<std::uint32_t> rows(batch * words);
  philox::Generator random(seed, 1);
  for (std::int64_t b = 0; b < batch; ++b) {
    for (std::int64_t i = 0; i < length; ++i) {
      const bool unknown = random.below(20) == 0;
      dna::set(&rows[b * words], length, i, unknown ? dna::kUnknown : static_cast<std::uint8_t>(random.below(4)));
    }
  }
  return rows;
}

std::vector<std::uint32_t> reverse_complement(const std::vector<std::uint32_t>& rows, std::int64_t batch,
                                              std::int64_t length) {
  const std::int64_t words = dna::row_words(length);
  std::vector<std::uint32_t> result(rows.size());
  for (std::int64_t b = 0; b < batch; ++b) {
    for (std::int64_t i = 0; i < length; ++i) {
      dna::set(&result[b * words], length, i, dna::complement(dna::get(&rows[b * words], length, length - 1 - i)));
    }
  }
  return result;
}

ModelRun::ModelRun(const ModelSpec& spec, const ModelSize& size, const Options& options)
    : options_(options), device_(make_cpu_device(1)), variables_(std::make_unique<VariableStore>(*device_)) {
  const ModelInputs inputs = make_inputs(graph_, spec, size, options.batch, options.dtype);
  const Value step = graph_.input("step", {DType::i32, {}});
  model_ = build_model(graph_, spec, size, inputs, {options.mode, options.dtype, step, options.seed});
  initialise(*variables_, model_, options.seed);
  std::vector<TensorType> types;
  for (const Parameter& parameter : model_.parameters) types.push_back(parameter.variable.type());
  if (options.fused) graph_ = fuse(graph_, fusion_rules(*device_));
  if (options.mode == Mode::training) add_loss(types);

  ExecutableOptions how;
  how.check_memory = true;
  if (options.reference) how.implementations["*"] = "reference";
  executable_ = std::make_unique<Executable>(graph_, *variables_, how);
  if (spec.input.dna) {
    const auto rows = random_dna(options.batch, size.length, options.seed);
    executable_->write("dna", std::as_bytes(std::span(rows)));
  }
  for (const TrackSpec& track : spec.tracks) write_random(track.name);
  const std::int32_t first_step = 1;
  executable_->write("step", std::as_bytes(std::span(&first_step, 1)));
  if (options.mode == Mode::training) {
    for (const Head& head : model_.heads) write_random("target/" + head.name);
  }
}

void ModelRun::add_loss(const std::vector<TensorType>& types) {
  Value total;
  for (const Head& head : model_.heads) {
    // After fusion the handles of the old graph are void: the output is found again by its name.
    const Value output = graph_.find_output(head.name);
    const Value target = graph_.input("target/" + head.name, output.type());
    const Shape weight_shape = is_per_row(head.loss) ? Shape{output.shape()[0]} : output.shape();
    const Value weights = graph_.constant(1, {options_.dtype, weight_shape});
    const Value term = loss(head.loss, output, target, weights).loss * head.weight;
    total = total ? total + term : term;
  }
  graph_.output("loss", total);
  std::vector<Value> variables;
  for (std::size_t i = 0; i < types.size(); ++i) {
    variables.push_back(graph_.variable(model_.parameters[i].name, types[i]));
  }
  const Derivatives derivatives = gradient(total, variables);
  for (std::size_t i = 0; i < variables.size(); ++i) {
    graph_.output("gradient/" + model_.parameters[i].name, derivatives.values[i]);
  }
}

void ModelRun::write_random(const std::string& input) {
  const TensorView view = executable_->input(input);
  philox::Generator random(options_.seed, name_hash(input));
  std::vector<double> values(view.elements());
  for (double& value : values) value = random.below(2);
  executable_->write(input, as_bytes_of(values, view.type.dtype));
}

std::vector<double> ModelRun::read(const std::string& output) {
  const TensorType type = executable_->output(output).type;
  std::vector<std::byte> bytes(type.bytes());
  executable_->read(output, bytes);
  return as_doubles(bytes, type.dtype);
}

std::vector<double> ModelRun::variable(const std::string& name) {
  return as_doubles(variables_->read(name), variables_->view(name).type.dtype);
}

void ModelRun::set_variable(const std::string& name, const std::vector<double>& values) {
  variables_->write(name, as_bytes_of(values, variables_->view(name).type.dtype));
}

double ModelRun::run_loss() {
  executable_->run();
  return read("loss").front();
}

}  // namespace genocuda

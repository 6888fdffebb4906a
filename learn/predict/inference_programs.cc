// SPDX-License-Identifier: Apache-2.0
#include "learn/predict/inference_programs.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <span>
#include <utility>

#include "core/error.h"
#include "core/mixed_precision.h"
#include "core/prepare.h"
#include "learn/memory_fit.h"

namespace genocuda {
namespace {

Graph loss_graph(std::span<const HeadColumns> heads, std::int64_t batch, LossDivisor divisor) {
  Graph graph;
  for (const HeadColumns& head : heads) {
    const TensorType type{DType::f32, Shape{batch, head.count}};
    const Value scores = graph.input("scores/" + head.name, type);
    const Value labels = graph.input("labels/" + head.name, type);
    const Value weights = graph.input("weights/" + head.name, {DType::f32, head.weight_shape(batch)});
    const LossResult result = loss(head.loss, scores, labels, weights, divisor);
    graph.output("loss/" + head.name, result.loss);
    graph.output("divisor/" + head.name, result.divisor);
  }
  return graph;
}

}  // namespace

std::string prediction_name(const HeadColumns& head) { return "prediction/" + head.name; }

InferencePrograms::InferencePrograms(const ModelSpec& spec, const ModelSize& size, std::vector<HeadColumns> heads,
                                     WindowInputs inputs, LossDivisor divisor, VariableStore& variables,
                                     PredictorOptions options)
    : spec_(spec),
      size_(size),
      heads_(std::move(heads)),
      inputs_(std::move(inputs)),
      divisor_(divisor),
      variables_(variables),
      options_(std::move(options)) {}

InferenceProgram& InferencePrograms::next(std::int64_t remaining) {
  const std::int64_t size = program_size(std::min(options_.batch, remaining));
  try {
    return program_for(size);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::out_of_memory || programs_.empty()) throw;
  }
  programs_.clear();  // those for other numbers of rows: without them it may fit
  return program_for(size);
}

InferenceProgram& InferencePrograms::next_that_fits(std::int64_t remaining) {
  for (;;) {
    try {
      return next(remaining);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::out_of_memory) throw;
    }
    shrink_batch(program_size(std::min(options_.batch, remaining)));
  }
}

InferenceProgram& InferencePrograms::program_for(std::int64_t batch) {
  const auto found = programs_.find(batch);
  if (found != programs_.end()) return found->second;
  Executable forward(forward_graph(batch), variables_, options_.executable, inputs_.shared());
  Executable losses(loss_graph(heads_, batch, divisor_), variables_, options_.executable);
  return programs_.emplace(batch, InferenceProgram{batch, std::move(forward), std::move(losses)}).first->second;
}

Graph InferencePrograms::forward_graph(std::int64_t batch) const {
  Graph graph;
  const BuiltModel model = build_model(graph, spec_, size_, inputs_.add_to(graph, batch), {});
  const std::vector<HeadColumns> columns = assign_columns(model, size_.tasks);
  for (std::size_t h = 0; h < columns.size(); ++h) {
    graph.output(prediction_name(columns[h]), apply_link(columns[h].loss, model.heads[h].output));
  }
  return specialise(graph, variables_.device(), options_.executable.precision);
}

/// The last batch of a set runs at the next power of two, not at the full size: few programs serve every number of
/// rows, and one sequence does not pay for a whole batch.
std::int64_t InferencePrograms::program_size(std::int64_t rows) const {
  const auto rounded = static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(rows)));
  return std::min(options_.batch, rounded);
}

void InferencePrograms::shrink_batch(std::int64_t size) {
  Device& device = variables_.device();
  const BatchedWork work{
      fmt::format("predicting by {}", spec_.name), size, [&](std::int64_t batch) {
        return memory_need(forward_graph(batch), variables_, options_.executable, inputs_.shared()).bytes();
      }};
  const std::optional<std::int64_t> fitting = fitting_batch(work, device);
  if (!fitting) throw out_of_memory(work, device);
  options_.batch = *fitting;
  if (options_.on_notice) {
    options_.on_notice(fmt::format("{}: going on with batch {}", shortage(work, device), *fitting));
  }
}

}  // namespace genocuda

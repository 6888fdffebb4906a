// SPDX-License-Identifier: Apache-2.0
#include "learn/model/build.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/ops/activation.h"
#include "core/ops/arithmetic.h"
#include "core/ops/checks.h"
#include "core/ops/one_hot.h"
#include "core/ops/pooling.h"
#include "core/ops/rearrange.h"
#include "core/ops/softmax.h"
#include "learn/model/layer_type.h"
#include "learn/model/spec_problem.h"

namespace genocuda {
namespace {

// Far below where products of extents overflow.
constexpr std::int64_t kLargestValue = std::int64_t{1} << 44;

// How errors begin that name a layer.
constexpr std::string_view kLayer = "layer ";

/// The shape of one example of a batch.
Shape without_batch(const Shape& shape) { return Shape(shape.extents().subspan(1)); }

bool uses_tasks(const std::vector<LayerSpec>& layers) {
  return std::ranges::any_of(layers, [](const LayerSpec& layer) {
    return is_text(layer.settings, "units") || is_text(layer.settings, "filters") || uses_tasks(layer.layers);
  });
}

std::int64_t track_length(const TrackSpec& track, const ModelSize& size) {
  if (track.length > 0) return track.length;
  ops::require(size.length % track.bin == 0, "track '{}': an input of {} bases cannot be cut into bins of {}",
               track.name, size.length, track.bin);
  return size.length / track.bin;
}

/// `x` without the positions at both ends that convolutions in `f` have used up.
Value cropped_like(Value x, Value f) {
  if (x.shape().rank() != 3 || f.shape().rank() != 3) return x;
  const std::int64_t lost = x.shape()[1] - f.shape()[1];
  ops::require(lost >= 0 && lost % 2 == 0,
               "the layers make {} positions of {}; a residual can be cropped by the same number on both sides only",
               f.shape()[1], x.shape()[1]);
  return lost == 0 ? x : crop(x, lost / 2, lost / 2);
}

class Builder {
 public:
  Builder(Graph& graph, const ModelSpec& spec, const ModelSize& size, const BuildOptions& options)
      : graph_(graph), spec_(spec), options_(options) {
    model_.size = size;
  }

  BuiltModel build(const ModelInputs& inputs) {
    const Signal first = read_inputs(inputs);
    const Signal last = build_level(spec_.layers, first, "", false);
    for (const OutputSpec& output : spec_.outputs) add_head(output, output.from.empty() ? last : find(output.from));
    return std::move(model_);
  }

 private:
  using Level = std::map<std::string, Signal, std::less<>>;

  /// Makes the inputs known by name and returns what the first layer reads.
  Signal read_inputs(const ModelInputs& inputs) {
    Level level;
    std::string first;
    if (spec_.input.dna) {
      const Graph::Scope scope(graph_, "dna");
      ops::require(inputs.dna && inputs.dna.shape().rank() == 2 && inputs.dna.shape()[1] == model_.size.length,
                   "model '{}' was made for DNA of length {}", spec_.name, model_.size.length);
      const Value dna = spec_.input.strands == Strands::forward ? inputs.dna : both_strands(inputs.dna);
      first = "dna";
      level[first] = {one_hot(dna, options_.dtype, spec_.input.unknown)};
      add_row(first, "one_hot", level[first], 0, false);
    }
    for (const TrackSpec& track : spec_.tracks) {
      const auto given = inputs.tracks.find(track.name);
      ops::require(given != inputs.tracks.end(), "model '{}' needs the track '{}'", spec_.name, track.name);
      const Shape& shape = given->second.shape();
      ops::require(shape.rank() == 3 && shape[1] == track_length(track, model_.size) && shape[2] == track.channels,
                   "track '{}' must be [batch, {}, {}], not {}", track.name, track_length(track, model_.size),
                   track.channels, given->second.type().to_string());
      if (first.empty()) first = track.name;
      const auto bin = static_cast<double>(track.bin);
      level[track.name] = {given->second, bin, bin};
      add_row(track.name, "track", level[track.name], 0, false);
    }
    const Signal signal = level.at(first);
    levels_.push_back(std::move(level));
    return signal;
  }

  const Signal& find(std::string_view name) const {
    for (auto level = levels_.rbegin(); level != levels_.rend(); ++level) {
      if (const auto found = level->find(name); found != level->end()) return found->second;
    }
    throw Error(ErrorKind::invalid_argument, "model '{}' has no layer '{}'", spec_.name, name);
  }

  /// Layers of one level, in order; their names stay known in the outermost level, which outputs read from.
  Signal build_level(const std::vector<LayerSpec>& layers, Signal before, const std::string& prefix, bool frozen) {
    const std::vector<std::string> names = layer_names(layers);
    const bool inner = !prefix.empty();
    levels_.push_back(inner ? Level{{"input", before}} : Level{});
    for (std::size_t i = 0; i < layers.size(); ++i) {
      std::vector<Signal> inputs;
      for (const std::string& source : layers[i].from) inputs.push_back(find(source));
      if (inputs.empty()) inputs.push_back(before);
      const Graph::Scope scope(graph_, names[i]);
      before = build_layer(layers[i], prefix + names[i], inputs, frozen || layers[i].frozen);
      levels_.back().insert_or_assign(names[i], before);
    }
    if (inner) levels_.pop_back();
    return before;
  }

  Signal build_layer(const LayerSpec& layer, const std::string& name, std::span<const Signal> inputs, bool frozen) {
    const LayerType& type = *find_layer_type(layer.type);
    try {
      const std::size_t known = model_.parameters.size();
      Signal result;
      if (type.group) {
        result = build_level(layer.layers, inputs[0], name + "/", frozen);
        if (layer.type == "residual") result = add_residual(inputs[0], result);
      } else {
        LayerContext context(graph_, model_, options_, layer, name, frozen);
        result = type.build(context, inputs);
      }
      ops::require(result.value.shape().elements() <= kLargestValue, "{} are more numbers than any machine holds",
                   result.value.type().to_string());
      result.reach = std::min(result.reach, static_cast<double>(model_.size.length));
      if (layer.type != "block")
        add_row(name, layer.type, result, type.group ? model_.parameters.size() : known, frozen);
      return result;
    } catch (const Error& error) {
      std::string_view message = error.what();
      if (message.starts_with(kLayer)) throw;  // of a layer within this one
      const std::string scope = fmt::format("{}: ", graph_.current_scope());
      if (message.starts_with(scope)) message.remove_prefix(scope.size());  // of an operator
      throw Error(error.kind(), "{}{} ({}): {}", kLayer, graph_.current_scope(), layer.type, message);
    }
  }

  static Signal add_residual(const Signal& x, const Signal& f) {
    const Value cropped = cropped_like(x.value, f.value);
    ops::require(cropped.shape() == f.value.shape(),
                 "the layers make {} of {}, and a residual adds both: let the last of them make as many numbers as the "
                 "first reads",
                 in_words(f.value), in_words(cropped));
    Signal result = f.with(cropped + f.value);
    result.reach = std::max(x.reach, f.reach);
    return result;
  }

  void add_row(const std::string& name, const std::string& type, const Signal& signal, std::size_t first_parameter,
               bool frozen) {
    LayerRow row{name, type, without_batch(signal.value.shape()), 0, frozen, std::llround(signal.reach)};
    for (std::size_t i = first_parameter; i < model_.parameters.size(); ++i) {
      row.parameters += model_.parameters[i].variable.shape().elements();
    }
    model_.layers.push_back(row);
  }

  void add_head(const OutputSpec& output, const Signal& signal) {
    const Graph::Scope scope(graph_, output.name);
    Value y = signal.value;
    Head head{output.name, y, without_batch(y.shape()), output.loss, output.weight, output.target};
    const int rank = y.shape().rank();
    if (spec_.input.strands != Strands::forward) {
      ops::require(rank == 2, "output '{}': strands = '{}' pools scores of whole sequences, but the output is {}",
                   output.name, name_of(spec_.input.strands), y.type().to_string());
      const Value pairs = reshape(y, {y.shape()[0] / 2, 2, y.shape()[1]});
      y = spec_.input.strands == Strands::mean ? global_mean_pool1d(pairs) : global_max_pool1d(pairs);
      add_row(output.name, fmt::format("strands: {}", name_of(spec_.input.strands)), {y, signal.reach},
              model_.parameters.size(), false);
    } else if (rank == 3) {
      y = flatten(y);
    }
    if (!output.target.signal.empty()) require_target_shape(output, head.shape);
    graph_.output(output.name, y);
    head.output = y;
    model_.heads.push_back(head);
  }

  /// Whether a signal's measure can have this shape.
  void require_target_shape(const OutputSpec& output, const Shape& shape) const {
    const TargetSpec& target = output.target;
    const std::int64_t count = shape.elements();
    if (target.measure == TargetMeasure::log_total) {
      ops::require(count == 1 || count == target.channels,
                   "output '{}' is trained towards log_total of {} channels, so it has 1 or {} numbers, not {}",
                   output.name, target.channels, target.channels, count);
      ops::require(target.bases <= model_.size.length, "output '{}': 'bases' is {}, but the input has {}", output.name,
                   target.bases, model_.size.length);
      ops::require(target.bases % target.bin == 0, "output '{}': {} 'bases' cannot be cut into bins of {}", output.name,
                   target.bases, target.bin);
      return;
    }
    ops::require(
        count % target.channels == 0 && (shape.rank() == 1 || shape[1] == target.channels),
        "output '{}' of shape {} is trained towards a signal of {} channels: set 'channels', or give the layer "
        "as many",
        output.name, shape.to_string(), target.channels);
    ops::require(count / target.channels * target.bin <= model_.size.length,
                 "output '{}' has {} positions of {} bases, more than the input's {}", output.name,
                 count / target.channels, target.bin, model_.size.length);
  }

  Graph& graph_;
  const ModelSpec& spec_;
  const BuildOptions& options_;
  BuiltModel model_;
  std::vector<Level> levels_;
};

std::int64_t count(const std::vector<Parameter>& parameters, bool frozen) {
  std::int64_t total = 0;
  for (const Parameter& parameter : parameters) {
    if (parameter.frozen == frozen) total += parameter.variable.shape().elements();
  }
  return total;
}

}  // namespace

std::int64_t BuiltModel::trained_count() const { return count(parameters, false); }
std::int64_t BuiltModel::frozen_count() const { return count(parameters, true); }

ModelSize resolve_size(const ModelSpec& spec, ModelSize given) {
  if (given.length == 0) given.length = spec.input.length;
  if (given.tasks == 0) given.tasks = spec.tasks;
  const bool needs_length =
      spec.input.dna || std::ranges::any_of(spec.tracks, [](const TrackSpec& track) { return track.length == 0; });
  ops::require(given.length > 0 || !needs_length,
               "model '{}' does not say how long its input is: give --length N, or set input = {{ length = ... }}",
               spec.name);
  ops::require(given.tasks > 0 || !uses_tasks(spec.layers),
               "model '{}' does not say how many tasks it has: give --n-tasks N, or set tasks = N in its file",
               spec.name);
  return given;
}

ModelSpec with_size(ModelSpec spec, const ModelSize& size) {
  spec.input.length = size.length;
  spec.tasks = size.tasks;
  return spec;
}

ModelInputs make_inputs(Graph& graph, const ModelSpec& spec, const ModelSize& size, std::int64_t batch, DType dtype) {
  ModelInputs inputs;
  if (spec.input.dna) inputs.dna = graph.input("dna", {DType::dna, {batch, size.length}});
  for (const TrackSpec& track : spec.tracks) {
    inputs.tracks[track.name] = graph.input(track.name, {dtype, {batch, track_length(track, size), track.channels}});
  }
  return inputs;
}

BuiltModel build_model(Graph& graph, const ModelSpec& spec, const ModelSize& size, const ModelInputs& inputs,
                       const BuildOptions& options) {
  validate(spec);
  return Builder(graph, spec, resolve_size(spec, size), options).build(inputs);
}

Value apply_link(LossKind loss, Value output) {
  switch (loss) {
    case LossKind::bce_with_logits:
      return sigmoid(output);
    case LossKind::softmax_cross_entropy:
    case LossKind::multinomial_nll:
      return softmax(output);
    case LossKind::poisson:
      return exp(output);
    case LossKind::mse:
      return output;
  }
  throw Error(ErrorKind::internal, "unknown loss");
}

}  // namespace genocuda

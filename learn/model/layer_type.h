// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/graph.h"
#include "core/ops/sliding_window.h"
#include "learn/model/build.h"
#include "learn/model/model_spec.h"

/// What each type of layer is: its keys and how it is built. A new layer is one more row in one of the tables.
namespace genocuda {

/// A value in the net, and what it sees of the model's input.
struct Signal {
  Value value;
  double reach = 1;   ///< positions of the input that one position depends on
  double stride = 1;  ///< positions of the input between two neighbours

  /// What a window over this signal sees.
  Signal seen_through(const SlidingWindow& window, Value result) const;
  /// What something that reads all positions sees.
  Signal seen_whole(Value result) const;
  /// The same positions, other numbers.
  Signal with(Value result) const { return {result, reach, stride}; }
};

/// What an example has there: "33 positions of 4 channels", "12 numbers".
std::string in_words(Value value);
/// Error (invalid_argument) where a layer that wants positions reads something without.
void require_positions(const Signal& x);

/// What a layer may use while it is built. Parameters, statistics and the model's size go through here.
class LayerContext {
 public:
  LayerContext(Graph& to, BuiltModel& model, const BuildOptions& how, const LayerSpec& spec, std::string name,
               bool frozen)
      : graph(to), options(how), layer(spec), name_(std::move(name)), frozen_(frozen), model_(model) {}

  Graph& graph;
  const BuildOptions& options;
  const LayerSpec& layer;

  const std::string& name() const { return name_; }
  const SettingTable& settings() const { return layer.settings; }
  /// Batch statistics and dropout: in training mode, where the layer is not frozen.
  bool trains() const { return options.mode == Mode::training && !frozen_; }
  /// A count that may be the word "tasks".
  std::int64_t count(std::string_view key) const;
  /// The window of the keys width, stride, dilation and padding over `length` positions, which fit at least one. Throws
  /// as SlidingWindow::output_length().
  SlidingWindow window(std::int64_t length, std::int64_t default_stride) const;

  /// A weight tensor that takes the layer's init, l1, l2 and max_norm.
  Value weights(std::string_view leaf, const Shape& shape, std::int64_t fan_in, std::int64_t fan_out);
  /// The bias [n] that belongs to the weights: from the same range where these are drawn by fan_in, else zeros.
  Value bias(std::int64_t n, std::int64_t fan_in);
  /// A vector [n] of its own, which starts as `value` and never decays.
  Value vector(std::string_view leaf, std::int64_t n, double value);
  /// A running statistic, or one that is given and stays, [initial.size()].
  Value statistic(std::string_view leaf, std::vector<double> initial);

 private:
  Value add(Parameter parameter, const Shape& shape);
  std::string name_;
  bool frozen_;
  BuiltModel& model_;
};

struct LayerType {
  std::string_view name = {};
  std::vector<KeyRule> keys = {};  ///< beyond type, name, from, frozen
  Signal (*build)(LayerContext& context, std::span<const Signal> inputs) = nullptr;
  int least_inputs = 1, most_inputs = 1;
  bool group = false;  ///< has layers of its own; the model's builder knows it
};

/// All of them; the tables of the files below, joined.
std::span<const LayerType> layer_types();
/// Null for an unknown name.
const LayerType* find_layer_type(std::string_view name);

inline constexpr double kLargestExtent = 1e9;

/// One table a file.
std::vector<LayerType> linear_layers();
std::vector<LayerType> normalisation_layers();
std::vector<LayerType> activation_layers();
std::vector<LayerType> pooling_layers();
std::vector<LayerType> shape_layers();
std::vector<LayerType> merge_layers();
std::vector<LayerType> word_layers();

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/gpu/layers.h"

#include <algorithm>

#include "core/ops/batch_norm.h"
#include "core/ops/conv1d.h"
#include "core/ops/matmul.h"
#include "core/ops/one_hot.h"
#include "core/ops/onehot_conv1d_pool.h"
#include "core/ops/optimizer.h"
#include "core/ops/pooling.h"

namespace genocuda::bench {
namespace {

using Kind = Layer::Kind;

void add(std::vector<LayerOperator>& list, const Operator& op, std::any attributes, std::vector<TensorType> inputs) {
  std::vector<TensorType> outputs = op.infer(attributes, inputs);
  list.push_back({std::string(op.name), &op, std::move(attributes), std::move(inputs), std::move(outputs)});
}

void add_onehot(std::vector<LayerOperator>& list, const Layer& layer, std::int64_t batch, DType dtype) {
  const SlidingWindow window = layer.window();
  const std::int64_t positions = window.output_length(layer.length);
  const TensorType dna{DType::dna, {batch, layer.length}}, filters{dtype, {layer.width, 4, layer.out}},
      bias{dtype, {layer.out}};
  const ops::OnehotConv1dAttributes attributes{window, UnknownBase::zeros};
  add(list, ops::kOnehotConv1d, attributes, {dna, filters});
  add(list, ops::kOnehotConv1dBackwardFilters, attributes, {dna, {dtype, {batch, positions, layer.out}}});
  if (layer.pool == 1) return;
  const ops::OnehotConv1dPoolAttributes pooled{window, UnknownBase::zeros, ops::ActivationAttributes{},
                                               sliding_window(Padding::valid, positions, layer.pool, layer.pool)};
  add(list, ops::kOnehotConv1dPool, pooled, {dna, filters, bias});
  const std::vector<TensorType> y = list.back().outputs;
  add(list, ops::kOnehotConv1dPoolBackwardFilters, pooled, {dna, y[0], y[1]});
}

void add_conv(std::vector<LayerOperator>& list, const Layer& layer, std::int64_t batch, DType dtype) {
  const SlidingWindow window = layer.window();
  const TensorType x{dtype, {batch, layer.length, layer.in}}, filters{dtype, {layer.width, layer.in, layer.out}},
      y{dtype, {batch, window.output_length(layer.length), layer.out}};
  add(list, ops::kConv1d, ops::Conv1dAttributes{window, 0}, {x, filters});
  add(list, ops::kConv1dBackwardInput, ops::Conv1dAttributes{window, layer.length}, {y, filters});
  add(list, ops::kConv1dBackwardFilters, ops::Conv1dAttributes{window, 0}, {x, y});
}

void add_max_pool(std::vector<LayerOperator>& list, const Layer& layer, std::int64_t batch, DType dtype) {
  const SlidingWindow window = sliding_window(Padding::valid, layer.length, layer.width, layer.width);
  add(list, ops::kMaxPool1d, ops::PoolAttributes{window, 0}, {{dtype, {batch, layer.length, layer.in}}});
  const std::vector<TensorType> y = list.back().outputs;
  add(list, ops::kMaxPool1dBackward, ops::PoolAttributes{window, layer.length}, y);
}

void add_batch_norm(std::vector<LayerOperator>& list, const Layer& layer, std::int64_t batch, DType dtype) {
  const TensorType x{dtype, {batch, layer.length, layer.in}}, channels{dtype, {layer.in}};
  add(list, ops::kBatchNorm, ops::BatchNormAttributes{}, {x, channels, channels});
  add(list, ops::kBatchNormBackward, ops::BatchNormAttributes{}, {x, x, channels, channels, channels});
}

void add_adam(std::vector<LayerOperator>& list, const Layer& layer) {
  const TensorType scalar{DType::f32, Shape{}};
  std::vector<TensorType> inputs{scalar, {DType::i32, Shape{}}, scalar};
  for (int copy = 0; copy < 4; ++copy) {  // parameters, gradients, both moments
    for (const std::int64_t size : layer.parameters) inputs.push_back({DType::f32, {size}});
  }
  const std::vector<double> none(layer.parameters.size());
  add(list, ops::kOptimizerStep, ops::OptimizerAttributes{{.kind = OptimizerKind::adam}, none, none}, inputs);
  list.back().parameters_alone = true;
}

}  // namespace

SlidingWindow Layer::window() const { return sliding_window(padding, length, width, 1, dilation); }

Layer Layer::shrunk() const {
  Layer small = *this;
  small.dilation = std::min<std::int64_t>(dilation, 2);
  small.length = std::min<std::int64_t>(length, 48);
  small.in = std::min<std::int64_t>(in, 8);
  small.out = std::min<std::int64_t>(out, 16);
  for (std::int64_t& size : small.parameters) size = std::min<std::int64_t>(size, 64);
  return small;
}

const std::vector<Layer>& layers() {
  static const std::vector<Layer> table{
      {.name = "basset_conv1", .kind = Kind::onehot, .length = 600, .in = 4, .width = 19, .out = 300, .pool = 3},
      {.name = "deepsea_conv1",
       .kind = Kind::onehot,
       .length = 1000,
       .in = 4,
       .width = 8,
       .out = 320,
       .padding = Padding::valid,
       .pool = 4},
      {.name = "bpnet_conv1", .kind = Kind::onehot, .length = 2114, .in = 4, .width = 21, .out = 64},
      {.name = "basset_conv2", .length = 200, .in = 300, .width = 11, .out = 200},
      {.name = "basset_conv3", .length = 50, .in = 200, .width = 7, .out = 200},
      {.name = "deepsea_conv2", .length = 248, .in = 320, .width = 8, .out = 480, .padding = Padding::valid},
      {.name = "bpnet_dilated", .length = 2114, .in = 64, .width = 3, .out = 64, .dilation = 16},
      {.name = "basset_pool1", .kind = Kind::max_pool, .length = 600, .in = 300, .width = 3},
      {.name = "basset_norm1", .kind = Kind::batch_norm, .length = 600, .in = 300},
      // Filters, gamma and beta of three convolutions, then of two dense layers; the last layer with its bias.
      {.name = "basset_adam",
       .kind = Kind::adam,
       .parameters = {19 * 4 * 300, 300, 300, 11 * 300 * 200, 200, 200, 7 * 200 * 200, 200, 200, 2600 * 1000, 1000,
                      1000, 1000 * 1000, 1000, 1000, 1000 * 164, 164}},
  };
  return table;
}

std::vector<LayerOperator> operators_of(const Layer& layer, std::int64_t batch, DType dtype) {
  std::vector<LayerOperator> list;
  switch (layer.kind) {
    case Kind::onehot:
      add_onehot(list, layer, batch, dtype);
      break;
    case Kind::conv:
      add_conv(list, layer, batch, dtype);
      break;
    case Kind::max_pool:
      add_max_pool(list, layer, batch, dtype);
      break;
    case Kind::batch_norm:
      add_batch_norm(list, layer, batch, dtype);
      break;
    case Kind::adam:
      if (dtype == DType::f32) add_adam(list, layer);
      break;
  }
  return list;
}

LayerOperator square_product(std::int64_t extent, DType dtype) {
  std::vector<LayerOperator> list;
  const TensorType square{dtype, {extent, extent}};
  add(list, ops::kMatmul, ops::MatmulAttributes{}, {square, square});
  return list.front();
}

}  // namespace genocuda::bench

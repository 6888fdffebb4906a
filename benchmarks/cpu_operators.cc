// SPDX-License-Identifier: Apache-2.0
// Single operators on the CPU, by implementation, at the shapes that training real nets spends its time on: the `cnn`
// net (both strands of 128 sequences of 101 bp) and Basset (64 of 600 bp). GFLOP/s counts a multiply-add as two; GB/s
// counts each operand and result once.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstring>
#include <random>

#include "core/device.h"
#include "core/implementation.h"
#include "core/ops/activation.h"
#include "core/ops/arithmetic.h"
#include "core/ops/batch_norm.h"
#include "core/ops/conv1d.h"
#include "core/ops/dropout.h"
#include "core/ops/matmul.h"
#include "core/ops/one_hot.h"
#include "core/ops/optimizer.h"
#include "core/ops/pooling.h"
#include "core/ops/reduction.h"
#include "host/cpu_device.h"

namespace genocuda {
namespace {

Device& device() {
  static const std::unique_ptr<Device> cpu = make_cpu_device();
  return *cpu;
}

TensorType f32(Shape shape) { return {DType::f32, shape}; }

/// One operator with memory of its own, ready to run.
class Subject {
 public:
  Subject(const Operator& op, std::any attributes, std::vector<TensorType> inputs, std::string_view implementation)
      : attributes_(std::move(attributes)), input_types_(std::move(inputs)), stream_(device().make_stream()) {
    output_types_ = op.infer(attributes_, input_types_);
    for (const TensorType& type : input_types_) inputs_.push_back(make(type));
    for (const TensorType& type : output_types_) outputs_.push_back(make(type));
    const Problem problem{op, attributes_, input_types_, output_types_};
    prepared_ = device().implementations().choose(problem, implementation).prepare(problem);
    scratch_ = Buffer(device(), prepared_.scratch_bytes);
  }

  const std::vector<TensorView>& inputs() const { return inputs_; }
  double bytes() const {
    double total = 0;
    for (const auto& views : {inputs_, outputs_}) {
      for (const TensorView& view : views) total += static_cast<double>(view.type.bytes());
    }
    return total;
  }
  void run() { prepared_.run({inputs_, outputs_, scratch_.data(), *stream_}); }

 private:
  TensorView make(const TensorType& type) {
    const Buffer& buffer = buffers_.emplace_back(device(), type.bytes());
    std::mt19937 random(7);
    if (type.dtype == DType::f32) {
      std::uniform_real_distribution<float> uniform(0.1f, 1.0f);
      std::generate_n(reinterpret_cast<float*>(buffer.data()), type.shape.elements(), [&] { return uniform(random); });
    } else if (type.dtype == DType::dna) {
      // Random bases without N: a row is code words, then mask words (core/dna.h).
      std::memset(buffer.data(), 0, type.bytes());
      auto* row = reinterpret_cast<std::uint32_t*>(buffer.data());
      const std::int64_t length = type.shape[-1];
      const std::int64_t step = static_cast<std::int64_t>(type.bytes()) / 4 / type.shape[0];
      for (std::int64_t b = 0; b < type.shape[0]; ++b, row += step) std::generate_n(row, length / 16, std::ref(random));
    } else {
      std::memset(buffer.data(), 1, type.bytes());
    }
    return {type, buffer.data()};
  }

  std::any attributes_;
  std::vector<TensorType> input_types_, output_types_;
  std::vector<Buffer> buffers_;
  std::vector<TensorView> inputs_, outputs_;
  Prepared prepared_;
  Buffer scratch_;
  std::unique_ptr<Stream> stream_;
};

void measure(benchmark::State& state, Subject& subject, double flop) {
  subject.run();
  for ([[maybe_unused]] auto _ : state) subject.run();
  const auto rate = [](double amount) {
    return benchmark::Counter(amount * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
  };
  if (flop > 0) state.counters["GFLOP/s"] = rate(flop);
  state.counters["GB/s"] = rate(subject.bytes());
}

struct ConvolutionCase {
  const char* name;
  std::int64_t batch, length, in, width, out, dilation;
  bool same;
};
constexpr ConvolutionCase kConvolutions[] = {
    {"cnn_residual_d1", 256, 50, 96, 5, 96, 1, true}, {"cnn_residual_d2", 256, 50, 96, 5, 96, 2, true},
    {"cnn_residual_d4", 256, 50, 96, 5, 96, 4, true}, {"basset_2", 64, 194, 300, 11, 200, 1, false},
    {"basset_3", 64, 46, 200, 7, 200, 1, false},      {"bpnet_d64", 16, 2114, 64, 3, 64, 64, true},
    {"bpnet_profile", 16, 1074, 64, 75, 1, 1, false},
};
constexpr ConvolutionCase kOnehotConvolutions[] = {
    {"cnn_1", 256, 101, 4, 15, 96, 1, true},
    {"basset_1", 64, 600, 4, 19, 300, 1, false},
    {"deepbind_1", 256, 101, 4, 24, 16, 1, false},
};

SlidingWindow window_of(const ConvolutionCase& one) {
  return sliding_window(one.same ? Padding::same : Padding::valid, one.length, one.width, 1, one.dilation);
}

void add(const std::string& name, const Operator& op, std::any attributes, std::vector<TensorType> inputs,
         std::string_view implementation, double flop = 0) {
  benchmark::RegisterBenchmark((name + "/" + std::string(implementation)).c_str(),
                               [=, &op](benchmark::State& state) {
                                 Subject subject(op, attributes, inputs, implementation);
                                 measure(state, subject, flop);
                               })
      ->Unit(benchmark::kMicrosecond)
      ->UseRealTime()
      ->MinTime(0.2);
}

void add_convolutions() {
  for (const ConvolutionCase& one : kConvolutions) {
    const SlidingWindow window = window_of(one);
    const TensorType x = f32({one.batch, one.length, one.in}), filters = f32({one.width, one.in, one.out}),
                     y = f32({one.batch, window.output_length(one.length), one.out});
    const double flop = 2.0 * static_cast<double>(y.shape.elements() * one.in * one.width);
    const std::string name = std::string("/") + one.name;
    add("conv1d" + name, ops::kConv1d, ops::Conv1dAttributes{window, 0}, {x, filters}, "onednn", flop);
    add("conv1d_backward_input" + name, ops::kConv1dBackwardInput, ops::Conv1dAttributes{window, one.length},
        {y, filters}, "onednn", flop);
    add("conv1d_backward_filters" + name, ops::kConv1dBackwardFilters, ops::Conv1dAttributes{window, 0}, {x, y},
        "onednn", flop);
  }
  for (const ConvolutionCase& one : kOnehotConvolutions) {
    const SlidingWindow window = window_of(one);
    const TensorType dna{DType::dna, {one.batch, one.length}},
        filters = f32({one.width, one.in, one.out}), y = f32({one.batch, window.output_length(one.length), one.out});
    const double flop = 2.0 * static_cast<double>(y.shape.elements() * one.in * one.width);
    const std::string name = std::string("/") + one.name;
    const ops::OnehotConv1dAttributes attributes{window, UnknownBase::zeros};
    add("onehot_conv1d" + name, ops::kOnehotConv1d, attributes, {dna, filters}, "direct", flop);
    add("onehot_conv1d_backward_filters" + name, ops::kOnehotConv1dBackwardFilters, attributes, {dna, y}, "direct",
        flop);
  }
}

void add_products() {
  struct Layer {
    const char* name;
    std::int64_t batch, in, out;
  };
  for (const Layer& layer : {Layer{"cnn_dense", 256, 192, 64}, Layer{"basset_dense_1", 128, 2000, 1000},
                             Layer{"deepsea_dense_1", 64, 50880, 925}}) {
    const TensorType x = f32({layer.batch, layer.in}), w = f32({layer.in, layer.out}),
                     y = f32({layer.batch, layer.out});
    const double flop = 2.0 * static_cast<double>(layer.batch * layer.in * layer.out);
    const std::string name = std::string("matmul/") + layer.name;
    add(name + "/forward", ops::kMatmul, ops::MatmulAttributes{}, {x, w}, "onednn", flop);
    add(name + "/backward_input", ops::kMatmul, ops::MatmulAttributes{false, true}, {y, w}, "onednn", flop);
    add(name + "/backward_weights", ops::kMatmul, ops::MatmulAttributes{true, false}, {x, y}, "onednn", flop);
  }
}

void add_elementwise() {
  const TensorType x = f32({256, 50, 96}), before_pool = f32({256, 101, 96}), channels = f32({96});
  const ops::BatchNormAttributes norm;
  for (const std::string_view implementation : {"vector", "reference"}) {
    add("batch_norm/cnn", ops::kBatchNorm, norm, {x, channels, channels}, implementation);
    add("batch_norm_backward/cnn", ops::kBatchNormBackward, norm, {x, x, channels, channels, channels}, implementation);
    for (const ActivationKind kind : {ActivationKind::relu, ActivationKind::sigmoid, ActivationKind::tanh,
                                      ActivationKind::softplus, ActivationKind::elu, ActivationKind::exp}) {
      add("activation/" + std::string(name_of(kind)), ops::kActivation, ops::ActivationAttributes{kind, 1}, {x},
          implementation);
    }
    add("activation_gradient/relu", ops::kActivationGradient, ops::ActivationAttributes{}, {x, x}, implementation);
    add("add/cnn", ops::kAdd, {}, {x, x}, implementation);
    add("add_bias/cnn", ops::kAddBias, {}, {x, channels}, implementation);
    add("sum/bias_gradient", ops::kSum, ops::SumAttributes{0, 2}, {x}, implementation);
    add("sum/over_length", ops::kSum, ops::SumAttributes{1, 2}, {x}, implementation);
    add("sum/total", ops::kSum, ops::SumAttributes{0, 3}, {x}, implementation);
    add("broadcast/over_length", ops::kBroadcast, ops::BroadcastAttributes{1, Shape{50}}, {f32({256, 96})},
        implementation);
    const SlidingWindow two = sliding_window(Padding::valid, 101, 2, 2), all = sliding_window(Padding::valid, 50, 50);
    add("max_pool1d/cnn", ops::kMaxPool1d, ops::PoolAttributes{two, 0}, {before_pool}, implementation);
    add("max_pool1d/global", ops::kMaxPool1d, ops::PoolAttributes{all, 0}, {x}, implementation);
    add("max_pool1d_backward/cnn", ops::kMaxPool1dBackward, ops::PoolAttributes{two, 101}, {x, {DType::u8, x.shape}},
        implementation);
    add("dropout/cnn", ops::kDropout, ops::DropoutAttributes{0.3, 1, 2}, {x, {DType::i32, Shape{}}}, implementation);
    const TensorType weights = f32({200, 1000}), scalar = f32(Shape{});
    add("optimizer_step/adamw", ops::kOptimizerStep, ops::OptimizerAttributes{{}, {0.01}, {0}},
        {scalar, {DType::i32, Shape{}}, scalar, weights, weights, weights, weights}, implementation);
  }
}

[[maybe_unused]] const bool kRegistered = [] {
  add_convolutions();
  add_products();
  add_elementwise();
  return true;
}();

}  // namespace
}  // namespace genocuda

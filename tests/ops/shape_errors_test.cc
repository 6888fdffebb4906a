// SPDX-License-Identifier: Apache-2.0
// What does not fit is refused while the graph is built, in one line that says what and where.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "core/differentiate.h"
#include "core/error.h"
#include "core/ops/activation.h"
#include "core/ops/arithmetic.h"
#include "core/ops/conv1d.h"
#include "core/ops/matmul.h"
#include "core/ops/one_hot.h"
#include "core/ops/onehot_conv1d_pool.h"
#include "core/ops/pooling.h"
#include "core/ops/reduction.h"
#include "tests/ops/case_test.h"

namespace genocuda::op_test {
namespace {

struct Mistake {
  std::string name;
  std::function<void(Graph&)> build;
  std::string message;  ///< a part of it
};

void PrintTo(const Mistake& mistake, std::ostream* stream) { *stream << mistake.name; }

Value f32(Graph& graph, const Shape& shape) { return graph.constant(0, {DType::f32, shape}); }
Value f64(Graph& graph, const Shape& shape) { return graph.constant(0, {DType::f64, shape}); }
Value i32(Graph& graph, const Shape& shape) { return graph.constant(0, {DType::i32, shape}); }
Value dna(Graph& graph, const Shape& shape) { return graph.input("dna", {DType::dna, shape}); }

/// Over 9 bases, with a convolution 3 wide.
void first_layer(Graph& graph, const Shape& filters, const Shape& bias, ops::OnehotConv1dPoolAttributes attributes) {
  attributes.window.width = 3;
  onehot_conv1d_pool(dna(graph, {2, 9}), f32(graph, filters), f32(graph, bias), attributes);
}

const std::vector<Mistake>& mistakes() {
  static const std::vector<Mistake> all{
      {"conv1d_channels",
       [](Graph& g) {
         conv1d(f32(g, {2, 9, 3}), f32(g, {3, 4, 5}), {.width = 3});
       },
       "the input has 3 channels, but the filters take 4"},
      {"conv1d_window_too_long",
       [](Graph& g) {
         conv1d(f32(g, {2, 5, 3}), f32(g, {9, 3, 5}), {.width = 9});
       },
       "a window that spans 9 positions does not fit a length of 5: shorten the window or pad more"},
      {"conv1d_window_too_long_though_padded",
       [](Graph& g) {
         conv1d(f32(g, {2, 5, 3}), f32(g, {9, 3, 5}), {.width = 9, .pad_left = 1});
       },
       "does not fit a length of 5 padded to 6"},
      {"conv1d_other_width",
       [](Graph& g) {
         conv1d(f32(g, {2, 9, 3}), f32(g, {3, 3, 5}), {.width = 4});
       },
       "the window is 4 wide, but the filters are 3"},
      {"conv1d_two_types",
       [](Graph& g) {
         conv1d(f32(g, {2, 9, 3}), f64(g, {3, 3, 5}), {.width = 3});
       },
       "differ in type"},
      {"conv1d_rank",
       [](Graph& g) {
         conv1d(f32(g, {9, 3}), f32(g, {3, 3, 5}), {.width = 3});
       },
       "conv1d(f32[9, 3], f32[3, 3, 5]): the input must have 3 dimensions"},
      {"conv1d_filter_rank",
       [](Graph& g) {
         conv1d(f32(g, {2, 9, 3}), f32(g, {3, 5}), {.width = 3});
       },
       "the filters must have 3 dimensions"},
      {"conv1d_whole_numbers",
       [](Graph& g) {
         conv1d(i32(g, {2, 9, 3}), i32(g, {3, 3, 5}), {.width = 3});
       },
       "the input must be floating"},
      {"conv1d_stride",
       [](Graph& g) {
         conv1d(f32(g, {2, 9, 3}), f32(g, {3, 3, 5}), {.width = 3, .stride = 0});
       },
       "the stride of a window must be between 1 and 2^30, not 0"},
      {"conv1d_padding",
       [](Graph& g) {
         conv1d(f32(g, {2, 9, 3}), f32(g, {3, 3, 5}), {.width = 3, .pad_left = -2});
       },
       "the left padding of a window must be between 0 and 2^30, not -2"},
      {"conv1d_backward_length",
       [](Graph& g) {
         g.apply(ops::kConv1dBackwardInput, ops::Conv1dAttributes{{.width = 3}, 9},
                 {f32(g, {2, 6, 5}), f32(g, {3, 3, 5})});
       },
       "an input of length 9 gives 7 positions, not 6"},
      {"matmul_inner",
       [](Graph& g) {
         matmul(f32(g, {2, 3}), f32(g, {4, 5}));
       },
       "f32[2, 3] has 3 columns, but f32[4, 5] has 4 rows"},
      {"matmul_inner_transposed",
       [](Graph& g) {
         matmul(f32(g, {2, 3}), f32(g, {3, 5}), true);
       },
       "f32[2, 3] transposed has 2 columns"},
      {"matmul_rank",
       [](Graph& g) {
         matmul(f32(g, {2, 3, 4}), f32(g, {4, 5}));
       },
       "the left matrix must have 2 dimensions"},
      {"matmul_two_types",
       [](Graph& g) {
         matmul(f32(g, {2, 3}), f64(g, {3, 5}));
       },
       "differ in type"},
      {"dense_scalar",
       [](Graph& g) {
         dense(f32(g, {}), f32(g, {3, 5}));
       },
       "dense: the input needs at least one"},
      {"bias_channels",
       [](Graph& g) {
         add_bias(f32(g, {2, 3, 4}), f32(g, {3}));
       },
       "a bias of 3 channels does not fit f32[2, 3, 4]"},
      {"bias_of_scalar", [](Graph& g) { add_bias(f32(g, {}), f32(g, {3})); }, "does not fit f32[]"},
      {"maxout_pieces",
       [](Graph& g) {
         maxout(f32(g, {2, 7}), 2);
       },
       "f32[2, 7] is no multiple of 2 pieces"},
      {"maxout_no_pieces",
       [](Graph& g) {
         maxout(f32(g, {2, 7}), 0);
       },
       "must be at least 1, not 0"},
      {"prelu_channels",
       [](Graph& g) {
         prelu(f32(g, {2, 3, 4}), f32(g, {3}));
       },
       "slopes of 3 channels do not fit f32[2, 3, 4]"},
      {"activation_whole_numbers", [](Graph& g) { relu(i32(g, {2})); }, "the input must be floating"},
      {"pool_dilation",
       [](Graph& g) {
         max_pool1d(f32(g, {2, 9, 3}), {.width = 2, .dilation = 2});
       },
       "a pool has no dilation"},
      {"pool_too_wide",
       [](Graph& g) {
         max_pool1d(f32(g, {2, 5, 3}), {.width = 6});
       },
       "does not fit a length of 5"},
      {"pool_window_in_left_padding",
       [](Graph& g) {
         avg_pool1d(f32(g, {2, 5, 3}), {.width = 2, .pad_left = 2});
       },
       "would lie in the padding"},
      {"pool_window_in_right_padding",
       [](Graph& g) {
         avg_pool1d(f32(g, {2, 5, 3}), {.width = 2, .pad_right = 2});
       },
       "would lie in the padding"},
      {"pool_rank",
       [](Graph& g) {
         avg_pool1d(f32(g, {5, 3}), {.width = 2});
       },
       "the input must have 3 dimensions"},
      {"pool_of_nothing",
       [](Graph& g) {
         max_pool1d(f32(g, {2, 0, 3}), {.width = 1});
       },
       "does not fit a length of 0"},
      {"global_max_rank",
       [](Graph& g) {
         global_max_pool1d(f32(g, {5, 3}));
       },
       "the input must have 3 dimensions"},
      {"global_mean_rank",
       [](Graph& g) {
         global_mean_pool1d(f32(g, {5, 3}));
       },
       "the input must have 3 dimensions"},
      {"one_hot_of_numbers",
       [](Graph& g) {
         one_hot(f32(g, {5, 3}));
       },
       "the sequences must be dna"},
      {"one_hot_rank", [](Graph& g) { one_hot(dna(g, {5})); }, "the sequences must have 2 dimensions"},
      {"one_hot_type",
       [](Graph& g) {
         one_hot(dna(g, {5, 3}), DType::i32);
       },
       "the numbers must be floating, not i32"},
      {"both_strands_of_numbers",
       [](Graph& g) {
         both_strands(f32(g, {5, 3}));
       },
       "the sequences must be dna"},
      {"onehot_conv1d_channels",
       [](Graph& g) {
         onehot_conv1d(dna(g, {2, 9}), f32(g, {3, 5, 2}), {.width = 3}, UnknownBase::zeros);
       },
       "the filters take 5 channels, but DNA has 4"},
      {"onehot_conv1d_length",
       [](Graph& g) {
         onehot_conv1d(dna(g, {2, 2}), f32(g, {3, 4, 2}), {.width = 3}, UnknownBase::zeros);
       },
       "a window that spans 3 positions does not fit a length of 2"},
      {"onehot_conv1d_pool_channels",
       [](Graph& g) {
         first_layer(g, {3, 5, 2}, {2}, {});
       },
       "the filters take 5 channels, but DNA has 4"},
      {"onehot_conv1d_pool_bias",
       [](Graph& g) {
         first_layer(g, {3, 4, 2}, {3}, {});
       },
       "a bias of 3 channels does not fit 2 filters"},
      {"onehot_conv1d_pool_activation",
       [](Graph& g) {
         first_layer(g, {3, 4, 2}, {2}, {.activation = {{ActivationKind::gelu, 0}}});
       },
       "gelu with alpha = 0 does not keep the order of its arguments: pool behind it"},
      {"onehot_conv1d_pool_too_wide",
       [](Graph& g) {
         first_layer(g, {3, 4, 2}, {2}, {.pool = {.width = 257}});
       },
       "a fused pool may be 256 positions wide, not 257"},
      {"onehot_conv1d_pool_longer_than_convolution",
       [](Graph& g) {
         first_layer(g, {3, 4, 2}, {2}, {.pool = {.width = 8}});
       },
       "a window that spans 8 positions does not fit a length of 7"},
      {"onehot_conv1d_pool_backward_windows",
       [](Graph& g) {
         g.apply(ops::kOnehotConv1dPoolBackwardFilters, ops::OnehotConv1dPoolAttributes{{.width = 3}},
                 {dna(g, {2, 9}), f32(g, {2, 6, 2}), g.constant(0, {DType::u8, {2, 6, 2}})});
       },
       "gives 2 x 7 windows, not f32[2, 6, 2]"},
      {"add_shapes",
       [](Graph& g) {
         add(f32(g, {2, 3}), f32(g, {3, 2}));
       },
       "f32[2, 3] and f32[3, 2] differ"},
      {"cast_to_whole", [](Graph& g) { cast(f32(g, {2}), DType::i32); }, "cannot cast to i32"},
      {"second_derivative_of_an_activation",
       [](Graph& g) {
         const Value x[] = {g.input("x", {DType::f32, {3}})};
         const Value first[] = {gradient(sum(tanh(x[0])), x).values[0]};
         gradient(sum(first[0]), x);
       },
       "activation_gradient has no reverse-mode derivative"},
  };
  return all;
}

class ShapeErrors : public ::testing::TestWithParam<Mistake> {};

TEST_P(ShapeErrors, SayWhatDoesNotFit) {
  Graph graph;
  const Graph::Scope scope(graph, "block2");
  try {
    GetParam().build(graph);
    FAIL() << "was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_argument);
    const std::string message = error.what();
    EXPECT_NE(message.find(GetParam().message), std::string::npos) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  }
}

INSTANTIATE_TEST_SUITE_P(Operators, ShapeErrors, ::testing::ValuesIn(mistakes()),
                         [](const auto& one) { return test_name(one.param.name); });

TEST(ShapeErrors, NameTheLayer) {
  Graph graph;
  const Graph::Scope scope(graph, "block2");
  try {
    matmul(f32(graph, {2, 3}), f32(graph, {4, 5}));
    FAIL() << "was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).rfind("block2: matmul(f32[2, 3], f32[4, 5]): ", 0), 0u) << error.what();
  }
}

}  // namespace
}  // namespace genocuda::op_test

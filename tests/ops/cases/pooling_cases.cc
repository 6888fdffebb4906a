// SPDX-License-Identifier: Apache-2.0
#include "core/ops/pooling.h"

#include <limits>

#include "core/differentiate.h"
#include "core/ops/arithmetic.h"
#include "core/ops/reduction.h"
#include "tests/ops/cases/families.h"

namespace genocuda::op_test {
namespace {

struct Geometry {
  std::string name;
  Shape shape;
  SlidingWindow window;
};

std::vector<Geometry> geometries() {
  return {
      {"plain", {2, 9, 3}, {.width = 3, .stride = 3}},
      {"rest_dropped", {2, 11, 3}, {.width = 4, .stride = 4}},
      {"overlapping", {2, 9, 3}, {.width = 3, .stride = 1}},
      {"overlapping_stride_2", {2, 10, 3}, {.width = 5, .stride = 2}},
      {"with_gaps", {2, 12, 3}, {.width = 2, .stride = 5}},
      {"same", {2, 10, 3}, sliding_window(Padding::same, 10, 4, 3)},
      {"same_stride_1", {2, 7, 2}, sliding_window(Padding::same, 7, 3)},
      {"ceil", {2, 11, 3}, sliding_window(Padding::ceil, 11, 4, 4)},
      {"ceil_longer_than_length", {2, 3, 3}, sliding_window(Padding::ceil, 3, 5, 5)},
      {"explicit", {2, 8, 2}, {.width = 4, .stride = 3, .pad_left = 3, .pad_right = 2}},
      {"width_1", {2, 5, 3}, {.width = 1, .stride = 1}},
      {"width_is_length", {2, 6, 3}, {.width = 6, .stride = 6}},
      {"length_1", {3, 1, 2}, {.width = 1, .stride = 1}},
      {"one_channel", {2, 9, 1}, {.width = 2, .stride = 2}},
      {"odd_sizes", {3, 23, 19}, sliding_window(Padding::same, 23, 5, 3)},
      {"batch_1", {1, 12, 16}, {.width = 3, .stride = 3}},
      {"empty_batch", {0, 9, 3}, {.width = 3, .stride = 3}},
  };
}

OperatorCase largest(const Geometry& geometry, const std::string& name, const Data& data, bool differentiate) {
  return {.name = "max_pool1d/" + geometry.name + name,
          .inputs = {number("x", geometry.shape, data)},
          .build =
              [window = geometry.window](const CaseValues& in) {
                return in["x"].graph().apply(ops::kMaxPool1d, ops::PoolAttributes{window}, {in["x"]});
              },
          .differentiate = differentiate};
}

OperatorCase average(const Geometry& geometry) {
  return {
      .name = "avg_pool1d/" + geometry.name,
      .inputs = {number("x", geometry.shape)},
      .build = [window = geometry.window](const CaseValues& in) { return std::vector{avg_pool1d(in["x"], window)}; }};
}

using PoolFunction = Value (*)(Value, const SlidingWindow&);

/// The gradient of Σ pool(x)² as the output of a case: its derivatives go through the rules of the backward operator.
OperatorCase second_order(std::string name, PoolFunction pool) {
  return {.name = name + "/second_order", .inputs = {number("x", {2, 9, 2}, distinct())}, .build = [=](const auto& in) {
            const Value y = pool(in["x"], sliding_window(Padding::same, 9, 4, 2));
            const Value wrt[] = {in["x"]};
            return gradient(sum(y * y), wrt).values;
          }};
}

/// The gradient of the above once more, for the rules of max_pool1d_gather.
OperatorCase third_order(std::string name, PoolFunction pool) {
  return {.name = name + "/third_order", .inputs = {number("x", {2, 9, 2}, distinct())}, .build = [=](const auto& in) {
            const Value y = pool(in["x"], sliding_window(Padding::same, 9, 4, 2));
            const Value wrt[] = {in["x"]};
            const Value first = gradient(sum(y * y * y), wrt).values[0];
            return gradient(sum(first * in["x"]), wrt).values;
          }};
}

using GlobalFunction = Value (*)(Value);

OperatorCase global(std::string name, GlobalFunction pool, const Shape& shape) {
  return {.name = name + "/" + name_of(shape),
          .inputs = {number("x", shape, distinct())},
          .build = [=](const auto& in) { return std::vector{pool(in["x"])}; }};
}

}  // namespace

void add_pooling_cases(std::vector<OperatorCase>& cases) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  for (const Geometry& geometry : geometries()) {
    cases.push_back(largest(geometry, "", distinct(), true));
    cases.push_back(largest(geometry, "_ties", integers(-1, 1), false));
    cases.push_back(largest(geometry, "_all_negative", distinct(-9, -8), true));
    cases.push_back(largest(geometry, "_extremes", exactly({-inf, nan, 1, -inf, 2, inf, -inf, -inf, nan}), false));
    cases.push_back(average(geometry));
  }
  cases.push_back(largest({"width_256", {1, 300, 2}, {.width = 256, .stride = 20}}, "", distinct(), true));
  cases.push_back(largest({"width_257", {1, 300, 2}, {.width = 257, .stride = 20}}, "", distinct(), true));
  for (const Shape& shape : {Shape{2, 9, 3}, Shape{1, 1, 1}, Shape{2, 301, 2}, Shape{0, 4, 3}}) {
    cases.push_back(global("global_max_pool1d", global_max_pool1d, shape));
    cases.push_back(global("global_mean_pool1d", global_mean_pool1d, shape));
  }
  cases.push_back(second_order("max_pool1d", max_pool1d));
  cases.push_back(second_order("avg_pool1d", avg_pool1d));
  cases.push_back(third_order("max_pool1d", max_pool1d));
}

}  // namespace genocuda::op_test

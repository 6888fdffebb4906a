// SPDX-License-Identifier: Apache-2.0
// optimize() over several steps: against PyTorch, and what it must leave alone.
#include "core/ops/optimizer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/executable.h"
#include "core/ops/arithmetic.h"
#include "core/planner.h"
#include "tests/ops/devices.h"
#include "tests/ops/golden.h"
#include "tests/support/expect_error.h"

namespace genocuda::op_test {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

OptimizerKind kind_called(const std::string& name) {
  for (const OptimizerKind kind : {OptimizerKind::sgd, OptimizerKind::adagrad, OptimizerKind::rmsprop,
                                   OptimizerKind::adam, OptimizerKind::adamw}) {
    if (name_of(kind) == name) return kind;
  }
  throw std::invalid_argument("no optimizer is called " + name);
}

OptimizerSettings settings_of(const GoldenCase& golden) {
  const OptimizerSettings defaults;
  return {.kind = kind_called(golden.text("kind")),
          .momentum = golden.number("momentum"),
          .nesterov = golden.flag("nesterov"),
          .decay = golden.number("decay", defaults.decay),
          .beta1 = golden.number("beta1", defaults.beta1),
          .beta2 = golden.number("beta2", defaults.beta2),
          .epsilon = golden.number("epsilon", defaults.epsilon)};
}

/// The part of a tensor [step, ...] that belongs to a step.
HostTensor at_step(const HostTensor& all, std::int64_t step) {
  const Shape shape(all.type.shape.extents().subspan(1));
  const auto first = all.values.begin() + step * shape.elements();
  return {{all.type.dtype, shape}, {first, first + shape.elements()}};
}

struct Limits {
  double l2 = 0, l1 = 0, max_norm = 0;
};

/// A list of parameters "p0", "p1", … trained by inputs "g0", "g1", …, with the scalars "rate", "step" and "scale", by
/// an implementation, "" for the device's choice.
class Training {
 public:
  Training(const OptimizerSettings& settings, const std::vector<HostTensor>& start, Limits limits = {},
           DType dtype = DType::f64, const std::string& implementation = "")
      : dtype_(dtype), variables_(oracle()) {
    Graph graph;
    std::vector<TrainedParameter> parameters;
    for (std::size_t i = 0; i < start.size(); ++i) {
      const TensorType type{dtype, start[i].type.shape};
      const std::string name = fmt::format("p{}", i);
      variables_.ensure(name, type);
      write_variable(name, start[i]);
      parameters.push_back({graph.variable(name, type), graph.input(fmt::format("g{}", i), type), limits.l2, limits.l1,
                            limits.max_norm});
    }
    optimize(settings, parameters, graph.input("rate", {dtype, {}}), graph.input("step", {DType::i32, {}}),
             graph.input("scale", {dtype, {}}));
    ExecutableOptions options{.check_memory = true};
    if (!implementation.empty()) options.implementations["*"] = implementation;
    executable_ = std::make_unique<Executable>(graph, variables_, options);
  }

  void step(std::int32_t number, double rate, const std::vector<HostTensor>& gradients, double scale = 1) {
    for (std::size_t i = 0; i < gradients.size(); ++i) write_input(fmt::format("g{}", i), gradients[i]);
    write_input("rate", {{dtype_, {}}, {rate}});
    write_input("step", {{DType::i32, {}}, {static_cast<double>(number)}});
    write_input("scale", {{dtype_, {}}, {scale}});
    executable_->run();
  }

  HostTensor read(const std::string& name) const {
    return from_bytes(variables_.view(name).type, variables_.read(name));
  }
  /// All variables as they lie in memory.
  std::map<std::string, std::vector<std::byte>> bits() const {
    std::map<std::string, std::vector<std::byte>> all;
    for (const std::string& name : variables_.names()) all[name] = variables_.read(name);
    return all;
  }
  std::vector<std::string> names() const { return variables_.names(); }

 private:
  void write_variable(const std::string& name, HostTensor tensor) {
    tensor.type.dtype = dtype_;
    variables_.write(name, to_bytes(tensor));
  }
  void write_input(const std::string& name, HostTensor tensor) {
    if (is_floating(tensor.type.dtype)) tensor.type.dtype = dtype_;
    executable_->write(name, std::span<const std::byte>(to_bytes(tensor)));
  }

  DType dtype_;
  VariableStore variables_;
  std::unique_ptr<Executable> executable_;
};

HostTensor numbers(const Shape& shape, std::vector<double> values) { return {{DType::f64, shape}, std::move(values)}; }

TEST(Optimize, StepsAsPyTorchDoes) {
  const std::vector<GoldenCase> cases = read_golden_file("optimizer");
  EXPECT_FALSE(cases.empty());
  for (const GoldenCase& golden : cases) {
    SCOPED_TRACE(golden.name);
    Training training(settings_of(golden), {golden.inputs.at("p0"), golden.inputs.at("p1")},
                      {.l2 = golden.number("l2"), .l1 = golden.number("l1")}, DType::f64, "reference");
    const HostTensor& rates = golden.inputs.at("learning_rate");
    for (std::int64_t step = 0; step < rates.type.shape[0]; ++step) {
      training.step(static_cast<std::int32_t>(step + 1), rates.values[step],
                    {at_step(golden.inputs.at("g0"), step), at_step(golden.inputs.at("g1"), step)});
      for (const char* name : {"p0", "p1"}) {
        EXPECT_EQ(difference(at_step(golden.outputs.at(name), step), training.read(name), 1e-12), "")
            << name << " after step " << step + 1;
      }
    }
    std::size_t expected_variables = 2;
    for (const auto& [name, state] : golden.outputs) {
      if (!name.starts_with("optimizer/")) continue;
      ++expected_variables;
      EXPECT_EQ(difference(state, training.read(name), 1e-12), "") << name;
    }
    EXPECT_EQ(training.names().size(), expected_variables);
  }
}

TEST(Optimize, ScalesGradientsBeforeAnythingElse) {
  const std::vector<HostTensor> start{numbers({3}, {1, -2, 0.5})};
  for (const OptimizerKind kind : {OptimizerKind::sgd, OptimizerKind::adagrad, OptimizerKind::rmsprop,
                                   OptimizerKind::adam, OptimizerKind::adamw}) {
    Training scaled({.kind = kind}, start, {.l2 = 0.5, .l1 = 0.25}),
        plain({.kind = kind}, start, {.l2 = 0.5, .l1 = 0.25});
    scaled.step(1, 0.125, {numbers({3}, {4, -8, 2})}, 0.25);
    plain.step(1, 0.125, {numbers({3}, {1, -2, 0.5})});
    EXPECT_EQ(scaled.bits(), plain.bits()) << name_of(kind);
  }
}

// What is skipped changes no bit: not the weights beyond their largest norm, not those that decay, not the state.
TEST(Optimize, ChangesNothingWhereTheScaleIsNotFinite) {
  const std::vector<HostTensor> start{numbers({2, 2}, {3, -0.1, 4, 0.2}), numbers({3}, {0.3, -7, 0})};
  const std::vector<HostTensor> gradients{numbers({2, 2}, {1, 2, -1, 0.5}), numbers({3}, {1, -1, 2})};
  const std::vector<HostTensor> not_finite{numbers({2, 2}, {1, NAN, -1, 0.5}), numbers({3}, {kInfinity, -1, 2})};
  for (const OptimizerKind kind : {OptimizerKind::sgd, OptimizerKind::adagrad, OptimizerKind::rmsprop,
                                   OptimizerKind::adam, OptimizerKind::adamw}) {
    const double momentum = kind == OptimizerKind::sgd || kind == OptimizerKind::rmsprop ? 0.9 : 0;
    for (const auto& [dtype, implementation] :
         {std::pair{DType::f32, ""}, std::pair{DType::f32, "reference"}, std::pair{DType::f64, "reference"}}) {
      Training training({.kind = kind, .momentum = momentum}, start, {.l2 = 0.1, .l1 = 0.1, .max_norm = 1}, dtype,
                        implementation);
      const auto before = training.bits();
      for (const double scale : {static_cast<double>(NAN), kInfinity, -kInfinity}) {
        training.step(1, 0.1, not_finite, scale);
        EXPECT_EQ(training.bits(), before) << name_of(kind) << " at the start, scale " << scale;
      }
      training.step(1, 0.1, gradients);
      const auto after = training.bits();
      EXPECT_NE(after, before);
      training.step(2, 0.1, not_finite, NAN);
      EXPECT_EQ(training.bits(), after) << name_of(kind) << " with state";
    }
  }
}

TEST(Optimize, SkipsAStepWhoseGradientNormIsNotFinite) {
  for (const double bad : {static_cast<double>(NAN), kInfinity}) {
    Graph graph;
    const TensorType type{DType::f32, {2}};
    const Value p = graph.variable("p", type), g = graph.input("g", type);
    optimize({.kind = OptimizerKind::adamw}, {{p, g, 0.1}}, graph.constant(0.5, {DType::f32, {}}),
             graph.input("step", {DType::i32, {}}), clip_scale(global_norm({g}), 0));
    VariableStore variables(oracle());
    const std::vector<float> start{1.5f, -2};
    variables.ensure("p", type);
    variables.write("p", std::as_bytes(std::span(start)));
    Executable executable(graph, variables);
    const std::vector<float> gradient{1, static_cast<float>(bad)};
    const std::int32_t step = 1;
    executable.write("g", std::span<const float>(gradient));
    executable.write("step", std::span<const std::int32_t>(&step, 1));
    executable.run();
    const auto kept = from_bytes(type, variables.read("p")).values;
    EXPECT_EQ(kept, (std::vector<double>{1.5, -2}));
    EXPECT_EQ(from_bytes(type, variables.read("optimizer/v/p")).values, (std::vector<double>{0, 0}));
  }
}

TEST(Optimize, RescalesOnlyTheUnitsBeyondTheLimit) {
  // The weights into the first unit have norm 5, into the second 0.5, into the third exactly 1.
  Training training({.kind = OptimizerKind::sgd}, {numbers({2, 3}, {3, 0.3, 0, 4, -0.4, 1})}, {.max_norm = 1});
  training.step(1, 0.1, {numbers({2, 3}, {0, 0, 0, 0, 0, 0})});
  EXPECT_EQ(training.read("p0").values, (std::vector<double>{0.6000000000000001, 0.3, 0, 0.8, -0.4, 1}));
}

// No second copy of a model's parameters and state: every output of the step, and what max_norm makes of it, lies in
// the memory of the variable that it is assigned to.
TEST(Optimize, UpdatesInTheMemoryOfTheVariables) {
  Graph graph;
  std::vector<TrainedParameter> parameters;
  for (const Shape& shape : {Shape{3, 2}, Shape{4}}) {
    const TensorType type{DType::f32, shape};
    const std::string name = shape.to_string();
    parameters.push_back({graph.variable(name, type), graph.input("gradient of " + name, type), 0, 0, 1});
  }
  optimize({.kind = OptimizerKind::adam}, parameters, graph.constant(1, {DType::f32, {}}),
           graph.input("step", {DType::i32, {}}), graph.constant(1, {DType::f32, {}}));
  const std::vector<int> schedule = make_schedule(graph);
  const MemoryPlan plan = plan_memory(graph, schedule, std::vector<std::size_t>(graph.size()));
  EXPECT_EQ(graph.assignments().size(), 6u);
  for (const auto& [variable, value] : graph.assignments()) {
    EXPECT_EQ(plan[value].kind, Placement::Kind::leaf) << name_of(graph.node(variable.node));
    EXPECT_EQ(plan[value].leaf, variable) << name_of(graph.node(variable.node));
  }
  EXPECT_EQ(plan.arena_bytes, 0u);
}

double clipped(double norm, double limit) {
  Graph graph;
  graph.output("scale", clip_scale(graph.constant(norm, {DType::f64, {}}), limit));
  VariableStore variables(oracle());
  Executable executable(graph, variables);
  executable.run();
  return executable.read<double>("scale").front();
}

TEST(ClipScale, IsAtMostOneAndNotANumberForANormThatIsNotFinite) {
  EXPECT_EQ(clipped(4, 1), 0.25);
  EXPECT_EQ(clipped(1, 1), 1);
  EXPECT_EQ(clipped(0, 1), 1);
  EXPECT_EQ(clipped(1e300, 0), 1);
  EXPECT_TRUE(std::isnan(clipped(kInfinity, 1)));
  EXPECT_TRUE(std::isnan(clipped(kInfinity, 0)));
  EXPECT_TRUE(std::isnan(clipped(NAN, 1)));
}

TEST(Optimize, NamesWhatCannotBeTrained) {
  Graph graph;
  const TensorType type{DType::f32, {2}};
  const Value p = graph.variable("p", type), g = graph.input("g", type), scalar = graph.constant(1, {DType::f32, {}}),
              step = graph.input("step", {DType::i32, {}});
  const auto refused = [&](const OptimizerSettings& settings, const TrainedParameter& parameter, const char* why) {
    expect_error(
        ErrorKind::invalid_argument, [&] { optimize(settings, {parameter}, scalar, step, scalar); }, why);
  };
  refused({}, {p * 2, g}, "only variables can be trained, not the result of scale");
  refused({}, {p, scalar}, "the gradient of parameter 0 must be f32[2], not f32[]");
  refused({.kind = OptimizerKind::sgd, .nesterov = true}, {p, g}, "nesterov needs a momentum above 0");
  refused({.beta1 = 1}, {p, g}, "beta1 must be at least 0 and below 1, but is 1");
  refused({}, {p, g, -1}, "l2 must not be negative, but is -1");
  refused({}, {p, g, 0, 0, -1}, "max_norm must not be negative, but is -1");
}

}  // namespace
}  // namespace genocuda::op_test

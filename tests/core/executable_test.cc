// SPDX-License-Identifier: Apache-2.0
#include "core/executable.h"

#include <gtest/gtest.h>

#include "allocation_counter.h"
#include "core/error.h"
#include "core/ops/arithmetic.h"
#include "toy_device.h"

namespace genocuda {
namespace {

const TensorType kPair{DType::f64, {2}};

/// What a test lets an operator do wrong.
const Operator kFaulty{.name = "faulty", .infer = [](const std::any&, std::span<const TensorType> inputs) {
                         return std::vector<TensorType>{inputs[0]};
                       }};

bool always(const Problem&) { return true; }

std::string failure_of(Prepared (*prepare)(const Problem&), const ExecutableOptions& options) {
  testing::ToyDevice device;
  device.table.add(kFaulty, {"bad", always, prepare});
  VariableStore variables(device);
  Graph graph;
  const Graph::Scope scope(graph, "conv1");
  graph.output("y", graph.apply_one(kFaulty, {}, {graph.input("x", kPair)}));
  Executable executable(graph, variables, options);
  try {
    executable.run();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Executable, RunsAndUpdatesVariables) {
  testing::ToyDevice device;
  VariableStore variables(device);
  Graph graph;
  const Value w = graph.variable("w", kPair), x = graph.input("x", kPair);
  graph.output("y", w * x);
  graph.assign(w, w + x);
  Executable executable(graph, variables);
  executable.write<double>("x", std::vector<double>{2, 3});
  executable.run();
  EXPECT_EQ(executable.read<double>("y"), (std::vector<double>{0, 0}));
  executable.run();
  EXPECT_EQ(executable.read<double>("y"), (std::vector<double>{4, 9}));
}

TEST(Executable, SharesVariablesWithOthers) {
  testing::ToyDevice device;
  VariableStore variables(device);
  Graph training, inference;
  const Value w = training.variable("w", kPair);
  training.assign(w, w + 1);
  inference.output("y", inference.variable("w", kPair) * 2);
  Executable train(training, variables), infer(inference, variables);
  train.run();
  infer.run();
  EXPECT_EQ(infer.read<double>("y"), (std::vector<double>{2, 2}));
}

TEST(Executable, RunAllocatesNothing) {
  testing::ToyDevice device;
  VariableStore variables(device);
  Graph graph;
  const Value w = graph.variable("w", kPair);
  const Value x = graph.input("x", kPair);
  graph.output("y", (w + x) * x);
  graph.assign(w, (w * 0.5) + x);
  Executable executable(graph, variables);
  const long before = testing::allocations();
  for (int i = 0; i < 3; ++i) executable.run();
  EXPECT_EQ(testing::allocations(), before);
}

TEST(Executable, NamesTheNodeThatWritesOutside) {
  const auto past_the_end = [](const Problem&) {
    return Prepared{[](const RunContext& context) {
      for (int i = 0; i < 3; ++i) context.outputs[0].as<double>()[i] = 1;
    }};
  };
  EXPECT_EQ(failure_of(past_the_end, {.check_memory = true}),
            "conv1 (faulty), implementation bad: wrote past the end of its f64[2]");
  const auto before_the_start = [](const Problem&) {
    return Prepared{[](const RunContext& context) {
      for (int i = -1; i < 2; ++i) context.outputs[0].as<double>()[i] = 1;
    }};
  };
  EXPECT_EQ(failure_of(before_the_start, {.check_memory = true}),
            "conv1 (faulty), implementation bad: wrote before the start of its f64[2]");
}

TEST(Executable, NamesTheNodeThatLeavesAPartUnwritten) {
  const auto half = [](const Problem&) {
    return Prepared{[](const RunContext& context) { context.outputs[0].as<double>()[0] = 1; }};
  };
  EXPECT_EQ(failure_of(half, {.check_memory = true}),
            "conv1 (faulty), implementation bad: never wrote element 1 of its f64[2]");
  EXPECT_EQ(failure_of(half, {}), "");
}

TEST(Executable, NamesTheNodeThatWritesPastItsScratch) {
  const auto greedy = [](const Problem&) {
    return Prepared{[](const RunContext& context) {
                      static_cast<char*>(context.scratch)[16] = 1;
                      for (int i = 0; i < 2; ++i) context.outputs[0].as<double>()[i] = 1;
                    },
                    16};
  };
  EXPECT_NE(failure_of(greedy, {.check_memory = true}).find("past the end"), std::string::npos);
}

TEST(Executable, NamesTheNodeThatIsNotFinite) {
  const auto infinite = [](const Problem&) {
    return Prepared{[](const RunContext& context) {
      context.outputs[0].as<double>()[0] = 1;
      context.outputs[0].as<double>()[1] = 1 / context.inputs[0].as<double>()[1];
    }};
  };
  EXPECT_EQ(failure_of(infinite, {.check_finite = true}), "conv1 (faulty) gave a value that is not finite");
}

TEST(Executable, ForcesImplementations) {
  testing::ToyDevice device;
  VariableStore variables(device);
  Graph graph;
  const Value x = graph.input("x", kPair);
  graph.output("y", x + x);
  Executable forced(graph, variables, {.implementations = {{"add", "toy"}}});
  EXPECT_EQ(forced.schedule(), std::vector<std::string>{"add: toy"});
  Executable preferred(graph, variables, {.implementations = {{"*", "onednn"}}});
  EXPECT_EQ(preferred.schedule(), std::vector<std::string>{"add: toy"});
  EXPECT_THROW(Executable(graph, variables, {.implementations = {{"add", "cudnn"}}}), Error);
}

TEST(ImplementationTable, RefusesOperatorsAndImplementationsThatItLacks) {
  const testing::ToyDevice device;
  device.table.require("add", "toy");
  device.table.require("*", "toy");
  EXPECT_THROW(device.table.require("add", "cudnn"), Error);
  EXPECT_THROW(device.table.require("*", "cudnn"), Error);
  EXPECT_THROW(device.table.require("ad", "toy"), Error);
}

TEST(Executable, RefusesUnknownNamesAndWrongSizes) {
  testing::ToyDevice device;
  VariableStore variables(device);
  Graph graph;
  graph.output("y", graph.input("x", kPair) * 2);
  Executable executable(graph, variables);
  EXPECT_THROW(executable.input("z"), Error);
  EXPECT_THROW(executable.output("x"), Error);
  EXPECT_THROW(executable.write<double>("x", std::vector<double>{1, 2, 3}), Error);
  EXPECT_THROW(variables.read("w"), Error);
}

TEST(Executable, RunsEmptyTensors) {
  testing::ToyDevice device;
  VariableStore variables(device);
  Graph graph;
  graph.output("y", graph.input("x", {DType::f64, {0, 4}}) * 2);
  Executable executable(graph, variables, {.check_memory = true});
  executable.run();
  EXPECT_TRUE(executable.read<double>("y").empty());
}

}  // namespace
}  // namespace genocuda

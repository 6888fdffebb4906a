// SPDX-License-Identifier: Apache-2.0
// How an executable puts its work into a stream: recorded or not, and whom an error names.
#include <gtest/gtest.h>

#include <stdexcept>

#include "core/error.h"
#include "core/executable.h"
#include "core/ops/arithmetic.h"
#include "tests/support/expect_error.h"
#include "toy_device.h"

namespace genocuda {
namespace {

const TensorType kPair{DType::f64, {2}};

/// w += 1 on a device that may record.
struct Counter {
  explicit Counter(const ExecutableOptions& options = {}, bool can_record = true, bool recording_fails = false) {
    device.can_record = can_record;
    device.recording_fails = recording_fails;
    Graph graph;
    const Value w = graph.variable("w", kPair);
    graph.assign(w, w + 1);
    executable = std::make_unique<Executable>(graph, variables, options);
  }
  void run(int times) {
    for (int i = 0; i < times; ++i) executable->run();
  }
  double value() { return reinterpret_cast<const double*>(variables.read("w").data())[0]; }

  testing::ToyDevice device;
  VariableStore variables{device};
  std::unique_ptr<Executable> executable;
};

TEST(ExecutableRun, RecordsTheSecondRunAndReplaysIt) {
  Counter counter;
  counter.run(1);
  EXPECT_EQ(counter.device.performed, 1);
  EXPECT_EQ(counter.device.recordings, 0);
  EXPECT_FALSE(counter.executable->recorded());
  counter.run(4);
  EXPECT_EQ(counter.device.performed, 1);
  EXPECT_EQ(counter.device.recordings, 1);
  EXPECT_EQ(counter.device.replays, 4);
  EXPECT_TRUE(counter.executable->recorded());
  EXPECT_EQ(counter.value(), 5);
}

TEST(ExecutableRun, IssuesEveryRunWhereNothingCanBeRecorded) {
  Counter counter({}, false);
  counter.run(3);
  EXPECT_EQ(counter.device.performed, 3);
  EXPECT_FALSE(counter.executable->recorded());
  EXPECT_EQ(counter.value(), 3);
}

TEST(ExecutableRun, IssuesEveryRunWhereRecordingFailed) {
  Counter counter({}, true, true);
  counter.run(4);
  EXPECT_EQ(counter.device.recordings, 1) << "tried once";
  EXPECT_EQ(counter.device.performed, 4);
  EXPECT_FALSE(counter.executable->recorded());
  EXPECT_EQ(counter.value(), 4);
}

TEST(ExecutableRun, DoesNotRecordWhereItIsToldNotToOrChecks) {
  for (const ExecutableOptions& options :
       {ExecutableOptions{.record = false}, ExecutableOptions{.check_memory = true},
        ExecutableOptions{.check_finite = true}, ExecutableOptions{.debug_sync = true}}) {
    Counter counter(options);
    counter.run(3);
    EXPECT_EQ(counter.device.recordings, 0);
    EXPECT_EQ(counter.device.performed, 3);
    EXPECT_EQ(counter.value(), 3);
  }
}

const Operator kFaulty{.name = "faulty", .infer = [](const std::any&, std::span<const TensorType> inputs) {
                         return std::vector<TensorType>{inputs[0]};
                       }};

/// (x + x) -> faulty -> (· 2) in scope conv1, with that implementation of faulty.
struct Chain {
  Chain(Prepared (*prepare)(const Problem&), const ExecutableOptions& options) {
    device.table.add(kFaulty, {"bad", [](const Problem&) { return true; }, prepare});
    Graph graph;
    const Graph::Scope scope(graph, "conv1");
    const Value x = graph.input("x", kPair);
    graph.output("y", graph.apply_one(kFaulty, {}, {x + x}) * 2);
    executable = std::make_unique<Executable>(graph, variables, options);
  }

  testing::ToyDevice device;
  VariableStore variables{device};
  std::unique_ptr<Executable> executable;
};

/// As a kernel that fails: nobody knows until somebody waits.
Prepared fails_later(const Problem& problem) {
  auto& device = static_cast<testing::ToyDevice&>(*problem.device);
  return {[&device](const RunContext&) { device.failure = "an illegal address"; }};
}

TEST(ExecutableRun, DebugSyncNamesTheNodeThatFailed) {
  Chain chain(fails_later, {.debug_sync = true});
  expect_error(
      ErrorKind::device, [&] { chain.executable->run(); },
      "conv1 (faulty), implementation bad, (f64[2]) -> (f64[2]): an illegal address");
}

TEST(ExecutableRun, WithoutDebugSyncTheErrorComesWhenTheResultIsRead) {
  Chain chain(fails_later, {});
  chain.executable->run();
  expect_error(
      ErrorKind::device, [&] { chain.executable->read<double>("y"); }, "an illegal address");
}

TEST(ExecutableRun, NamesTheNodeThatThrows) {
  const auto refused = [](const Problem&) {
    return Prepared{[](const RunContext&) { throw std::runtime_error("kernel launch refused"); }};
  };
  Chain launcher(refused, {});
  expect_error(
      ErrorKind::device, [&] { launcher.executable->run(); },
      "conv1 (faulty), implementation bad, (f64[2]) -> (f64[2]): kernel launch refused");
  const auto internal = [](const Problem&) {
    return Prepared{[](const RunContext&) { throw Error(ErrorKind::internal, "a defect"); }};
  };
  Chain library(internal, {});
  expect_error(
      ErrorKind::internal, [&] { library.executable->run(); }, "conv1 (faulty), implementation bad", "a defect");
}

}  // namespace
}  // namespace genocuda

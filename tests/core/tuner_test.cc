// SPDX-License-Identifier: Apache-2.0
#include "core/tuner.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <thread>

#include "core/error.h"
#include "core/executable.h"
#include "core/ops/arithmetic.h"
#include "core/ops/conv1d.h"
#include "core/ops/matmul.h"
#include "tests/support/expect_error.h"
#include "toy_device.h"

namespace genocuda {
namespace {

/// How often rows were run, and what they saw.
int fast_runs = 0, slow_runs = 0;
bool saw_bad_numbers = false;

void add(const RunContext& context) {
  for (std::int64_t i = 0; i < context.outputs[0].elements(); ++i) {
    const double a = context.inputs[0].as<double>()[i], b = context.inputs[1].as<double>()[i];
    saw_bad_numbers = saw_bad_numbers || !std::isfinite(a) || !std::isfinite(b);
    context.outputs[0].as<double>()[i] = a + b;
  }
}

Prepared prepare_fast(const Problem&) {
  return {[](const RunContext& context) {
            ++fast_runs;
            add(context);
          },
          256};
}
Prepared prepare_slow(const Problem&) {
  return {[](const RunContext& context) {
    ++slow_runs;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    add(context);
  }};
}
Prepared prepare_broken(const Problem&) {
  return {[](const RunContext&) { throw std::runtime_error("the device has fallen off the bus"); }};
}
Prepared prepare_scale(const Problem&) {
  return {[](const RunContext& context) { context.outputs[0].as<double>()[0] = 0; }};
}
bool always(const Problem&) { return true; }
bool never(const Problem&) { return false; }

class MemoryStore : public TuningStore {
 public:
  std::optional<Tuning> find(const std::string& device, const std::string& problem) override {
    const auto found = entries.find({device, problem});
    return found == entries.end() ? std::nullopt : std::optional(found->second);
  }
  void keep(const std::string& device, const std::string& problem, const Tuning& tuning) override {
    entries[{device, problem}] = tuning;
  }
  std::map<std::pair<std::string, std::string>, Tuning> entries;
};

/// A device that adds in a slow row and in a fast one after it.
class TunerTest : public ::testing::Test {
 protected:
  TunerTest() {
    fast_runs = slow_runs = 0;
    saw_bad_numbers = false;
    device_.table = {};
    device_.table.add(ops::kAdd, {"declining", never, prepare_fast});
    device_.table.add(ops::kAdd, {"slow", always, prepare_slow});
    device_.table.add(ops::kAdd, {"fast", always, prepare_fast});
    device_.table.add(ops::kAdd, {kReference, always, prepare_slow});
  }

  std::vector<std::string> schedule(std::shared_ptr<Tuner> tuner,
                                    std::map<std::string, std::string, std::less<>> forced = {},
                                    std::int64_t length = 5) {
    Graph graph;
    const TensorType type{DType::f64, {length}};
    const Value a = graph.input("a", type), b = graph.input("b", type);
    graph.output("y", (a + b) + b);
    VariableStore variables(device_);
    return Executable(graph, variables, {.implementations = std::move(forced), .tuner = std::move(tuner)}).schedule();
  }

  static inline const std::vector<std::string> kFast{"add: fast", "add: fast"}, kSlow{"add: slow", "add: slow"};
  genocuda::testing::ToyDevice device_;
  std::shared_ptr<MemoryStore> store_ = std::make_shared<MemoryStore>();
};

TEST_F(TunerTest, TakesTheFastRow) {
  const auto tuner = std::make_shared<Tuner>(store_);
  std::vector<std::string> reports;
  tuner->report = [&](const std::string& line) { reports.push_back(line); };
  EXPECT_EQ(schedule(tuner), kFast);
  EXPECT_GT(fast_runs, 1);
  EXPECT_GE(slow_runs, 2);
  EXPECT_LT(slow_runs, 12) << "the reference was timed, too, or the same problem twice";
  EXPECT_FALSE(saw_bad_numbers);

  ASSERT_EQ(store_->entries.size(), 1u);
  const auto& [key, tuning] = *store_->entries.begin();
  EXPECT_NE(key.first.find("host memory and double arithmetic, for tests; genocuda "), std::string::npos) << key.first;
  EXPECT_EQ(key.second, "add(f64[5], f64[5]) -> (f64[5]), fp32");
  EXPECT_EQ(tuning.implementation, "fast");
  ASSERT_EQ(tuning.seconds.size(), 2u);
  EXPECT_GT(tuning.seconds.at("slow"), 2e-3);
  EXPECT_LT(tuning.seconds.at("fast"), tuning.seconds.at("slow"));
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].find(key.second + ": slow 2"), 0u) << reports[0];
}

TEST_F(TunerTest, TimesRecordingsWhereTheDeviceRecords) {
  device_.can_record = true;
  EXPECT_EQ(schedule(std::make_shared<Tuner>()), kFast);
  EXPECT_EQ(device_.recordings, 4) << "one to estimate and one of a sample, for either row";
  EXPECT_GE(device_.replays, 4);
  device_.recording_fails = true;
  EXPECT_EQ(schedule(std::make_shared<Tuner>()), kFast);
}

TEST_F(TunerTest, NamesTheRowThatFails) {
  device_.table.add(ops::kAdd, {"broken", always, prepare_broken});
  expect_error(
      ErrorKind::device, [&] { schedule(std::make_shared<Tuner>(store_)); },
      "timing the implementation broken of add(f64[5], f64[5]) -> (f64[5]), fp32: the device has fallen off the bus");
  EXPECT_TRUE(store_->entries.empty());
}

TEST_F(TunerTest, TimesNothingThatItKnows) {
  schedule(std::make_shared<Tuner>(store_));
  fast_runs = slow_runs = 0;
  EXPECT_EQ(schedule(std::make_shared<Tuner>(store_)), kFast);
  EXPECT_EQ(fast_runs + slow_runs, 0);
  // A shape of its own is a problem of its own.
  EXPECT_EQ(schedule(std::make_shared<Tuner>(store_), {}, 6), kFast);
  EXPECT_GT(fast_runs, 0);
}

TEST_F(TunerTest, RemembersWithoutAStore) {
  const auto tuner = std::make_shared<Tuner>();
  EXPECT_EQ(schedule(tuner), kFast);
  fast_runs = slow_runs = 0;
  EXPECT_EQ(schedule(tuner), kFast);
  EXPECT_EQ(fast_runs + slow_runs, 0);
}

TEST_F(TunerTest, TimesAgainWhereTheKnownRowIsNoCandidate) {
  schedule(std::make_shared<Tuner>(store_));
  store_->entries.begin()->second.implementation = "declining";
  EXPECT_EQ(schedule(std::make_shared<Tuner>(store_)), kFast);
  EXPECT_EQ(store_->entries.begin()->second.implementation, "fast");
}

TEST_F(TunerTest, IsOffWithoutAWordAndYieldsToForcedRows) {
  EXPECT_EQ(schedule(nullptr), kSlow);
  const auto tuner = std::make_shared<Tuner>(store_);
  EXPECT_EQ(schedule(tuner, {{"add", "slow"}}), kSlow);
  EXPECT_EQ(schedule(tuner, {{"*", "slow"}}), kSlow);
  EXPECT_EQ(fast_runs + slow_runs, 0);
  EXPECT_TRUE(store_->entries.empty());
}

TEST_F(TunerTest, KeepsTheOrderOfTheTableWhereTimesAreAlike) {
  device_.table = {};
  device_.table.add(ops::kAdd, {"first", always, prepare_slow});
  device_.table.add(ops::kAdd, {"second", always, prepare_slow});
  EXPECT_EQ(schedule(std::make_shared<Tuner>(store_)), (std::vector<std::string>{"add: first", "add: first"}));
}

TEST_F(TunerTest, TakesTheReferenceWhereNothingElseFits) {
  device_.table = {};
  device_.table.add(ops::kAdd, {"declining", never, prepare_fast});
  device_.table.add(ops::kAdd, {kReference, always, prepare_fast});
  schedule(std::make_shared<Tuner>(store_));
  EXPECT_EQ(fast_runs, 0) << "one row is no choice";
}

/// Memory that is full after `left` more allocations.
class CrampedDevice : public genocuda::testing::ToyDevice {
 public:
  genocuda::Allocator& allocator() override { return allocator_; }
  int left = 1000;

 private:
  class Cramped : public genocuda::Allocator {
   public:
    explicit Cramped(CrampedDevice& device) : device_(device) {}
    void* allocate(std::size_t bytes) override {
      if (device_.left-- <= 0) throw Error(ErrorKind::out_of_memory, "{} bytes are too many", bytes);
      return device_.ToyDevice::allocator().allocate(bytes);
    }
    void release(void* memory, std::size_t bytes) noexcept override {
      device_.ToyDevice::allocator().release(memory, bytes);
    }

   private:
    CrampedDevice& device_;
  };
  Cramped allocator_{*this};
};

TEST_F(TunerTest, LeavesToTheTableWhatMemoryIsTooSmallFor) {
  CrampedDevice cramped;
  cramped.table = device_.table;
  const TensorType type{DType::f64, {5}};
  const TensorType inputs[] = {type, type}, outputs[] = {type};
  const std::any none;
  const Problem problem{ops::kAdd, none, inputs, outputs, Precision::fp32, &cramped};
  Tuner tuner(store_);
  cramped.left = 2;
  EXPECT_EQ(tuner.choose(problem), nullptr);
  EXPECT_TRUE(store_->entries.empty());
  cramped.left = 1000;
  ASSERT_NE(tuner.choose(problem), nullptr);
  EXPECT_EQ(tuner.choose(problem)->name, "fast");
}

TEST_F(TunerTest, LeavesToTheTableWhatItCannotTellApartOrTry) {
  Graph graph;
  const Value x = graph.input("x", {DType::f64, {1}});
  graph.output("y", scale(x, 2));  // its attributes have no text
  device_.table.add(ops::kScale, {"one", always, prepare_scale});
  device_.table.add(ops::kScale, {"two", always, prepare_scale});
  VariableStore variables(device_);
  const Executable executable(graph, variables, {.tuner = std::make_shared<Tuner>(store_)});
  EXPECT_EQ(executable.schedule(), std::vector<std::string>{"scale: one"});
  EXPECT_TRUE(store_->entries.empty());
}

TEST(DescribeProblem, TellsApartWhatAnImplementationsSpeedDependsOn) {
  const TensorType x{DType::f32, {8, 100, 4}}, filters{DType::f32, {9, 4, 16}}, y{DType::f32, {8, 46, 16}};
  const TensorType inputs[] = {x, filters}, outputs[] = {y};
  const std::any attributes = ops::Conv1dAttributes{{.width = 9, .stride = 2}};
  EXPECT_EQ(describe({ops::kConv1d, attributes, inputs, outputs, Precision::tf32}),
            "conv1d(f32[8, 100, 4], f32[9, 4, 16]) -> (f32[8, 46, 16]), tf32, "
            "width 9, stride 2, dilation 1, padding 0 + 0");
  const std::any products = ops::MatmulAttributes{.transpose_b = true};
  EXPECT_EQ(describe({ops::kMatmul, products, {}, {}}), "matmul() -> (), fp32, a · bᵀ");
  const std::any scaled = ops::ScaleAttributes{};
  EXPECT_EQ(describe({ops::kScale, scaled, {}, {}}), "");
}

}  // namespace
}  // namespace genocuda

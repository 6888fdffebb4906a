// SPDX-License-Identifier: Apache-2.0
// Executables over the same variables, on a device whose streams run on their own: nothing is done before somebody
// waits for it, and then of other streams only what it was told to wait for.
#include <gtest/gtest.h>

#include <cstring>
#include <deque>
#include <thread>

#include "core/error.h"
#include "core/executable.h"
#include "core/ops/arithmetic.h"
#include "toy_device.h"

namespace genocuda {
namespace {

class LateStream : public Stream {
 public:
  void upload(void* device, const void* host, std::size_t bytes) override {
    const auto* from = static_cast<const std::byte*>(host);
    later([=, copied = std::vector<std::byte>(from, from + bytes)] { std::memcpy(device, copied.data(), bytes); });
  }
  void download(void* host, const void* device, std::size_t bytes) override {
    later([=] { std::memcpy(host, device, bytes); });
  }
  void copy(void* to, const void* from, std::size_t bytes) override {
    later([=] { std::memcpy(to, from, bytes); });
  }
  void fill(void* to, unsigned char byte, std::size_t bytes) override {
    later([=] { std::memset(to, byte, bytes); });
  }
  void perform(const std::function<void()>& work) override { later(work); }
  void synchronize() override { run_until(asked_); }

  std::shared_ptr<const Mark> mark() override { return std::make_shared<LateMark>(*this, asked_); }
  void wait(const Mark& mark) override {
    const auto& late = dynamic_cast<const LateMark&>(mark);
    later([&stream = late.stream, point = late.point] { stream.run_until(point); });
  }

 private:
  struct LateMark : Mark {
    LateMark(LateStream& of, std::size_t at) : stream(of), point(at) {}
    LateStream& stream;
    std::size_t point;
  };

  void later(std::function<void()> work) {
    queue_.push_back(std::move(work));
    ++asked_;
  }
  void run_until(std::size_t point) {
    while (done_ < point) {
      const auto work = std::move(queue_.front());
      queue_.pop_front();
      ++done_;
      work();
    }
  }

  std::deque<std::function<void()>> queue_;
  std::size_t asked_ = 0, done_ = 0;
};

struct LateDevice : testing::ToyDevice {
  std::unique_ptr<Stream> make_stream() override { return std::make_unique<LateStream>(); }
};

constexpr TensorType kScalar{DType::f64, {}};

/// w becomes w + 1.
Executable increment(VariableStore& variables) {
  Graph graph;
  const Value w = graph.variable("w", kScalar);
  graph.assign(w, scale(w, 1, 1));
  return {graph, variables};
}

/// Gives 10 w.
Executable reader(VariableStore& variables) {
  Graph graph;
  graph.output("y", scale(graph.variable("w", kScalar), 10));
  return {graph, variables};
}

double value_of(const std::vector<std::byte>& bytes) {
  double value = 0;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

TEST(VariableOrder, AReaderWaitsForTheLastThatAssigns) {
  LateDevice device;
  VariableStore variables(device);
  Executable writing = increment(variables), reading = reader(variables);
  writing.run();
  writing.run();
  reading.run();
  EXPECT_EQ(reading.read<double>("y")[0], 20);
}

TEST(VariableOrder, AnAssignmentWaitsForAllThatReadBefore) {
  LateDevice device;
  VariableStore variables(device);
  Executable writing = increment(variables), first = reader(variables), second = reader(variables);
  first.run();
  second.run();
  writing.run();
  EXPECT_EQ(value_of(variables.read("w")), 1);  // runs the assignment, and what it waits for
  EXPECT_EQ(first.read<double>("y")[0], 0);
  EXPECT_EQ(second.read<double>("y")[0], 0);
}

TEST(VariableOrder, TwoThatAssignTakeTurns) {
  LateDevice device;
  VariableStore variables(device);
  Executable one = increment(variables), other = increment(variables);
  for (int i = 0; i < 3; ++i) {
    one.run();
    other.run();
  }
  EXPECT_EQ(value_of(variables.read("w")), 6);
}

TEST(VariableOrder, WhatIsWrittenCountsFromTheNextRunOn) {
  LateDevice device;
  VariableStore variables(device);
  Executable reading = reader(variables);
  double w = 0;
  const auto set = [&](double value) {
    w = value;
    variables.write("w", std::as_bytes(std::span(&w, 1)));
  };
  reading.run();
  set(4);
  set(7);
  EXPECT_EQ(reading.read<double>("y")[0], 0);
  reading.run();
  w = 0;  // the store has its own copy
  EXPECT_EQ(reading.read<double>("y")[0], 70);
}

TEST(VariableOrder, ManyThreadsMayRead) {
  testing::ToyDevice device;
  VariableStore variables(device);
  const double w = 3;
  constexpr int kThreads = 4, kRuns = 200;
  std::vector<Executable> readers;
  for (int i = 0; i < kThreads; ++i) readers.push_back(reader(variables));
  variables.write("w", std::as_bytes(std::span(&w, 1)));
  std::vector<std::thread> threads;
  for (Executable& reading : readers) {
    threads.emplace_back([&reading] {
      for (int run = 0; run < kRuns; ++run) {
        reading.run();
        EXPECT_EQ(reading.read<double>("y")[0], 30);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(SharedInputs, StandForInputsOfSeveralExecutables) {
  testing::ToyDevice device;
  VariableStore variables(device);
  double data = 5;
  const SharedInputs shared{{"x", {kScalar, &data}}};
  const auto build = [&](double factor) {
    Graph graph;
    graph.output("y", scale(graph.input("x", kScalar), factor));
    return Executable(graph, variables, {}, shared);
  };
  Executable twice = build(2), thrice = build(3);
  twice.run();
  thrice.run();
  EXPECT_EQ(twice.read<double>("y")[0], 10);
  EXPECT_EQ(thrice.read<double>("y")[0], 15);
  EXPECT_THROW(twice.write("x", std::as_bytes(std::span(&data, 1))), Error);  // it belongs to others, too
}

TEST(SharedInputs, MustBeOfTheInputsType) {
  testing::ToyDevice device;
  VariableStore variables(device);
  double data[2] = {};
  Graph graph;
  graph.output("y", scale(graph.input("x", kScalar), 1));
  EXPECT_THROW(Executable(graph, variables, {}, {{"x", {{DType::f64, {2}}, data}}}), Error);
}

}  // namespace
}  // namespace genocuda

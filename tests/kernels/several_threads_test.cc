// SPDX-License-Identifier: Apache-2.0
// Threads that each have a network of their own on one device, as a host application may: what they compute is what one
// thread alone computes.
#include <gtest/gtest.h>

#include <functional>
#include <latch>
#include <ostream>
#include <thread>
#include <vector>

#include "host/cpu_device.h"
#include "learn/predict/predictor.h"
#include "learn/train/trainer.h"
#include "tests/kernels/device_array.h"
#include "tests/learn/train/toy.h"
#include "tests/support/small_net.h"

namespace genocuda {
namespace {

constexpr int kThreads = 3;

/// Runs work(0) … work(kThreads − 1) at the same time, each in a thread of its own.
void in_threads(const std::function<void(int)>& work) {
  std::latch start(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      work(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

struct Tested {
  const char* name;
  Device& (*device)();
  ExecutableOptions options;
};

class SeveralThreads : public ::testing::TestWithParam<Tested> {};

void PrintTo(const Tested& tested, std::ostream* stream) { *stream << tested.name; }

/// Two steps of the net of thread `i`: every other thread has a net of the other kind.
std::vector<float> trained(const Tested& tested, int i) {
  SmallNet net(tested.device(), tested.options,
               i % 2 == 0 ? SmallNet::FirstLayer::batch_norm : SmallNet::FirstLayer::bias, SmallNet::kSmallBatch);
  net.run(1 + i);
  net.run(2 + i);
  return net.numbers();
}

TEST_P(SeveralThreads, TrainNetsOfTheirOwn) {
  std::vector<std::vector<float>> found(kThreads);
  in_threads([&](int i) { found[i] = trained(GetParam(), i); });
  for (int i = 0; i < kThreads; ++i) EXPECT_EQ(found[i], trained(GetParam(), i)) << "thread " << i;
}

TEST_P(SeveralThreads, PredictWithModelsOfTheirOwn) {
  const std::unique_ptr<Device> cpu = make_cpu_device(1);
  TrainingSettings settings = toy::settings();
  settings.epochs = 1;
  const Examples data = toy::motifs(64, 1);
  const TrainedModel model = Trainer(toy::net(), settings, *cpu, data, nullptr).run().model;
  // Of unlike batches, so that the threads allocate and release blocks of unlike sizes all along.
  const auto predictions = [&](int i) {
    std::vector<float> all;
    for (int batch = 1; batch <= 3; ++batch) {
      Predictor predictor(model, GetParam().device(), {.batch = 7 * batch + i, .executable = GetParam().options});
      const std::vector<float> some = predictor.predict(toy::motifs(30, static_cast<std::uint64_t>(i)));
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  };
  std::vector<std::vector<float>> found(kThreads);
  in_threads([&](int i) { found[i] = predictions(i); });
  for (int i = 0; i < kThreads; ++i) EXPECT_EQ(found[i], predictions(i)) << "thread " << i;
}

Device& cpu() {
  static const std::unique_ptr<Device> device = make_cpu_device(1);
  return *device;
}

// ThreadSanitizer sees into the reference, and neither into oneDNN nor how the threads of OpenMP wait for each other.
INSTANTIATE_TEST_SUITE_P(Devices, SeveralThreads,
                         ::testing::Values(Tested{"cpu", cpu, {.implementations = {{"*", "reference"}}}},
                                           Tested{"tested_device", kernel_test::device, {}}),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace genocuda

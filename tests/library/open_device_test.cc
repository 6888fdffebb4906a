// SPDX-License-Identifier: Apache-2.0
#include "genocuda/device.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace genocuda {
namespace {

TEST(OpenDevice, KnowsTheCpuAndItsThreads) {
  EXPECT_EQ(open_device("cpu")->name(), "cpu");
  EXPECT_EQ(open_device("cpu", 1)->name(), "cpu");
  EXPECT_NE(open_device("cpu:1")->description(), open_device("cpu:2")->description());
  EXPECT_EQ(open_device("cpu:2", 1)->description(), open_device("cpu:2")->description()) << "the name wins";
  EXPECT_NE(open_device("auto"), nullptr);
}

TEST(OpenDevice, RefusesOtherNames) {
  for (const std::string name : {"", "gpu", "cpu:", "cpu:x", "cpu:-1", "cpu:1x", "cuda:x", "auto:1", "CPU"}) {
    expect_error(
        ErrorKind::invalid_argument, [&] { open_device(name); }, "'" + name + "'", "auto, cpu");
  }
}

TEST(OpenDevice, SaysWhyThereIsNoGpu) {
  const DeviceReport gpu = list_devices().front();
  if (gpu.usable) GTEST_SKIP() << "there is one: " << gpu.description;
  expect_error(
      ErrorKind::device, [] { open_device("cuda"); }, "'cuda'", gpu.description, "--device cpu");
  expect_error(
      ErrorKind::device, [] { open_device("cuda:7"); }, "'cuda:7'", "--device cpu");
  EXPECT_EQ(open_device("auto")->name(), "cpu");
}

TEST(ListDevices, SaysWhichCanBeOpened) {
  bool cpu = false;
  for (const DeviceReport& device : list_devices()) {
    EXPECT_FALSE(device.description.empty());
    if (device.usable) {
      EXPECT_NE(open_device(device.name), nullptr);
    } else {
      expect_error(
          ErrorKind::device, [&] { open_device(device.name); }, device.name);
    }
    cpu |= device.name == "cpu" && device.usable;
  }
  EXPECT_TRUE(cpu);
}

}  // namespace
}  // namespace genocuda

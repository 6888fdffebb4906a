// SPDX-License-Identifier: Apache-2.0
#include "host/cpu_device.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <limits>

#include "host/fast/onednn.h"
#include "host/fast/simd_level.h"
#include "host/threads.h"
#include "tests/support/expect_error.h"

namespace genocuda {
namespace {

TEST(CpuDevice, SaysWhatItIsInOneLine) {
  const auto device = make_cpu_device(2);
  EXPECT_EQ(device->name(), "cpu");
  EXPECT_TRUE(device->memory_is_host());
  const std::string text = device->description();
  EXPECT_EQ(text.find('\n'), std::string::npos) << text;
  for (const std::string& part :
       {std::string("2 threads"), std::string(fast::name_of(fast::simd_level())), fast::onednn_version()}) {
    EXPECT_NE(text.find(part), std::string::npos) << text << " lacks " << part;
  }
  EXPECT_NE(make_cpu_device(1)->description().find("1 thread,"), std::string::npos);
}

TEST(CpuDevice, CountsItsThreads) {
  make_cpu_device(3);
  EXPECT_EQ(host::thread_count(), 3);
  make_cpu_device();
  EXPECT_GE(host::thread_count(), 1);
  expect_error(
      ErrorKind::invalid_argument, [] { make_cpu_device(-1); }, "-1 threads");
}

TEST(CpuDevice, AlignsMemory) {
  const auto device = make_cpu_device();
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{63}, std::size_t{4096}, std::size_t{5} << 20}) {
    void* memory = device->allocator().allocate(bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % 64, 0u);
    std::memset(memory, 1, bytes);
    device->allocator().release(memory, bytes);
  }
}

TEST(CpuDevice, NamesTheBytesThatItCannotGive) {
  const auto device = make_cpu_device();
  expect_error(
      ErrorKind::out_of_memory, [&] { device->allocator().allocate(std::size_t{1} << 50); },
      std::to_string(std::size_t{1} << 50));
  expect_error(
      ErrorKind::out_of_memory, [&] { device->allocator().allocate(std::numeric_limits<std::size_t>::max()); },
      "bytes");
}

TEST(CpuDevice, MovesBytes) {
  const auto device = make_cpu_device();
  const auto stream = device->make_stream();
  char a[8] = "genomes", b[8] = {}, c[8] = {};
  stream->upload(b, a, sizeof a);
  stream->copy(c, b, sizeof b);
  stream->fill(b, 0x5a, sizeof b);
  stream->download(a, b, sizeof b);
  stream->synchronize();
  EXPECT_STREQ(c, "genomes");
  EXPECT_EQ(a[0], 0x5a);
  stream->copy(nullptr, nullptr, 0);
}

}  // namespace
}  // namespace genocuda

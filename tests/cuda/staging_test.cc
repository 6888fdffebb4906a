// SPDX-License-Identifier: Apache-2.0
#include "cuda/staging.h"

#include <gtest/gtest.h>

#include <cstring>
#include <deque>
#include <functional>
#include <random>
#include <vector>

namespace genocuda::cuda {
namespace {

constexpr std::size_t kBuffer = Staging::kBufferBytes;

/// A device that puts every copy off until somebody waits for it.
class LazyTransfers final : public Transfers {
 public:
  ~LazyTransfers() override { EXPECT_EQ(pinned, 0) << "pinned buffers are left"; }
  void* allocate_pinned(std::size_t bytes) override {
    ++pinned;
    return new std::byte[bytes];
  }
  void release_pinned(void* memory) noexcept override {
    --pinned;
    delete[] static_cast<std::byte*>(memory);
  }
  void copy_to_device(void* device, const void* from, std::size_t bytes) override { put_off(device, from, bytes); }
  void copy_to_host(void* to, const void* device, std::size_t bytes) override { put_off(to, device, bytes); }
  void set_mark(int mark) override { marks_[mark] = issued_; }
  void wait_for_mark(int mark) override {
    ++waits;
    while (done_ < marks_[mark]) run_one();
  }
  void run_all() {
    while (!queue_.empty()) run_one();
  }

  int pinned = 0, waits = 0;

 private:
  void put_off(void* to, const void* from, std::size_t bytes) {
    ++issued_;
    queue_.push_back([=] { std::memcpy(to, from, bytes); });
  }
  void run_one() {
    queue_.front()();
    queue_.pop_front();
    ++done_;
  }

  std::deque<std::function<void()>> queue_;
  int issued_ = 0, done_ = 0;
  int marks_[Staging::kBuffers] = {};
};

std::vector<unsigned char> pattern(std::size_t bytes, unsigned seed) {
  std::minstd_rand random(seed + 1);
  std::vector<unsigned char> data(bytes);
  for (unsigned char& byte : data) byte = static_cast<unsigned char>(random() >> 8);
  return data;
}

class StagingSizes : public ::testing::TestWithParam<std::size_t> {};

TEST_P(StagingSizes, CopiesThereAndBack) {
  LazyTransfers transfers;
  Staging staging(transfers);
  const auto expected = pattern(GetParam(), 1);
  std::vector<unsigned char> host = expected, device(GetParam()), back(GetParam());
  staging.upload(device.data(), host.data(), host.size());
  std::fill(host.begin(), host.end(), 0);  // it was read
  staging.download(back.data(), device.data(), device.size());
  transfers.run_all();
  staging.finish();
  EXPECT_EQ(device, expected);
  EXPECT_EQ(back, expected);
}

INSTANTIATE_TEST_SUITE_P(Bytes, StagingSizes,
                         ::testing::Values(0, 1, kBuffer - 1, kBuffer, kBuffer + 1, 3 * kBuffer, 7 * kBuffer + 5));

TEST(Staging, OverlapsAsFarAsItHasBuffers) {
  LazyTransfers transfers;
  Staging staging(transfers);
  std::vector<std::vector<unsigned char>> device;
  for (int i = 0; i < 10; ++i) device.emplace_back(kBuffer);
  for (int i = 0; i < 10; ++i) {
    const auto host = pattern(kBuffer, i);
    staging.upload(device[i].data(), host.data(), kBuffer);
    EXPECT_EQ(transfers.waits, std::max(0, i + 1 - Staging::kBuffers));
  }
  transfers.run_all();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(device[i], pattern(kBuffer, i)) << i;
}

TEST(Staging, SmallCopiesShareABuffer) {
  LazyTransfers transfers;
  Staging staging(transfers);
  constexpr std::size_t kBytes = 1000, kCopies = 4 * kBuffer / 1024;
  std::vector<std::vector<unsigned char>> device(kCopies), back(kCopies);
  int waits_of_a_round = 0;
  for (std::size_t i = 0; i < kCopies; ++i) {
    device[i].resize(kBytes);
    back[i].resize(kBytes);
    const auto host = pattern(kBytes, static_cast<unsigned>(i));
    staging.upload(device[i].data(), host.data(), kBytes);
    staging.download(back[i].data(), device[i].data(), kBytes);
    if (i == kCopies / 4 - 1) waits_of_a_round = transfers.waits;
  }
  EXPECT_EQ(waits_of_a_round, 0) << "two of eight buffers";
  EXPECT_EQ(transfers.waits, 5) << "one a buffer, from the fourth on";
  transfers.run_all();
  staging.finish();
  for (std::size_t i = 0; i < kCopies; ++i) ASSERT_EQ(back[i], pattern(kBytes, static_cast<unsigned>(i))) << i;
}

TEST(Staging, MakesBuffersWhenTheyAreUsed) {
  LazyTransfers transfers;
  Staging staging(transfers);
  EXPECT_EQ(transfers.pinned, 0);
  unsigned char from = 1, to = 0;
  staging.upload(&to, &from, 1);
  EXPECT_EQ(transfers.pinned, 1);
}

TEST(Staging, DoesNotWaitForCopiesThatAreFinished) {
  LazyTransfers transfers;
  Staging staging(transfers);
  unsigned char from = 1, to = 0;
  for (int i = 0; i < 10; ++i) {
    staging.upload(&to, &from, 1);
    transfers.run_all();
    staging.finish();
  }
  EXPECT_EQ(transfers.waits, 0);
}

TEST(Staging, ForgetsDownloadsAfterAnError) {
  LazyTransfers transfers;
  Staging staging(transfers);
  unsigned char device = 7, host = 0;
  staging.download(&host, &device, 1);
  transfers.run_all();
  staging.forget();
  staging.finish();
  EXPECT_EQ(host, 0);
}

}  // namespace
}  // namespace genocuda::cuda

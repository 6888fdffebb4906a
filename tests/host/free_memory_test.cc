// SPDX-License-Identifier: Apache-2.0
#include "host/free_memory.h"

#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace genocuda::host {
namespace {

/// A root with files in the places of /proc and /sys.
class FreeMemory : public ::testing::Test {
 protected:
  void SetUp() override {
    rlimit limit{};
    getrlimit(RLIMIT_AS, &limit);
    if (limit.rlim_cur != RLIM_INFINITY) GTEST_SKIP() << "this process has a limit of its own";
  }
  void put(const std::string& path, const std::string& text) const {
    const std::filesystem::path file = root() / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  void put_system(int available, int swap) const {
    put("proc/meminfo", "MemTotal:  9000 kB\nMemFree:  10 kB\nMemAvailable:  " + std::to_string(available) +
                            " kB\nSwapTotal: 100 kB\nSwapFree:   " + std::to_string(swap) + " kB\n");
  }
  std::filesystem::path root() const { return folder_.path(); }

  TemporaryFolder folder_;
};

TEST_F(FreeMemory, IsNothingWhereNobodySays) { EXPECT_EQ(free_memory(root()), std::nullopt); }

TEST_F(FreeMemory, CountsSwap) {
  put_system(5000, 70);
  EXPECT_EQ(free_memory(root()), 5070u * 1024);
}

TEST_F(FreeMemory, TakesTheLeastOfTheGroups) {
  put_system(5000, 0);
  put("proc/self/cgroup", "0::/job/step\n");
  put("sys/fs/cgroup/job/step/memory.max", "max\n");
  put("sys/fs/cgroup/job/step/memory.current", "100\n");
  EXPECT_EQ(free_memory(root()), 5000u * 1024);
  put("sys/fs/cgroup/job/memory.max", "3000\n");
  put("sys/fs/cgroup/job/memory.current", "1000\n");
  put("sys/fs/cgroup/job/memory.stat", "anon 300\nfile 700\ninactive_file 600\nactive_file 100\n");
  EXPECT_EQ(free_memory(root()), 3000u - 1000 + 600) << "pages of files can go";
  put("sys/fs/cgroup/memory.max", "200\n");
  put("sys/fs/cgroup/memory.current", "500\n");
  EXPECT_EQ(free_memory(root()), 0u);
}

TEST_F(FreeMemory, KnowsTheFirstVersionOfGroups) {
  put_system(5000, 0);
  put("proc/self/cgroup", "9:cpu,cpuacct:/docker/1f\n7:hugetlb,memory:/docker/1f\n");
  put("sys/fs/cgroup/memory/memory.limit_in_bytes", "4000\n");
  put("sys/fs/cgroup/memory/memory.usage_in_bytes", "1500\n");
  put("sys/fs/cgroup/memory/memory.stat", "cache 900\ntotal_inactive_file 500\n");
  EXPECT_EQ(free_memory(root()), 3000u) << "the container's own group lies at the root of what it sees";
}

TEST_F(FreeMemory, IsSomethingHere) {
  const auto bytes = free_memory();
  if (!std::filesystem::exists("/proc/meminfo")) GTEST_SKIP() << "no /proc";
  ASSERT_TRUE(bytes);
  EXPECT_GT(*bytes, std::size_t{1} << 20);
}

}  // namespace
}  // namespace genocuda::host

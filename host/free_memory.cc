// SPDX-License-Identifier: Apache-2.0
#include "host/free_memory.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace genocuda::host {
namespace {

namespace fs = std::filesystem;

/// The number behind `key` in a file of lines "key number ..."; nothing where there is none.
std::optional<std::size_t> number_of(const fs::path& file, std::string_view key) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word;
    std::size_t number = 0;
    if (words >> word && word == key && words >> number) return number;
  }
  return std::nullopt;
}

/// The first number in a file; nothing for the word "max", too.
std::optional<std::size_t> number_in(const fs::path& file) {
  std::ifstream text(file);
  std::size_t number = 0;
  if (text >> number) return number;
  return std::nullopt;
}

void lower(std::optional<std::size_t>& least, std::optional<std::size_t> number) {
  if (number) least = std::min(least.value_or(*number), *number);
}

std::optional<std::size_t> left_of(std::size_t limit, std::size_t used) { return limit > used ? limit - used : 0; }

/// What /proc/meminfo has, in bytes.
std::optional<std::size_t> left_by_system(const fs::path& root) {
  const fs::path file = root / "proc/meminfo";
  const auto available = number_of(file, "MemAvailable:");
  if (!available) return std::nullopt;
  return 1024 * (*available + number_of(file, "SwapFree:").value_or(0));
}

/// The names of the files of one version of control groups.
struct GroupFiles {
  const char *folder, *limit, *used, *cache;
};
constexpr GroupFiles kVersion2{"sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"};
constexpr GroupFiles kVersion1{"sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes",
                               "total_inactive_file"};

/// A group and those above it; in a container some of them may be out of sight.
std::optional<std::size_t> left_by_groups(const fs::path& root, const GroupFiles& files, std::string_view path) {
  std::optional<std::size_t> least;
  fs::path group(path);
  for (bool more = true; more; group = group.parent_path()) {
    more = group.has_relative_path();
    const fs::path folder = root / files.folder / group.relative_path();
    const auto limit = number_in(folder / files.limit), used = number_in(folder / files.used);
    if (!limit || !used) continue;
    const std::size_t cache = number_of(folder / "memory.stat", files.cache).value_or(0);
    lower(least, left_of(*limit, *used - std::min(cache, *used)));
  }
  return least;
}

std::optional<std::size_t> left_by_groups(const fs::path& root) {
  std::optional<std::size_t> least;
  std::ifstream lines(root / "proc/self/cgroup");
  for (std::string line; std::getline(lines, line);) {  // "0::/user.slice" or "7:memory,hugetlb:/docker/1f"
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = fmt::format(",{},", line.substr(first + 1, second - first - 1));
    const std::string path = line.substr(second + 1);
    if (controllers == ",,") lower(least, left_by_groups(root, kVersion2, path));
    if (controllers.find(",memory,") != std::string::npos) lower(least, left_by_groups(root, kVersion1, path));
  }
  return least;
}

std::optional<std::size_t> left_by_rlimit(const fs::path& root) {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  const auto pages = number_in(root / "proc/self/statm");
  if (!pages) return std::nullopt;
  return left_of(limit.rlim_cur, *pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)));
}

}  // namespace

std::optional<std::size_t> free_memory(const fs::path& root) {
  std::optional<std::size_t> least = left_by_system(root);
  lower(least, left_by_groups(root));
  lower(least, left_by_rlimit(root));
  return least;
}

}  // namespace genocuda::host

// SPDX-License-Identifier: Apache-2.0
#include "host/cpu_device.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <limits>

#include "core/error.h"
#include "host/fast/onednn.h"
#include "host/fast/simd_level.h"
#include "host/free_memory.h"
#include "host/implementations.h"
#include "host/threads.h"

namespace genocuda {
namespace {

constexpr std::size_t kCacheLine = 64;
constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kWorthAsking = std::size_t{16} << 20;  // the system how much there is
constexpr std::size_t kReserve = std::size_t{256} << 20;     // for what else a program needs: batches, threads, files
constexpr std::size_t kMostBytes = std::numeric_limits<std::size_t>::max() / 2;

class CpuAllocator final : public Allocator {
 public:
  void* allocate(std::size_t bytes) override {
    // Linux grants more than there is and kills the process when it is touched: say no in time.
    const bool fits = bytes < kWorthAsking || bytes <= free_bytes().value_or(kMostBytes);
    void* memory = nullptr;
    if (fits) {
      // Large buffers are walked through from end to end: huge pages spare most of the TLB misses.
      const std::size_t alignment = bytes >= 2 * kHugePage ? kHugePage : kCacheLine;
      const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
      memory = std::aligned_alloc(alignment, rounded > 0 ? rounded : alignment);
#ifdef MADV_HUGEPAGE
      if (memory != nullptr && alignment == kHugePage) madvise(memory, rounded, MADV_HUGEPAGE);
#endif
    }
    if (memory == nullptr) {
      throw Error(ErrorKind::out_of_memory,
                  "out of memory: {} bytes asked for on the CPU, {} free; use a smaller batch", bytes,
                  free_bytes().value_or(0));
    }
    return memory;
  }
  void release(void* memory, std::size_t) noexcept override { std::free(memory); }
  std::optional<std::size_t> free_bytes() override {
    std::optional<std::size_t> free = host::free_memory();
    if (free) *free -= std::min(*free / 8, kReserve);
    return free;
  }
};

/// Work runs at once, in the calling thread and the threads that it starts: there is nothing to wait for.
class CpuStream final : public Stream {
 public:
  void upload(void* device, const void* host, std::size_t bytes) override { copy(device, host, bytes); }
  void download(void* host, const void* device, std::size_t bytes) override { copy(host, device, bytes); }
  void copy(void* to, const void* from, std::size_t bytes) override {
    if (bytes > 0) std::memmove(to, from, bytes);
  }
  void fill(void* to, unsigned char byte, std::size_t bytes) override {
    if (bytes > 0) std::memset(to, byte, bytes);
  }
  void synchronize() override {}
};

std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("model name")) continue;
    const std::size_t start = line.find_first_not_of(" \t", line.find(':') + 1);
    if (start != std::string::npos) return line.substr(start);
  }
  return "unknown CPU";
}

class CpuDevice final : public Device {
 public:
  explicit CpuDevice(int threads) {
    if (threads < 0) {
      throw Error(ErrorKind::invalid_argument, "{} threads asked for; give 1 or more, or 0 for all", threads);
    }
    host::set_thread_count(threads);
  }

  std::string name() const override { return "cpu"; }
  std::string description() const override {
    const int threads = host::thread_count();
    return fmt::format("{}, {} {}, {}, {}", cpu_model(), threads, threads == 1 ? "thread" : "threads",
                       fast::name_of(fast::simd_level()), fast::onednn_version());
  }
  Allocator& allocator() override { return allocator_; }
  std::unique_ptr<Stream> make_stream() override { return std::make_unique<CpuStream>(); }
  const ImplementationTable& implementations() const override { return cpu_implementations(); }
  bool memory_is_host() const override { return true; }

 private:
  CpuAllocator allocator_;
};

}  // namespace

std::unique_ptr<Device> make_cpu_device(int threads) { return std::make_unique<CpuDevice>(threads); }

void shorten_openmp_waits(char** argv) {
#ifdef _OPENMP
  for (const char* name : {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME"}) {
    if (std::getenv(name) != nullptr) return;
  }
  setenv("GOMP_SPINCOUNT", "1000", 1);  // GCC's OpenMP: some 20 microseconds, the pause between two operators
  setenv("KMP_BLOCKTIME", "0", 1);      // LLVM's: milliseconds
  execv("/proc/self/exe", argv);
#else
  static_cast<void>(argv);
#endif
}

}  // namespace genocuda

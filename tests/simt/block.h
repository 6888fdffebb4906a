// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "simt/async_copy.h"
#include "simt/barrier.h"
#include "simt/fiber.h"
#include "simt/launch.h"
#include "simt/options.h"
#include "simt/shared_arrays.h"
#include "simt/thread.h"
#include "simt/warp.h"

namespace simt {

class Block;

/// One thread of a kernel. It runs until it needs others; then it writes down here what it waits for and leaves to the
/// scheduler, which does everything else.
struct Thread : ThreadView {
  enum class State : unsigned char { ready, at_barrier, in_operation, wants_shared, failed, returned };

  // What every switch touches comes first, in two lines of the cache.
  alignas(64) Fiber fiber;
  Block* block = nullptr;
  State state = State::ready;
  bool predicate = false;  // at_barrier
  unsigned lane = 0, warp = 0;
  Site site{};
  union {
    const BarrierOperation* barrier;  // at_barrier
    const WarpOperation* operation;   // in_operation
    const void* shared_key;           // wants_shared
    const char* failure;              // failed
  };
  void* payload = nullptr;  // in_operation
  unsigned mask = 0;        // in_operation
  int barrier_result = 0;
  std::size_t shared_bytes = 0, shared_alignment = 0;  // wants_shared
  AsyncCopies async_copies;

  /// Leaves to the scheduler, who knows what to do by the state; returns when the thread may go on.
  inline void suspend(State why, Site where);
};

/// Threads with their stacks, kept from block to block and from launch to launch.
class ThreadSet {
 public:
  ThreadSet() = default;
  ThreadSet(const ThreadSet&) = delete;
  ThreadSet& operator=(const ThreadSet&) = delete;
  ~ThreadSet() { drop(); }

  /// At least `count` threads of the block, which start in `entry`; `name` is a format for their number.
  void provide(unsigned count, Block* block, Fiber::Entry entry, const char* name);
  /// Gives up the threads wherever they are.
  void drop();
  Thread& operator[](unsigned index) { return threads_[index]; }

 private:
  unsigned count_ = 0;
  std::unique_ptr<Thread[]> threads_;
  std::unique_ptr<AsyncCopy[]> rings_;
  char* stacks_ = nullptr;
};

/// Runs blocks, one after another, on one thread of the host.
class Block {
 public:
  /// `worker` makes the random order another one for each.
  void begin_launch(const Launch& launch, unsigned worker);
  /// Throws Error where the kernel is wrong.
  void run(uint3 index);
  void end_launch();

  // For the running thread.
  SharedArrays& shared() { return shared_; }
  Fiber::Home& home() { return home_; }

 private:
  struct Warp {
    unsigned existing = 0;  // lanes, like all that follows
    unsigned ready = 0, at_barrier = 0, in_operation = 0, returned = 0;
  };

  static void run_thread(void* thread);
  void begin(uint3 index);
  /// Lets every thread run as far as it can; false where none could.
  bool run_warps();
  unsigned next_lane(unsigned ready);
  void resume(Warp& warp, Thread& thread);
  void return_from_kernel(Warp& warp, Thread& thread);
  void arrive_at_barrier(Warp& warp, Thread& thread);
  void release_barrier();
  void arrive_in_operation(Warp& warp, Thread& thread);
  void check_none_returned(const Warp& warp, const Thread& waiting) const;
  /// The lanes have all arrived: checks that they mean the same, and lets them go on.
  void complete(Warp& warp, unsigned index, unsigned lanes);
  /// Nobody can go on: right only where, leniently, threads that have returned are not waited for.
  void resolve_standstill();
  void abandon();

  Thread& thread(unsigned warp, unsigned lane) { return (*threads_)[warp * kWarpSize + lane]; }
  // For ThreadSanitizer, to which every word about order is a pass over the clocks of all threads: what the host did
  // comes before what the threads of this block do, and what all threads did in this launch before what the host does
  // next. It is told so once a launch, not in each block.
  void order_after_host();
  void order_before_host();
  /// The same of what these lanes of these warps did and what they will do.
  template <typename LanesOf>
  void order_memory(LanesOf lanes_of);

  [[noreturn]] void fail(const Thread& thread, const std::string& what) const;
  [[noreturn]] void fail_at_standstill() const;

  Launch launch_{};
  Order order_ = Order::forward;
  unsigned thread_count_ = 0;
  std::vector<Warp> warps_;
  std::vector<unsigned> turns_;
  unsigned arrived_ = 0, alive_ = 0;
  const Thread* first_at_barrier_ = nullptr;
  SharedArrays shared_;
  Fiber::Home home_;
  std::minstd_rand random_;
  // What ThreadSanitizer hangs the order of start and end on.
  char start_ = 0, done_ = 0;
  // ThreadSanitizer takes two threads for one if they are the same fiber, and what barriers order in a block holds for
  // its fibers from then on. Blocks with an odd and with an even sum of indices have fibers of their own, so that a
  // race between neighbours in any direction is one.
  struct Half {
    ThreadSet threads;
    bool ran = false;  // in this launch
  };
  std::array<Half, 2> halves_;
  ThreadSet* threads_ = nullptr;
};

inline void Thread::suspend(State why, Site where) {
  state = why;
  site = where;
  fiber.suspend(block->home());
}

}  // namespace simt

// SPDX-License-Identifier: Apache-2.0
#include "simt/block.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "simt/error.h"
#include "simt/report.h"
#include "simt/sanitizers.h"

namespace simt {
namespace {

constexpr unsigned bit(unsigned lane) { return 1u << lane; }
constexpr unsigned first_of(unsigned lanes) { return static_cast<unsigned>(std::countr_zero(lanes)); }

bool same_line(Site a, Site b) { return a.line == b.line && (a.file == b.file || std::string_view(a.file) == b.file); }

uint3 position(unsigned number, dim3 sizes) {
  return {number % sizes.x, number / sizes.x % sizes.y, number / sizes.x / sizes.y};
}

}  // namespace

void Block::begin_launch(const Launch& launch, unsigned worker) {
  tsan::ignore_begin();
  home_.tsan_fiber = tsan::current_fiber();
  launch_ = launch;
  thread_count_ = launch.block_size.x * launch.block_size.y * launch.block_size.z;
  order_ = options().order;
  random_.seed(options().seed + worker);
  shared_.begin_launch(launch.dynamic_bytes);
  tsan::release(&start_);
}

void Block::end_launch() {
  // Only here: acquired after each block, what it did would come before the next one's doings.
  order_before_host();
  tsan::acquire(&done_);
  current_thread = nullptr;
  shared_.begin_launch(0);
  tsan::ignore_end();
}

void Block::run(uint3 index) {
  begin(index);
  try {
    while (alive_ > 0) {
      if (!run_warps()) resolve_standstill();
    }
  } catch (...) {
    abandon();
    throw;
  }
}

void Block::begin(uint3 index) {
  const unsigned parity = tsan::kEnabled ? (index.x + index.y + index.z) % 2 : 0;
  threads_ = &halves_[parity].threads;
  threads_->provide(thread_count_, this, &Block::run_thread,
                    parity ? "CUDA thread %u of an odd block" : "CUDA thread %u of an even block");
  if (!std::exchange(halves_[parity].ran, true)) order_after_host();
  for (unsigned i = 0; i < thread_count_; ++i) {
    Thread& thread = (*threads_)[i];
    thread.thread_index = position(i, launch_.block_size);
    thread.block_index = index;
    thread.block_size = launch_.block_size;
    thread.grid_size = launch_.grid_size;
    thread.state = Thread::State::ready;
    thread.async_copies.clear();
  }

  const unsigned warps = (thread_count_ + kWarpSize - 1) / kWarpSize;
  warps_.assign(warps, Warp{.existing = kAllLanes, .ready = kAllLanes});
  if (const unsigned rest = thread_count_ % kWarpSize; rest != 0) {
    warps_.back().existing = warps_.back().ready = bit(rest) - 1;
  }
  turns_.resize(warps);
  std::iota(turns_.begin(), turns_.end(), 0u);
  if (order_ == Order::reverse) std::reverse(turns_.begin(), turns_.end());

  arrived_ = 0;
  alive_ = thread_count_;
  shared_.begin_block();
}

void Block::run_thread(void* argument) {
  Thread& thread = *static_cast<Thread*>(argument);
  Block& block = *thread.block;
  thread.fiber.entered(block.home_);
  for (;;) {
    block.launch_.run(block.launch_.arguments);
    thread.suspend(Thread::State::returned, thread.site);
  }
}

unsigned Block::next_lane(unsigned ready) {
  switch (order_) {
    case Order::forward:
      return first_of(ready);
    case Order::reverse:
      return kWarpSize - 1 - static_cast<unsigned>(std::countl_zero(ready));
    case Order::random:
      break;
  }
  const auto turn = static_cast<int>(random_() % kWarpSize);
  return (first_of(std::rotr(ready, turn)) + static_cast<unsigned>(turn)) % kWarpSize;
}

bool Block::run_warps() {
  bool any = false;
  if (order_ == Order::random) std::shuffle(turns_.begin(), turns_.end(), random_);
  for (const unsigned index : turns_) {
    Warp& warp = warps_[index];
    while (warp.ready != 0) {
      resume(warp, thread(index, next_lane(warp.ready)));
      any = true;
    }
  }
  return any;
}

void Block::resume(Warp& warp, Thread& thread) {
  using State = Thread::State;
  current_thread = &thread;
  thread.state = State::ready;
  thread.fiber.resume(home_);
  switch (thread.state) {
    case State::at_barrier:
      arrive_at_barrier(warp, thread);
      break;
    case State::in_operation:
      arrive_in_operation(warp, thread);
      break;
    case State::wants_shared:
      if (const char* refusal = shared_.declare(thread.shared_key, thread.shared_bytes, thread.shared_alignment)) {
        fail(thread, refusal);
      }
      break;
    case State::returned:
      return_from_kernel(warp, thread);
      break;
    case State::failed:
      fail(thread, thread.failure);
    case State::ready:
      break;
  }
}

void Block::return_from_kernel(Warp& warp, Thread& thread) {
  if (!thread.async_copies.empty()) {
    thread.site = thread.async_copies.first().site;
    fail(thread, "the thread has returned without waiting for this cp.async");
  }
  warp.ready &= ~bit(thread.lane);
  warp.returned |= bit(thread.lane);
  --alive_;
  for (unsigned rest = warp.in_operation; rest != 0; rest &= rest - 1) {
    check_none_returned(warp, (*threads_)[thread.warp * kWarpSize + first_of(rest)]);
  }
}

void Block::check_none_returned(const Warp& warp, const Thread& waiting) const {
  const unsigned gone = waiting.mask & warp.returned;
  if (gone == 0 || options().lenient) return;
  fail(waiting, fmt::format("{} names lane {} in its mask {:#010x}, and that thread has returned",
                            waiting.operation->name, first_of(gone), waiting.mask));
}

void Block::arrive_at_barrier(Warp& warp, Thread& thread) {
  if (arrived_ == 0) {
    first_at_barrier_ = &thread;
  } else if (thread.barrier != first_at_barrier_->barrier || !same_line(thread.site, first_at_barrier_->site)) {
    fail(thread, fmt::format("barrier divergence: thread {} waits in {} here, thread {} in {} at {}",
                             triple(thread.thread_index), thread.barrier->name, triple(first_at_barrier_->thread_index),
                             first_at_barrier_->barrier->name, at(first_at_barrier_->site)));
  }
  warp.ready &= ~bit(thread.lane);
  warp.at_barrier |= bit(thread.lane);
  if (++arrived_ == thread_count_) release_barrier();
}

void Block::release_barrier() {
  order_memory([&](unsigned warp) { return warps_[warp].at_barrier; });
  const bool votes = first_at_barrier_->barrier->result != nullptr;
  const auto for_each_waiting = [&](auto f) {
    for (unsigned index = 0; index < warps_.size(); ++index) {
      for (unsigned rest = warps_[index].at_barrier; rest != 0; rest &= rest - 1) f(thread(index, first_of(rest)));
    }
  };
  if (votes) {
    unsigned true_predicates = 0;
    for_each_waiting([&](const Thread& waiting) { true_predicates += waiting.predicate; });
    const int result = first_at_barrier_->barrier->result(true_predicates, arrived_);
    for_each_waiting([&](Thread& waiting) { waiting.barrier_result = result; });
  }
  for (Warp& warp : warps_) {
    warp.ready |= warp.at_barrier;
    warp.at_barrier = 0;
  }
  arrived_ = 0;
}

void Block::arrive_in_operation(Warp& warp, Thread& thread) {
  if ((thread.mask & bit(thread.lane)) == 0) {
    fail(thread, fmt::format("{} is called by lane {}, which its mask {:#010x} does not hold", thread.operation->name,
                             thread.lane, thread.mask));
  }
  check_none_returned(warp, thread);
  warp.ready &= ~bit(thread.lane);
  warp.in_operation |= bit(thread.lane);
  const unsigned awaited = thread.mask & warp.existing & ~warp.returned;
  if ((warp.in_operation & awaited) == awaited) complete(warp, thread.warp, awaited);
}

void Block::complete(Warp& warp, unsigned index, unsigned lanes) {
  const Thread& leader = thread(index, first_of(lanes));
  const WarpOperation& operation = *leader.operation;
  Lanes meeting{lanes, {}};
  for (unsigned rest = lanes; rest != 0; rest &= rest - 1) {
    const unsigned lane = first_of(rest);
    Thread& other = thread(index, lane);
    if (other.operation != &operation || !same_line(other.site, leader.site)) {
      fail(other, fmt::format("warp divergence: lane {} is in {} here, lane {} of the same mask in {} at {}", lane,
                              other.operation->name, leader.lane, operation.name, at(leader.site)));
    }
    if (other.mask != leader.mask) {
      fail(other, fmt::format("{}: lane {} gives the mask {:#010x}, lane {} the mask {:#010x}", operation.name, lane,
                              other.mask, leader.lane, leader.mask));
    }
    meeting.payloads[lane] = other.payload;
  }
  if (operation.whole_warp && lanes != kAllLanes) {
    fail(leader,
         fmt::format("{} needs all 32 lanes of the warp, and here are {}", operation.name, std::popcount(lanes)));
  }
  if (operation.orders_memory) order_memory([&](unsigned warp_index) { return warp_index == index ? lanes : 0; });
  if (operation.complete) operation.complete(meeting);
  warp.in_operation &= ~lanes;
  warp.ready |= lanes;
}

void Block::resolve_standstill() {
  bool resolved = false;
  if (options().lenient) {
    if (arrived_ > 0 && arrived_ == alive_) {
      release_barrier();
      resolved = true;
    }
    for (unsigned index = 0; index < warps_.size(); ++index) {
      Warp& warp = warps_[index];
      for (unsigned rest = warp.in_operation; rest != 0; rest &= warp.in_operation & (rest - 1)) {
        const unsigned awaited = thread(index, first_of(rest)).mask & warp.existing & ~warp.returned;
        if ((warp.in_operation & awaited) != awaited) continue;
        complete(warp, index, awaited);
        resolved = true;
      }
    }
  }
  if (!resolved) fail_at_standstill();
}

void Block::abandon() {
  order_before_host();  // even if none of the threads goes on
  threads_->drop();
}

void Block::order_after_host() {
  if (!tsan::kEnabled) return;
  for (unsigned i = 0; i < thread_count_; ++i) {
    tsan::switch_to((*threads_)[i].fiber.tsan_fiber());
    tsan::acquire(&start_);
  }
  tsan::switch_to(home_.tsan_fiber);
}

void Block::order_before_host() {
  for (Half& half : halves_) {
    if (!std::exchange(half.ran, false) || !tsan::kEnabled) continue;
    for (unsigned i = 0; i < thread_count_; ++i) {
      tsan::switch_to(half.threads[i].fiber.tsan_fiber());
      tsan::release(&done_);
    }
    tsan::switch_to(home_.tsan_fiber);
  }
}

template <typename LanesOf>
void Block::order_memory(LanesOf lanes_of) {
  if (!tsan::kEnabled) return;
  const auto for_each = [&](auto f) {
    for (unsigned index = 0; index < warps_.size(); ++index) {
      for (unsigned rest = lanes_of(index); rest != 0; rest &= rest - 1) {
        tsan::switch_to(thread(index, first_of(rest)).fiber.tsan_fiber());
        f();
      }
    }
  };
  // A new object each time: one that was used before would order these lanes against others.
  const auto object = std::make_unique<char>();
  for_each([&] { tsan::release(object.get()); });
  for_each([&] { tsan::acquire(object.get()); });
  tsan::switch_to(home_.tsan_fiber);
}

void Block::fail(const Thread& thread, const std::string& what) const {
  throw Error(fmt::format("{}: {} [thread {} of block {}, kernel {}]", at(thread.site), what,
                          triple(thread.thread_index), triple(thread.block_index), function_name(launch_.kernel)));
}

void Block::fail_at_standstill() const {
  struct Group {
    std::string whereabouts;
    const Thread* first;
    unsigned count;
  };
  std::vector<Group> groups;
  for (unsigned i = 0; i < thread_count_; ++i) {
    const Thread& thread = (*threads_)[i];
    std::string text = whereabouts(thread);
    const auto known =
        std::find_if(groups.begin(), groups.end(), [&](const Group& g) { return g.whereabouts == text; });
    if (known == groups.end()) {
      groups.push_back({std::move(text), &thread, 1});
    } else {
      ++known->count;
    }
  }
  std::string message = fmt::format("deadlock: no thread of block {} can go on, kernel {}",
                                    triple((*threads_)[0].block_index), function_name(launch_.kernel));
  for (const Group& group : groups) {
    message += fmt::format("\n  {}: {} of {} threads, the first is {}", group.whereabouts, group.count, thread_count_,
                           triple(group.first->thread_index));
  }
  throw Error(message);
}

}  // namespace simt

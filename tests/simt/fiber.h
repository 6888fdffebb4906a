// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "simt/sanitizers.h"

#if !defined(__x86_64__) || defined(SIMT_UCONTEXT)
#define SIMT_HAS_UCONTEXT 1
#include <ucontext.h>
#endif

namespace simt {

/// Where a stack was left. On x86-64 that is its pointer, as a switch of our own keeps the registers on the stack
/// itself and costs a few nanoseconds; elsewhere (and with SIMT_UCONTEXT) the C library's context, whose switch is a
/// system call.
#ifdef SIMT_HAS_UCONTEXT
using Context = ucontext_t;
inline void switch_context(Context& from, Context& to) { swapcontext(&from, &to); }
#else
using Context = void*;
extern "C" void simt_switch(Context* from, Context to);
inline void switch_context(Context& from, Context& to) { simt_switch(&from, to); }
#endif

/// A call that can be left in its middle and taken up again: resume() runs it until it calls suspend(). The two know of
/// each other by the Home that both are given.
class Fiber {
 public:
  /// The side of who resumes.
  struct Home {
    Context context;
    const void* stack_bottom = nullptr;
    std::size_t stack_size = 0;
    void* fake_stack = nullptr;
    void* tsan_fiber = nullptr;
  };
  using Entry = void (*)(void* argument);

  /// The first resume() calls `entry(argument)` on the given stack; it must not return. `name` is for ThreadSanitizer.
  void prepare(void* stack, std::size_t stack_size, Entry entry, void* argument, const char* name);
  /// Frees what the sanitizers keep. The fiber need not have ended.
  void drop();

  void resume(Home& home);
  /// `for_good`: nobody will resume this fiber.
  void suspend(Home& home, bool for_good = false);
  /// To be called first in the entry.
  void entered(Home& home);

  void* tsan_fiber() const { return tsan_fiber_; }

 private:
  Context context_;
  void* stack_ = nullptr;
  std::size_t stack_size_ = 0;
  void* fake_stack_ = nullptr;
  void* tsan_fiber_ = nullptr;
};

// Inline, since a return after a switch is one that the processor does not foresee.

inline void Fiber::resume(Home& home) {
  asan::start_switch(&home.fake_stack, stack_, stack_size_);
  tsan::switch_to(tsan_fiber_);
  switch_context(home.context, context_);
  asan::finish_switch(home.fake_stack, nullptr, nullptr);
}

inline void Fiber::suspend(Home& home, bool for_good) {
  tsan::switch_to(home.tsan_fiber);
  asan::start_switch(for_good ? nullptr : &fake_stack_, home.stack_bottom, home.stack_size);
  switch_context(context_, home.context);
  asan::finish_switch(fake_stack_, &home.stack_bottom, &home.stack_size);
}

inline void Fiber::entered(Home& home) { asan::finish_switch(nullptr, &home.stack_bottom, &home.stack_size); }

}  // namespace simt

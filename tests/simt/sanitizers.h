// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The sanitizers' interfaces to fibers; functions that do nothing in builds without the sanitizer. For the runtime
/// only.
///
/// ThreadSanitizer sees each thread of a kernel as a thread of its own, a "fiber" in its words, and what orders them is
/// told it here: barriers, __syncwarp, fences, the start and the end of a launch. The runtime itself is compiled
/// without any instrumentation, since one scheduler touches the memory of all; SIMT_TSAN and SIMT_ASAN say what the
/// program around it has.

#include <cstddef>

#ifdef SIMT_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#ifdef SIMT_TSAN
extern "C" {
void* __tsan_get_current_fiber();
void* __tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void* fiber);
void __tsan_switch_to_fiber(void* fiber, unsigned flags);
void __tsan_set_fiber_name(void* fiber, const char* name);
void __tsan_acquire(void* object);
void __tsan_release(void* object);
void __tsan_ignore_thread_begin();
void __tsan_ignore_thread_end();
}
#endif

namespace simt::tsan {

#ifdef SIMT_TSAN
inline constexpr bool kEnabled = true;
inline void* current_fiber() { return __tsan_get_current_fiber(); }
inline void* create_fiber(const char* name) {
  void* fiber = __tsan_create_fiber(0);
  __tsan_set_fiber_name(fiber, name);
  return fiber;
}
inline void destroy_fiber(void* fiber) { __tsan_destroy_fiber(fiber); }
/// From here on, what is done is done by `fiber`; says nothing about an order of the two.
inline void switch_to(void* fiber) {
  constexpr unsigned kNoSynchronisation = 1;
  __tsan_switch_to_fiber(fiber, kNoSynchronisation);
}
inline void acquire(void* object) { __tsan_acquire(object); }
inline void release(void* object) { __tsan_release(object); }
inline void ignore_begin() { __tsan_ignore_thread_begin(); }
inline void ignore_end() { __tsan_ignore_thread_end(); }
#else
inline constexpr bool kEnabled = false;
inline void* current_fiber() { return nullptr; }
inline void* create_fiber(const char*) { return nullptr; }
inline void destroy_fiber(void*) {}
inline void switch_to(void*) {}
inline void acquire(void*) {}
inline void release(void*) {}
inline void ignore_begin() {}
inline void ignore_end() {}
#endif

}  // namespace simt::tsan

namespace simt::asan {

#ifdef SIMT_ASAN
inline constexpr bool kEnabled = true;
/// Before a switch to another stack, and after one has come back or begun. `fake_stack` null: this stack is left for
/// good.
inline void start_switch(void** fake_stack, const void* bottom, std::size_t size) {
  __sanitizer_start_switch_fiber(fake_stack, bottom, size);
}
inline void finish_switch(void* fake_stack, const void** left_bottom, std::size_t* left_size) {
  __sanitizer_finish_switch_fiber(fake_stack, left_bottom, left_size);
}
inline void unpoison(void* memory, std::size_t bytes) { __asan_unpoison_memory_region(memory, bytes); }
inline void poison(void* memory, std::size_t bytes) { __asan_poison_memory_region(memory, bytes); }
#else
inline constexpr bool kEnabled = false;
inline void start_switch(void**, const void*, std::size_t) {}
inline void finish_switch(void*, const void**, std::size_t*) {}
inline void unpoison(void*, std::size_t) {}
inline void poison(void*, std::size_t) {}
#endif

}  // namespace simt::asan

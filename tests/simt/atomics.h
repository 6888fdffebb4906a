// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <type_traits>

/// Atomics and fences. As in CUDA atomics order nothing but themselves: who publishes other memory by one needs a fence
/// (or a barrier) before it, and the reader one after it; under ThreadSanitizer a missing fence is a data race.

namespace simt {

/// Replaces `*at` by `change(*at)` in one step and returns what was there.
template <typename T, typename Change>
T atomic_update(T* at, Change change) {
  const std::atomic_ref<T> reference(*at);
  T seen = reference.load(std::memory_order_relaxed);
  while (!reference.compare_exchange_weak(seen, change(seen), std::memory_order_relaxed)) {
  }
  return seen;
}

/// Orders what this thread did before against what other threads do after a fence of theirs that comes later.
void thread_fence();

}  // namespace simt

template <typename T>
T atomicAdd(T* at, std::type_identity_t<T> value) {
  return std::atomic_ref<T>(*at).fetch_add(value, std::memory_order_relaxed);
}
template <typename T>
T atomicSub(T* at, std::type_identity_t<T> value) {
  return std::atomic_ref<T>(*at).fetch_sub(value, std::memory_order_relaxed);
}
template <typename T>
T atomicAnd(T* at, std::type_identity_t<T> value) {
  return std::atomic_ref<T>(*at).fetch_and(value, std::memory_order_relaxed);
}
template <typename T>
T atomicOr(T* at, std::type_identity_t<T> value) {
  return std::atomic_ref<T>(*at).fetch_or(value, std::memory_order_relaxed);
}
template <typename T>
T atomicXor(T* at, std::type_identity_t<T> value) {
  return std::atomic_ref<T>(*at).fetch_xor(value, std::memory_order_relaxed);
}
template <typename T>
T atomicExch(T* at, std::type_identity_t<T> value) {
  return std::atomic_ref<T>(*at).exchange(value, std::memory_order_relaxed);
}
template <typename T>
T atomicCAS(T* at, std::type_identity_t<T> expected, std::type_identity_t<T> value) {
  std::atomic_ref<T>(*at).compare_exchange_strong(expected, value, std::memory_order_relaxed);
  return expected;
}
template <typename T>
T atomicMin(T* at, std::type_identity_t<T> value) {
  return simt::atomic_update(at, [=](T seen) { return value < seen ? value : seen; });
}
template <typename T>
T atomicMax(T* at, std::type_identity_t<T> value) {
  return simt::atomic_update(at, [=](T seen) { return seen < value ? value : seen; });
}
/// Counts up to `limit` and then from 0 again.
inline unsigned atomicInc(unsigned* at, unsigned limit) {
  return simt::atomic_update(at, [=](unsigned seen) { return seen >= limit ? 0 : seen + 1; });
}
/// Counts down to 0 and then from `limit` again.
inline unsigned atomicDec(unsigned* at, unsigned limit) {
  return simt::atomic_update(at, [=](unsigned seen) { return seen == 0 || seen > limit ? limit : seen - 1; });
}

inline void __threadfence() { simt::thread_fence(); }
inline void __threadfence_block() { simt::thread_fence(); }
inline void __threadfence_system() { simt::thread_fence(); }

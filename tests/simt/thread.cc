// SPDX-License-Identifier: Apache-2.0
// What a running thread calls: on its own stack, and for ThreadSanitizer as itself. So nothing here allocates, copies
// through the C library or looks at another thread; a thread says what it wants and leaves the rest to the scheduler.
#include "simt/thread.h"

#include "simt/async_copy.h"
#include "simt/atomics.h"
#include "simt/barrier.h"
#include "simt/block.h"
#include "simt/error.h"
#include "simt/sanitizers.h"
#include "simt/shared_memory.h"
#include "simt/warp.h"

namespace simt {
namespace {

// Only before a suspend(): a block may be run by another thread of the host later on.
Thread& running() { return const_cast<Thread&>(static_cast<const Thread&>(*current_thread)); }

}  // namespace

void fail(const char* what, Site site) {
  if (!current_thread) throw Error(what);  // device code that a test calls on the host
  Thread& thread = running();
  thread.failure = what;
  thread.state = Thread::State::failed;
  thread.site = site;
  thread.fiber.suspend(thread.block->home(), true);
  __builtin_unreachable();
}

int wait_for_block(const BarrierOperation& operation, bool predicate, Site site) {
  Thread& thread = running();
  thread.barrier = &operation;
  thread.predicate = predicate;
  thread.suspend(Thread::State::at_barrier, site);
  return thread.barrier_result;
}

void meet(const WarpOperation& operation, unsigned mask, void* payload, Site site) {
  Thread& thread = running();
  thread.operation = &operation;
  thread.mask = mask;
  thread.payload = payload;
  thread.suspend(Thread::State::in_operation, site);
}

void* static_shared(const void* key, std::size_t bytes, std::size_t alignment, Site site) {
  Thread& thread = running();
  const SharedArrays& shared = thread.block->shared();
  if (void* memory = shared.find(key)) return memory;
  thread.shared_key = key;
  thread.shared_bytes = bytes;
  thread.shared_alignment = alignment;
  thread.suspend(Thread::State::wants_shared, site);
  return shared.find(key);
}

void* dynamic_shared() { return running().block->shared().dynamic(); }

bool is_shared(const void* address, std::size_t bytes) { return running().block->shared().contains(address, bytes); }

void issue_async_copy(const AsyncCopy& copy) {
  Thread& thread = running();
  const auto bytes = static_cast<std::size_t>(copy.words) * sizeof(std::uint32_t);
  const auto aligned = [&](const void* address) { return reinterpret_cast<std::uintptr_t>(address) % bytes == 0; };
  if (copy.source_bytes < 0 || static_cast<std::size_t>(copy.source_bytes) > bytes) {
    fail("cp.async: more source bytes than it copies, or less than none", copy.site);
  }
  if (!aligned(copy.to)) fail("cp.async: the destination is not aligned to the bytes that are copied", copy.site);
  if (copy.source_bytes > 0 && !aligned(copy.from)) {
    fail("cp.async: the source is not aligned to the bytes that are copied", copy.site);
  }
  if (!is_shared(copy.to, bytes)) fail("cp.async: the destination is not inside an array of shared memory", copy.site);
  if (thread.async_copies.full()) fail("cp.async: the thread has 256 copies under way", copy.site);
  thread.async_copies.add(copy);
}

void commit_async_copies() { running().async_copies.commit(); }

bool take_async_copy(unsigned pending, AsyncCopy& copy) { return running().async_copies.take(pending, copy); }

void thread_fence() {
  // One object for all fences: a fence orders against those that come later, in this block and in others.
  static char fences;
  tsan::acquire(&fences);
  tsan::release(&fences);
}

}  // namespace simt

unsigned __activemask() { return 1u << simt::running().lane; }

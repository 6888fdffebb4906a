// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "simt/site.h"

namespace simt {

/// One of the four barriers of a block: what each thread gets from how many predicates are true.
struct BarrierOperation {
  const char* name;
  int (*result)(unsigned true_predicates, unsigned threads);
};

extern const BarrierOperation kSyncThreads, kSyncThreadsCount, kSyncThreadsAnd, kSyncThreadsOr;

/// Waits for all threads of the block to call the same barrier at the same line.
int wait_for_block(const BarrierOperation& operation, bool predicate, Site site);

}  // namespace simt

inline void __syncthreads(simt::Site site = simt::Site::here()) {
  simt::wait_for_block(simt::kSyncThreads, false, site);
}
inline int __syncthreads_count(int predicate, simt::Site site = simt::Site::here()) {
  return simt::wait_for_block(simt::kSyncThreadsCount, predicate != 0, site);
}
inline int __syncthreads_and(int predicate, simt::Site site = simt::Site::here()) {
  return simt::wait_for_block(simt::kSyncThreadsAnd, predicate != 0, site);
}
inline int __syncthreads_or(int predicate, simt::Site site = simt::Site::here()) {
  return simt::wait_for_block(simt::kSyncThreadsOr, predicate != 0, site);
}

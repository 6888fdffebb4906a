// SPDX-License-Identifier: Apache-2.0
#include "simt/barrier.h"

namespace simt {

constinit const BarrierOperation kSyncThreads{"__syncthreads", nullptr};
constinit const BarrierOperation kSyncThreadsCount{
    "__syncthreads_count", [](unsigned true_predicates, unsigned) { return static_cast<int>(true_predicates); }};
constinit const BarrierOperation kSyncThreadsAnd{"__syncthreads_and", [](unsigned true_predicates, unsigned threads) {
                                                   return static_cast<int>(true_predicates == threads);
                                                 }};
constinit const BarrierOperation kSyncThreadsOr{
    "__syncthreads_or", [](unsigned true_predicates, unsigned) { return static_cast<int>(true_predicates != 0); }};

}  // namespace simt

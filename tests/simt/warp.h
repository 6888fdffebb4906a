// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include "simt/error.h"
#include "simt/site.h"

namespace simt {

inline constexpr unsigned kWarpSize = 32;
inline constexpr unsigned kAllLanes = 0xffffffffu;

/// The lanes that have met in one operation, each with what it brought and takes home.
struct Lanes {
  unsigned mask;
  std::array<void*, kWarpSize> payloads;

  template <typename Payload, typename F>
  void for_each(F f) const {
    for (unsigned rest = mask; rest != 0; rest &= rest - 1) {
      const auto lane = static_cast<unsigned>(__builtin_ctz(rest));
      f(lane, *static_cast<Payload*>(payloads[lane]));
    }
  }
};

/// Something that the lanes of a warp do together. Two lanes are in the same operation where it is the same object.
struct WarpOperation {
  const char* name;
  /// Computes every lane's result; null where there is nothing to compute.
  void (*complete)(const Lanes& lanes);
  /// All 32 lanes have to take part.
  bool whole_warp = false;
  /// What the lanes did to memory before is seen by all of them after.
  bool orders_memory = false;
};

/// Waits for the lanes of `mask` to call the same operation with the same mask at the same line.
void meet(const WarpOperation& operation, unsigned mask, void* payload, Site site);

struct ShufflePayload {
  std::uint64_t value;
  unsigned argument, width;
};
struct VotePayload {
  bool predicate;
  unsigned result;
};
struct MatchPayload {
  std::uint64_t value;
  unsigned result;
  bool all;
};
struct ReducePayload {
  std::uint32_t value;
};

extern const WarpOperation kSyncWarp;
extern const WarpOperation kShuffle, kShuffleUp, kShuffleDown, kShuffleXor;
extern const WarpOperation kBallot, kAny, kAll;
extern const WarpOperation kMatchAny, kMatchAll;
extern const WarpOperation kReduceAdd, kReduceMin, kReduceMinSigned, kReduceMax, kReduceMaxSigned;
extern const WarpOperation kReduceAnd, kReduceOr, kReduceXor;

template <typename T>
T shuffle(const WarpOperation& operation, unsigned mask, T value, unsigned argument, int width, Site site) {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof(std::uint64_t));
  if (width < 1 || width > 32 || (width & (width - 1)) != 0) {
    fail("the width of a shuffle must be a power of two up to 32", site);
  }
  ShufflePayload payload{0, argument, static_cast<unsigned>(width)};
  __builtin_memcpy(&payload.value, &value, sizeof(T));
  meet(operation, mask, &payload, site);
  __builtin_memcpy(&value, &payload.value, sizeof(T));
  return value;
}

inline unsigned vote(const WarpOperation& operation, unsigned mask, bool predicate, Site site) {
  VotePayload payload{predicate, 0};
  meet(operation, mask, &payload, site);
  return payload.result;
}

template <typename T>
MatchPayload match(const WarpOperation& operation, unsigned mask, T value, Site site) {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof(std::uint64_t));
  MatchPayload payload{0, 0, false};
  __builtin_memcpy(&payload.value, &value, sizeof(T));
  meet(operation, mask, &payload, site);
  return payload;
}

template <typename T>
T reduce(const WarpOperation& operation, unsigned mask, T value, Site site) {
  ReducePayload payload{static_cast<std::uint32_t>(value)};
  meet(operation, mask, &payload, site);
  return static_cast<T>(payload.value);
}

}  // namespace simt

// CUDA's names.
inline void __syncwarp(unsigned mask = simt::kAllLanes, simt::Site site = simt::Site::here()) {
  simt::meet(simt::kSyncWarp, mask, nullptr, site);
}

template <typename T>
T __shfl_sync(unsigned mask, T value, int lane, int width = 32, simt::Site site = simt::Site::here()) {
  return simt::shuffle(simt::kShuffle, mask, value, static_cast<unsigned>(lane), width, site);
}
template <typename T>
T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32, simt::Site site = simt::Site::here()) {
  return simt::shuffle(simt::kShuffleUp, mask, value, delta, width, site);
}
template <typename T>
T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32, simt::Site site = simt::Site::here()) {
  return simt::shuffle(simt::kShuffleDown, mask, value, delta, width, site);
}
template <typename T>
T __shfl_xor_sync(unsigned mask, T value, int lane_mask, int width = 32, simt::Site site = simt::Site::here()) {
  return simt::shuffle(simt::kShuffleXor, mask, value, static_cast<unsigned>(lane_mask), width, site);
}

inline unsigned __ballot_sync(unsigned mask, int predicate, simt::Site site = simt::Site::here()) {
  return simt::vote(simt::kBallot, mask, predicate != 0, site);
}
inline int __any_sync(unsigned mask, int predicate, simt::Site site = simt::Site::here()) {
  return static_cast<int>(simt::vote(simt::kAny, mask, predicate != 0, site));
}
inline int __all_sync(unsigned mask, int predicate, simt::Site site = simt::Site::here()) {
  return static_cast<int>(simt::vote(simt::kAll, mask, predicate != 0, site));
}

template <typename T>
unsigned __match_any_sync(unsigned mask, T value, simt::Site site = simt::Site::here()) {
  return simt::match(simt::kMatchAny, mask, value, site).result;
}
template <typename T>
unsigned __match_all_sync(unsigned mask, T value, int* all, simt::Site site = simt::Site::here()) {
  const simt::MatchPayload payload = simt::match(simt::kMatchAll, mask, value, site);
  *all = payload.all;
  return payload.result;
}

inline unsigned __reduce_add_sync(unsigned mask, unsigned value, simt::Site site = simt::Site::here()) {
  return simt::reduce(simt::kReduceAdd, mask, value, site);
}
inline int __reduce_add_sync(unsigned mask, int value, simt::Site site = simt::Site::here()) {
  return simt::reduce(simt::kReduceAdd, mask, value, site);
}
inline unsigned __reduce_min_sync(unsigned mask, unsigned value, simt::Site site = simt::Site::here()) {
  return simt::reduce(simt::kReduceMin, mask, value, site);
}
inline int __reduce_min_sync(unsigned mask, int value, simt::Site site = simt::Site::here()) {
  return simt::reduce(simt::kReduceMinSigned, mask, value, site);
}
inline unsigned __reduce_max_sync(unsigned mask, unsigned value, simt::Site site = simt::Site::here()) {
  return simt::reduce(simt::kReduceMax, mask, value, site);
}
inline int __reduce_max_sync(unsigned mask, int value, simt::Site site = simt::Site::here()) {
  return simt::reduce(simt::kReduceMaxSigned, mask, value, site);
}
inline unsigned __reduce_and_sync(unsigned mask, unsigned value, simt::Site site = simt::Site::here()) {
  return simt::reduce(simt::kReduceAnd, mask, value, site);
}
inline unsigned __reduce_or_sync(unsigned mask, unsigned value, simt::Site site = simt::Site::here()) {
  return simt::reduce(simt::kReduceOr, mask, value, site);
}
inline unsigned __reduce_xor_sync(unsigned mask, unsigned value, simt::Site site = simt::Site::here()) {
  return simt::reduce(simt::kReduceXor, mask, value, site);
}

/// The calling lane alone, which is the least that CUDA promises.
unsigned __activemask();

// SPDX-License-Identifier: Apache-2.0
#include "simt/warp.h"

namespace simt {
namespace {

/// `source(lane, first lane of the lane's segment, payload)`: the lane whose value a lane takes.
template <auto source>
void exchange(const Lanes& lanes) {
  // What a lane outside of the mask holds is undefined: ones.
  std::array<std::uint64_t, kWarpSize> values;
  values.fill(~std::uint64_t{0});
  lanes.for_each<ShufflePayload>([&](unsigned lane, ShufflePayload& payload) { values[lane] = payload.value; });
  lanes.for_each<ShufflePayload>([&](unsigned lane, ShufflePayload& payload) {
    payload.value = values[source(lane, lane & ~(payload.width - 1), payload)];
  });
}

unsigned source_of_index(unsigned, unsigned first, const ShufflePayload& payload) {
  return first + (payload.argument & (payload.width - 1));
}
unsigned source_up(unsigned lane, unsigned first, const ShufflePayload& payload) {
  return lane - first >= payload.argument ? lane - payload.argument : lane;
}
unsigned source_down(unsigned lane, unsigned first, const ShufflePayload& payload) {
  return payload.argument < payload.width - (lane - first) ? lane + payload.argument : lane;
}
// Segments before the lane's own may be read, later ones not.
unsigned source_xor(unsigned lane, unsigned first, const ShufflePayload& payload) {
  const unsigned source = lane ^ payload.argument;
  return source < first + payload.width ? source : lane;
}

template <auto result>
void vote(const Lanes& lanes) {
  unsigned ballot = 0;
  lanes.for_each<VotePayload>(
      [&](unsigned lane, VotePayload& payload) { ballot |= static_cast<unsigned>(payload.predicate) << lane; });
  const unsigned outcome = result(ballot, lanes.mask);
  lanes.for_each<VotePayload>([&](unsigned, VotePayload& payload) { payload.result = outcome; });
}

unsigned ballot_of(unsigned ballot, unsigned) { return ballot; }
unsigned any_of(unsigned ballot, unsigned) { return ballot != 0; }
unsigned all_of(unsigned ballot, unsigned mask) { return ballot == mask; }

unsigned lanes_with(const Lanes& lanes, std::uint64_t value) {
  unsigned equal = 0;
  lanes.for_each<MatchPayload>(
      [&](unsigned lane, MatchPayload& payload) { equal |= static_cast<unsigned>(payload.value == value) << lane; });
  return equal;
}

void match_any(const Lanes& lanes) {
  lanes.for_each<MatchPayload>(
      [&](unsigned, MatchPayload& payload) { payload.result = lanes_with(lanes, payload.value); });
}

void match_all(const Lanes& lanes) {
  const auto first = static_cast<unsigned>(__builtin_ctz(lanes.mask));
  const bool all = lanes_with(lanes, static_cast<MatchPayload*>(lanes.payloads[first])->value) == lanes.mask;
  lanes.for_each<MatchPayload>([&](unsigned, MatchPayload& payload) {
    payload.result = all ? lanes.mask : 0;
    payload.all = all;
  });
}

template <auto combine>
void reduce(const Lanes& lanes) {
  std::uint32_t result = 0;
  bool first = true;
  lanes.for_each<ReducePayload>([&](unsigned, ReducePayload& payload) {
    result = first ? payload.value : combine(result, payload.value);
    first = false;
  });
  lanes.for_each<ReducePayload>([&](unsigned, ReducePayload& payload) { payload.value = result; });
}

std::uint32_t sum(std::uint32_t a, std::uint32_t b) { return a + b; }
std::uint32_t least(std::uint32_t a, std::uint32_t b) { return b < a ? b : a; }
std::uint32_t greatest(std::uint32_t a, std::uint32_t b) { return a < b ? b : a; }
std::uint32_t least_signed(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::int32_t>(b) < static_cast<std::int32_t>(a) ? b : a;
}
std::uint32_t greatest_signed(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::int32_t>(a) < static_cast<std::int32_t>(b) ? b : a;
}
std::uint32_t bits_of_both(std::uint32_t a, std::uint32_t b) { return a & b; }
std::uint32_t bits_of_either(std::uint32_t a, std::uint32_t b) { return a | b; }
std::uint32_t bits_of_one(std::uint32_t a, std::uint32_t b) { return a ^ b; }

}  // namespace

constinit const WarpOperation kSyncWarp{.name = "__syncwarp", .complete = nullptr, .orders_memory = true};
constinit const WarpOperation kShuffle{"__shfl_sync", &exchange<&source_of_index>};
constinit const WarpOperation kShuffleUp{"__shfl_up_sync", &exchange<&source_up>};
constinit const WarpOperation kShuffleDown{"__shfl_down_sync", &exchange<&source_down>};
constinit const WarpOperation kShuffleXor{"__shfl_xor_sync", &exchange<&source_xor>};
constinit const WarpOperation kBallot{"__ballot_sync", &vote<&ballot_of>};
constinit const WarpOperation kAny{"__any_sync", &vote<&any_of>};
constinit const WarpOperation kAll{"__all_sync", &vote<&all_of>};
constinit const WarpOperation kMatchAny{"__match_any_sync", &match_any};
constinit const WarpOperation kMatchAll{"__match_all_sync", &match_all};
constinit const WarpOperation kReduceAdd{"__reduce_add_sync", &reduce<&sum>};
constinit const WarpOperation kReduceMin{"__reduce_min_sync", &reduce<&least>};
constinit const WarpOperation kReduceMinSigned{"__reduce_min_sync", &reduce<&least_signed>};
constinit const WarpOperation kReduceMax{"__reduce_max_sync", &reduce<&greatest>};
constinit const WarpOperation kReduceMaxSigned{"__reduce_max_sync", &reduce<&greatest_signed>};
constinit const WarpOperation kReduceAnd{"__reduce_and_sync", &reduce<&bits_of_both>};
constinit const WarpOperation kReduceOr{"__reduce_or_sync", &reduce<&bits_of_either>};
constinit const WarpOperation kReduceXor{"__reduce_xor_sync", &reduce<&bits_of_one>};

}  // namespace simt

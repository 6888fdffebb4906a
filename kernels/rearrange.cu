// SPDX-License-Identifier: Apache-2.0
#include "kernels/rearrange.h"

#include "kernels/block_table.cuh"
#include "kernels/divisor.cuh"
#include "kernels/grid.cuh"

namespace genocuda::kernels {
namespace {

constexpr int kThreads = 256;
/// Units that a thread loads before it stores any.
constexpr int kUnits = 4;

/// CopiedRuns in units of one access; positions of an item are counted along its runs, one after another.
struct Item {
  const void* from;
  void* to;
  std::int64_t units, from_pitch, to_pitch;
  Divisor by_run{1};
};
using Table = BlockTable<Item, 48>;
static_assert(sizeof(Table) <= 4000, "parameters of a kernel are limited to 4 KB");

/// Copies runs, a block kUnits · kThreads neighbouring units of an item, of 1 to 16 bytes as addresses allow: warps
/// read and write whole lines but at the ends of runs. Bound by memory.
template <typename Unit>
__global__ void __launch_bounds__(kThreads) copy_runs_kernel(const __grid_constant__ Table table) {
  const auto& [item, first_block] = entry_of_block(table);
  const std::int64_t first =
      static_cast<std::int64_t>(static_cast<int>(blockIdx.x) - first_block) * kUnits * kThreads + threadIdx.x;
  const Unit* const from = static_cast<const Unit*>(item.from);
  Unit values[kUnits];
  std::int64_t places[kUnits];
#pragma unroll
  for (int j = 0; j < kUnits; ++j) {
    const std::int64_t i = first + j * kThreads;
    values[j] = Unit{};
    if (i >= item.units) continue;
    const auto [row, column] = item.by_run.divide(i);
    places[j] = row * item.to_pitch + column;
    if (from != nullptr) values[j] = from[row * item.from_pitch + column];
  }
#pragma unroll
  for (int j = 0; j < kUnits; ++j) {
    if (first + j * kThreads < item.units) static_cast<Unit*>(item.to)[places[j]] = values[j];
  }
}

template <typename Unit>
void copy_as(std::int64_t rows, const CopiedRuns* runs, int count, Stream stream) {
  constexpr auto kSize = static_cast<std::int64_t>(sizeof(Unit));
  Table table;
  for (int k = 0; k < count; ++k) {
    const CopiedRuns& r = runs[k];
    const std::int64_t units = rows * (r.bytes / kSize);
    table.add({r.from, r.to, units, r.from_pitch / kSize, r.to_pitch / kSize, Divisor(r.bytes / kSize)},
              ceil_div(units, kUnits * kThreads));
  }
  launch(copy_runs_kernel<Unit>, table.blocks, kThreads, 0, stream, table);
}

/// Every address and length that an access of so many bytes would meet, or-ed together.
std::uint64_t bits_of(std::int64_t rows, const CopiedRuns& r) {
  const std::int64_t pitches = rows > 1 ? r.from_pitch | r.to_pitch : 0;
  return reinterpret_cast<std::uintptr_t>(r.from) | reinterpret_cast<std::uintptr_t>(r.to) |
         static_cast<std::uint64_t>(r.bytes | pitches);
}

}  // namespace

void Copies::add(const CopiedRuns& runs) {
  if (rows_ * runs.bytes == 0) return;
  if (size_ == kRunsOfLaunch) finish();
  runs_[size_++] = runs;
}

void Copies::finish() {
  static_assert(kRunsOfLaunch <= Table::kCapacity);
  if (size_ == 0) return;
  std::uint64_t bits = 0;
  for (int k = 0; k < size_; ++k) bits |= bits_of(rows_, runs_[k]);
  const auto copy = [&](auto unit) { copy_as<decltype(unit)>(rows_, runs_, size_, stream_); };
  if (bits % 16 == 0) {
    copy(uint4{});
  } else if (bits % 8 == 0) {
    copy(uint2{});
  } else if (bits % 4 == 0) {
    copy(std::uint32_t{});
  } else if (bits % 2 == 0) {
    copy(std::uint16_t{});
  } else {
    copy(std::uint8_t{});
  }
  size_ = 0;
}

}  // namespace genocuda::kernels

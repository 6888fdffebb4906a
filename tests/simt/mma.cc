// SPDX-License-Identifier: Apache-2.0
#include "simt/mma.h"

#include <bit>

#include "simt/float16.h"

namespace simt {
namespace {

// ---- The layouts of the PTX ISA, "Matrix Fragments": element i of a lane lies at (row, column) of its matrix. The
// lane is number lane / 4 of 8 groups and number lane % 4 in its group.

constexpr unsigned kRows = 16, kColumns = 8;

struct Position {
  unsigned row, column;
};

/// A (16 x 8) and B (8 x 8) of 32-bit elements, one a register.
struct Layout32 {
  static constexpr unsigned kDepth = 8, kPerRegister = 1;
  static constexpr Position a(unsigned lane, unsigned i) { return {lane / 4 + i % 2 * 8, lane % 4 + i / 2 * 4}; }
  static constexpr Position b(unsigned lane, unsigned i) { return {lane % 4 + i * 4, lane / 4}; }
};

/// A (16 x 16) and B (16 x 8) of 16-bit elements, two a register.
struct Layout16 {
  static constexpr unsigned kDepth = 16, kPerRegister = 2;
  static constexpr Position a(unsigned lane, unsigned i) {
    return {lane / 4 + i / 2 % 2 * 8, lane % 4 * 2 + i % 2 + i / 4 * 8};
  }
  static constexpr Position b(unsigned lane, unsigned i) { return {lane % 4 * 2 + i % 2 + i / 2 * 8, lane / 4}; }
};

constexpr Position accumulator(unsigned lane, unsigned i) { return {lane / 4 + i / 2 * 8, lane % 4 * 2 + i % 2}; }

/// Where each lane's elements lie in a matrix that is stored row by row.
template <unsigned kElements>
struct Places {
  std::array<std::array<std::uint8_t, kElements>, kWarpSize> of;

  constexpr Places(Position (*position)(unsigned lane, unsigned i), unsigned width) : of{} {
    for (unsigned lane = 0; lane < kWarpSize; ++lane) {
      for (unsigned i = 0; i < kElements; ++i) {
        const Position p = position(lane, i);
        of[lane][i] = static_cast<std::uint8_t>(p.row * width + p.column);
      }
    }
  }
};

template <typename Layout>
constexpr Places<4 * Layout::kPerRegister> kPlacesOfA(&Layout::a, Layout::kDepth);
template <typename Layout>
constexpr Places<2 * Layout::kPerRegister> kPlacesOfB(&Layout::b, kColumns);
constexpr Places<4> kPlacesOfD(&accumulator, kColumns);

// ---- Element `i` of a register as a number.

// Tensor cores do not read the low 13 bits.
float tf32(std::uint32_t bits, unsigned) { return std::bit_cast<float>(bits & 0xffffe000u); }
float bf16(std::uint32_t bits, unsigned i) { return bf16_value(static_cast<std::uint16_t>(bits >> (16 * i))); }
float f16(std::uint32_t bits, unsigned i) { return half_value(static_cast<std::uint16_t>(bits >> (16 * i))); }

/// d += a · b, summed in float in the order of k. Tensor cores sum in an order and a rounding of their own.
template <typename Layout, auto number>
void multiply(const Lanes& lanes) {
  constexpr unsigned kDepth = Layout::kDepth, kPerRegister = Layout::kPerRegister;
  std::array<float, kRows * kDepth> a;
  std::array<float, kDepth * kColumns> b;
  std::array<float, kRows * kColumns> d;
  lanes.for_each<MmaPayload>([&](unsigned lane, const MmaPayload& payload) {
    for (unsigned i = 0; i < 4 * kPerRegister; ++i) {
      a[kPlacesOfA<Layout>.of[lane][i]] = number(payload.a[i / kPerRegister], i % kPerRegister);
    }
    for (unsigned i = 0; i < 2 * kPerRegister; ++i) {
      b[kPlacesOfB<Layout>.of[lane][i]] = number(payload.b[i / kPerRegister], i % kPerRegister);
    }
    for (unsigned i = 0; i < 4; ++i) d[kPlacesOfD.of[lane][i]] = payload.d[i];
  });
  for (unsigned row = 0; row < kRows; ++row) {
    std::array<float, kColumns> sum;
    for (unsigned column = 0; column < kColumns; ++column) sum[column] = d[row * kColumns + column];
    for (unsigned k = 0; k < kDepth; ++k) {
      for (unsigned column = 0; column < kColumns; ++column) {
        sum[column] += a[row * kDepth + k] * b[k * kColumns + column];
      }
    }
    for (unsigned column = 0; column < kColumns; ++column) d[row * kColumns + column] = sum[column];
  }
  lanes.for_each<MmaPayload>([&](unsigned lane, MmaPayload& payload) {
    for (unsigned i = 0; i < 4; ++i) payload.d[i] = d[kPlacesOfD.of[lane][i]];
  });
}

/// Lane l gets elements (l / 4, l % 4 · 2) and the one to its right of each matrix, or of its transpose.
template <unsigned kMatrices, bool kTransposed>
void load_matrices(const Lanes& lanes) {
  const auto element = [&](unsigned matrix, unsigned row, unsigned column) {
    if (kTransposed) std::swap(row, column);
    return static_cast<const LdmatrixPayload*>(lanes.payloads[matrix * 8 + row])->row[column];
  };
  lanes.for_each<LdmatrixPayload>([&](unsigned lane, LdmatrixPayload& payload) {
    const unsigned row = lane / 4, column = lane % 4 * 2;
    for (unsigned m = 0; m < kMatrices; ++m) {
      payload.registers[m] = element(m, row, column) | std::uint32_t{element(m, row, column + 1)} << 16;
    }
  });
}

}  // namespace

constinit const WarpOperation kMmaM16n8k8Tf32{
    .name = "mma.sync.m16n8k8.tf32", .complete = &multiply<Layout32, &tf32>, .whole_warp = true};
constinit const WarpOperation kMmaM16n8k16Bf16{
    .name = "mma.sync.m16n8k16.bf16", .complete = &multiply<Layout16, &bf16>, .whole_warp = true};
constinit const WarpOperation kMmaM16n8k16F16{
    .name = "mma.sync.m16n8k16.f16", .complete = &multiply<Layout16, &f16>, .whole_warp = true};
constinit const WarpOperation kLdmatrixX2{
    .name = "ldmatrix.x2", .complete = &load_matrices<2, false>, .whole_warp = true};
constinit const WarpOperation kLdmatrixX2Trans{
    .name = "ldmatrix.x2.trans", .complete = &load_matrices<2, true>, .whole_warp = true};
constinit const WarpOperation kLdmatrixX4{
    .name = "ldmatrix.x4", .complete = &load_matrices<4, false>, .whole_warp = true};
constinit const WarpOperation kLdmatrixX4Trans{
    .name = "ldmatrix.x4.trans", .complete = &load_matrices<4, true>, .whole_warp = true};

}  // namespace simt

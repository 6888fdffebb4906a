// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "simt/async_copy.h"
#include "simt/cuda.h"
#include "simt/mma.h"

/// The PTX instructions of kernels/ptx.cuh under the same names. What touches memory does so here, where the kernel is
/// compiled, and so under the eyes of the kernel's sanitizer.
namespace simt::ptx {

inline std::uint32_t to_tf32(float value) {
  std::uint32_t bits = __float_as_uint(value);
  if ((bits & 0x7f800000u) != 0x7f800000u) bits += 0x1000u;
  return bits & 0xffffe000u;
}

inline void multiply(const WarpOperation& operation, float (&d)[4], const std::uint32_t (&a)[4],
                     const std::uint32_t (&b)[2], Site site) {
  MmaPayload payload{{d[0], d[1], d[2], d[3]}, {a[0], a[1], a[2], a[3]}, {b[0], b[1]}};
  meet(operation, kAllLanes, &payload, site);
  for (int i = 0; i < 4; ++i) d[i] = payload.d[i];
}

inline void mma_m16n8k8_tf32(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2],
                             Site site = Site::here()) {
  multiply(kMmaM16n8k8Tf32, d, a, b, site);
}
inline void mma_m16n8k16_bf16(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2],
                              Site site = Site::here()) {
  multiply(kMmaM16n8k16Bf16, d, a, b, site);
}
inline void mma_m16n8k16_f16(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2],
                             Site site = Site::here()) {
  multiply(kMmaM16n8k16F16, d, a, b, site);
}

template <unsigned kMatrices>
void load_matrices(const WarpOperation& operation, std::uint32_t (&r)[kMatrices], const void* row, Site site) {
  LdmatrixPayload payload{};
  const unsigned thread = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
  if (thread % kWarpSize < 8 * kMatrices) {
    if (reinterpret_cast<std::uintptr_t>(row) % 16 != 0) fail("ldmatrix: the row is not aligned to 16 bytes", site);
    if (!is_shared(row, 16)) fail("ldmatrix: the row is not inside an array of shared memory", site);
    for (int i = 0; i < 8; ++i) payload.row[i] = static_cast<const std::uint16_t*>(row)[i];
  }
  meet(operation, kAllLanes, &payload, site);
  for (unsigned i = 0; i < kMatrices; ++i) r[i] = payload.registers[i];
}

inline void ldmatrix_x4(std::uint32_t (&r)[4], const void* row, Site site = Site::here()) {
  load_matrices(kLdmatrixX4, r, row, site);
}
inline void ldmatrix_x4_trans(std::uint32_t (&r)[4], const void* row, Site site = Site::here()) {
  load_matrices(kLdmatrixX4Trans, r, row, site);
}
inline void ldmatrix_x2(std::uint32_t (&r)[2], const void* row, Site site = Site::here()) {
  load_matrices(kLdmatrixX2, r, row, site);
}
inline void ldmatrix_x2_trans(std::uint32_t (&r)[2], const void* row, Site site = Site::here()) {
  load_matrices(kLdmatrixX2Trans, r, row, site);
}

inline void copy_async(void* to, const void* from, int words, int source_bytes, Site site) {
  auto* destination = static_cast<std::uint32_t*>(to);
  issue_async_copy({destination, static_cast<const std::uint32_t*>(from), words, source_bytes, 0, site});
  for (int i = 0; i < words; ++i) destination[i] = ~std::uint32_t{0};
}
inline void cp_async16(void* to, const void* from, int source_bytes = 16, Site site = Site::here()) {
  copy_async(to, from, 4, source_bytes, site);
}
inline void cp_async4(void* to, const void* from, int source_bytes = 4, Site site = Site::here()) {
  copy_async(to, from, 1, source_bytes, site);
}

inline void cp_async_commit() { commit_async_copies(); }

template <int kPending>
void cp_async_wait() {
  for (AsyncCopy copy; take_async_copy(kPending, copy);) {
    for (int i = 0; i < copy.words; ++i) {
      const int bytes = copy.source_bytes - 4 * i;
      std::uint32_t word = 0;
      if (bytes >= 4) {
        word = copy.from[i];
      } else {
        for (int b = 0; b < bytes; ++b) {
          word |= std::uint32_t{reinterpret_cast<const unsigned char*>(copy.from + i)[b]} << (8 * b);
        }
      }
      copy.to[i] = word;
    }
  }
}

}  // namespace simt::ptx

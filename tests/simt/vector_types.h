// SPDX-License-Identifier: Apache-2.0
#pragma once

/// CUDA's vector types with CUDA's alignments: a vector of two or four is as aligned as it is large, up to 16 bytes.

#define SIMT_VECTOR_TYPES(T, name)                                              \
  struct name##1 {                                                              \
    T x;                                                                        \
  };                                                                            \
  struct alignas(2 * sizeof(T)) name##2 {                                       \
    T x, y;                                                                     \
  };                                                                            \
  struct name##3 {                                                              \
    T x, y, z;                                                                  \
  };                                                                            \
  struct alignas(4 * sizeof(T) < 16 ? 4 * sizeof(T) : 16) name##4 {             \
    T x, y, z, w;                                                               \
  };                                                                            \
  constexpr name##1 make_##name##1(T x) { return {x}; }                         \
  constexpr name##2 make_##name##2(T x, T y) { return {x, y}; }                 \
  constexpr name##3 make_##name##3(T x, T y, T z) { return {x, y, z}; }         \
  constexpr name##4 make_##name##4(T x, T y, T z, T w) { return {x, y, z, w}; } \
  static_assert(true, "takes the semicolon")

SIMT_VECTOR_TYPES(signed char, char);
SIMT_VECTOR_TYPES(unsigned char, uchar);
SIMT_VECTOR_TYPES(short, short);
SIMT_VECTOR_TYPES(unsigned short, ushort);
SIMT_VECTOR_TYPES(int, int);
SIMT_VECTOR_TYPES(unsigned, uint);
SIMT_VECTOR_TYPES(long, long);
SIMT_VECTOR_TYPES(unsigned long, ulong);
SIMT_VECTOR_TYPES(long long, longlong);
SIMT_VECTOR_TYPES(unsigned long long, ulonglong);
SIMT_VECTOR_TYPES(float, float);
SIMT_VECTOR_TYPES(double, double);

#undef SIMT_VECTOR_TYPES

struct dim3 {
  unsigned x, y, z;
  constexpr dim3(unsigned x_size = 1, unsigned y_size = 1, unsigned z_size = 1) : x(x_size), y(y_size), z(z_size) {}
  constexpr dim3(uint3 sizes) : x(sizes.x), y(sizes.y), z(sizes.z) {}
};

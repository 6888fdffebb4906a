// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <type_traits>

/// Loads and stores with a hint for the caches, of which there are none here. They dereference, so that a sanitizer
/// that the kernel is built with sees bounds, alignment and races.

#define SIMT_HINTED_LOAD(name)   \
  template <typename T>          \
  inline T name(const T* from) { \
    return *from;                \
  }                              \
  static_assert(true, "takes the semicolon")

SIMT_HINTED_LOAD(__ldg);
SIMT_HINTED_LOAD(__ldca);
SIMT_HINTED_LOAD(__ldcg);
SIMT_HINTED_LOAD(__ldcs);
SIMT_HINTED_LOAD(__ldlu);
SIMT_HINTED_LOAD(__ldcv);
#undef SIMT_HINTED_LOAD

#define SIMT_HINTED_STORE(name)                            \
  template <typename T>                                    \
  inline void name(T* to, std::type_identity_t<T> value) { \
    *to = value;                                           \
  }                                                        \
  static_assert(true, "takes the semicolon")

SIMT_HINTED_STORE(__stwb);
SIMT_HINTED_STORE(__stcg);
SIMT_HINTED_STORE(__stcs);
SIMT_HINTED_STORE(__stwt);
#undef SIMT_HINTED_STORE

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <type_traits>

#include "simt/error.h"
#include "simt/site.h"

/// Loads and stores with a hint for the caches, of which there are none here. They dereference, so that a sanitizer
/// that the kernel is built with sees bounds and races. Alignment is checked here, since clang's sanitizer looks at it
/// in accesses to members, but not in copies of whole vectors.

namespace simt {

template <typename T>
void check_aligned(const T* address, Site site) {
  if (reinterpret_cast<std::uintptr_t>(address) % alignof(T) != 0) {
    fail("the address is not aligned to the type that is loaded or stored", site);
  }
}

}  // namespace simt

#define SIMT_HINTED_LOAD(name)                                         \
  template <typename T>                                                \
  inline T name(const T* from, simt::Site site = simt::Site::here()) { \
    simt::check_aligned(from, site);                                   \
    return *from;                                                      \
  }                                                                    \
  static_assert(true, "takes the semicolon")

SIMT_HINTED_LOAD(__ldg);
SIMT_HINTED_LOAD(__ldca);
SIMT_HINTED_LOAD(__ldcg);
SIMT_HINTED_LOAD(__ldcs);
SIMT_HINTED_LOAD(__ldlu);
SIMT_HINTED_LOAD(__ldcv);
#undef SIMT_HINTED_LOAD

#define SIMT_HINTED_STORE(name)                                                                  \
  template <typename T>                                                                          \
  inline void name(T* to, std::type_identity_t<T> value, simt::Site site = simt::Site::here()) { \
    simt::check_aligned(to, site);                                                               \
    *to = value;                                                                                 \
  }                                                                                              \
  static_assert(true, "takes the semicolon")

SIMT_HINTED_STORE(__stwb);
SIMT_HINTED_STORE(__stcg);
SIMT_HINTED_STORE(__stcs);
SIMT_HINTED_STORE(__stwt);
#undef SIMT_HINTED_STORE

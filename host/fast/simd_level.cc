// SPDX-License-Identifier: Apache-2.0
#include "host/fast/simd_level.h"

#include <algorithm>
#include <cstdlib>

#include "core/error.h"

namespace genocuda::fast {
namespace {

SimdLevel level_of_cpu() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  // Spelled out because GCC 12 and clang 14 do not agree on the names of the psABI levels.
  const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
                  __builtin_cpu_supports("bmi2");
  const bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
  return v4 ? SimdLevel::v4 : v3 ? SimdLevel::v3 : SimdLevel::baseline;
#else
  return SimdLevel::baseline;
#endif
}

SimdLevel chosen_level() {
  const char* wish = std::getenv("GENOCUDA_SIMD");
  if (wish == nullptr || *wish == '\0') return level_of_cpu();
  constexpr std::string_view kNames[] = {"baseline", "v3", "v4"};
  const auto found = std::find(std::begin(kNames), std::end(kNames), std::string_view(wish));
  if (found == std::end(kNames)) {
    throw Error(ErrorKind::invalid_argument, "GENOCUDA_SIMD is '{}', but must be baseline, v3 or v4", wish);
  }
  return std::min(level_of_cpu(), static_cast<SimdLevel>(found - std::begin(kNames)));
}

}  // namespace

std::string_view name_of(SimdLevel level) {
  switch (level) {
    case SimdLevel::v4:
      return "AVX-512";
    case SimdLevel::v3:
      return "AVX2";
    case SimdLevel::baseline:
      break;
  }
#if defined(__x86_64__)
  return "SSE2";
#elif defined(__aarch64__)
  return "NEON";
#else
  return "baseline";
#endif
}

SimdLevel simd_level() {
  static const SimdLevel level = chosen_level();
  return level;
}

}  // namespace genocuda::fast

// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace simt {

/// A line of a kernel's source. Everything that can go wrong takes one as its last, defaulted argument and so names the
/// line that called it.
struct Site {
  const char* file;
  int line;

  static constexpr Site here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) { return {file, line}; }
};

}  // namespace simt

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>

#include "simt/site.h"

namespace simt {

/// What a launch throws whose kernel, or whose configuration, is wrong. The kernel has not run to its end.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Ends the launch from inside a kernel; `what` must be a string literal.
[[noreturn]] void fail(const char* what, Site site);

}  // namespace simt

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>

#include <gtest/gtest.h>

#include "core/error.h"

namespace genocuda {

/// Expects `call` to throw an Error of `kind` whose message is one line and holds every part given.
template <typename Call, typename... Parts>
void expect_error(ErrorKind kind, Call&& call, const Parts&... parts) {
  try {
    call();
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_EQ(error.kind(), kind) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    for (const std::string& part : std::initializer_list<std::string>{std::string(parts)...}) {
      EXPECT_NE(message.find(part), std::string::npos) << message << "\nlacks: " << part;
    }
    return;
  }
  ADD_FAILURE() << "no Error was thrown";
}

}  // namespace genocuda

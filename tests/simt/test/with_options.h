// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <simt/options.h>

namespace simt {

/// Options for a scope.
class WithOptions {
 public:
  explicit WithOptions(const Options& chosen) { options() = chosen; }
  WithOptions(const WithOptions&) = delete;
  WithOptions& operator=(const WithOptions&) = delete;
  ~WithOptions() { options() = before_; }

 private:
  Options before_ = options();
};

/// Calls `f()` in every order with one and with two workers.
template <typename F>
void for_all_options(F f) {
  for (const int workers : {1, 2}) {
    for (const Options& chosen : {Options{.workers = workers}, Options{.workers = workers, .order = Order::reverse},
                                  Options{.workers = workers, .order = Order::random, .seed = 1},
                                  Options{.workers = workers, .order = Order::random, .seed = 77}}) {
      SCOPED_TRACE(::testing::Message() << workers << " workers, order " << static_cast<int>(chosen.order));
      const WithOptions with(chosen);
      f();
    }
  }
}

}  // namespace simt

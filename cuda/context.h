// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shared_mutex>

#include "core/implementation.h"

namespace genocuda::cuda {

/// What the parts of one GPU share. Safe for use by several threads at once.
class Context {
 public:
  explicit Context(int ordinal) : ordinal_(ordinal) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  int ordinal() const { return ordinal_; }
  /// Held shared while a stream is being recorded, and alone for calls that wait for the whole device: those fail, and
  /// spoil the recording, where they meet.
  std::shared_mutex& recordings() { return recordings_; }

 private:
  int ordinal_;
  std::shared_mutex recordings_;
};

/// A device whose Context others may ask for: the only devices whose tables hold the rows of cuda/libraries.
class ContextDevice : public Device {
 public:
  virtual Context& context() = 0;
};

/// Of the device that the problem is for, which must be one of these.
inline Context& context_of(const Problem& problem) { return static_cast<ContextDevice&>(*problem.device).context(); }

}  // namespace genocuda::cuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/executable.h"
#include "genomics/examples.h"
#include "learn/data/window_inputs.h"

namespace genocuda {

/// Feeds windows of examples to a graph with their inputs. What comes next can be packed while the device is busy with
/// what is at hand.
class WindowFeed {
 public:
  /// A run of examples, on their own strand or on the other.
  struct Part {
    std::int64_t first = 0, rows = 0;
    bool flipped = false;
    bool operator==(const Part&) const = default;
  };

  /// Both must outlive it.
  WindowFeed(const Examples& examples, const WindowInputs& inputs) : examples_(examples), inputs_(inputs) {}

  /// Nothing to do where that part is packed already.
  void pack(const Part& part);
  /// Writes the part that was packed last; rows up to `batch` are filled up with no bases and zeros.
  void write(Executable& executable, std::int64_t batch);

 private:
  const Examples& examples_;
  const WindowInputs& inputs_;
  Part packed_;
  PackedWindows windows_;
};

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "learn/data/window_feed.h"

#include <vector>

namespace genocuda {

void WindowFeed::pack(const Part& part) {
  if (part == packed_) return;
  packed_ = part;
  const auto first = examples_.windows.begin() + part.first;
  std::vector<Window> windows(first, first + part.rows);
  if (part.flipped) {
    for (Window& window : windows) window = window.flipped();
  }
  inputs_.pack(examples_, windows, windows_);
}

void WindowFeed::write(Executable& executable, std::int64_t batch) {
  inputs_.fill_up(batch, windows_);
  inputs_.write(executable, windows_);
}

}  // namespace genocuda

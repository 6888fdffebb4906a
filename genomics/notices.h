// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace genocuda {

/// What a reader did that its caller should know of although nothing is wrong: a contig found under another name,
/// records left out. The library prints nothing; the command line prints `lines()`. Items of one topic make one line,
/// and an item that was said before is not said again, so that 134 peak files give one line. Not thread-safe.
class Notices {
 public:
  void say(const std::string& topic, const std::string& item);

  /// One line a topic, in the order in which they came up: "topic: item, item, item and 13 more".
  std::vector<std::string> lines() const;
  bool empty() const { return topics_.empty(); }

 private:
  std::vector<std::pair<std::string, std::vector<std::string>>> topics_;
};

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "genomics/notices.h"

#include <algorithm>

#include <fmt/format.h>

namespace genocuda {

void Notices::say(const std::string& topic, const std::string& item) {
  auto found = std::find_if(topics_.begin(), topics_.end(), [&](const auto& entry) { return entry.first == topic; });
  if (found == topics_.end()) found = topics_.insert(found, {topic, {}});
  std::vector<std::string>& items = found->second;
  if (std::find(items.begin(), items.end(), item) == items.end()) items.push_back(item);
}

std::vector<std::string> Notices::lines() const {
  constexpr std::size_t kShown = 3;
  std::vector<std::string> lines;
  for (const auto& [topic, items] : topics_) {
    const std::size_t shown = items.size() <= kShown + 1 ? items.size() : kShown;
    std::string line = fmt::format("{}: {}", topic, fmt::join(items.begin(), items.begin() + shown, ", "));
    if (shown < items.size()) line += fmt::format(" and {} more", items.size() - shown);
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace genocuda {

struct ZooText {
  std::string_view name;
  std::string_view toml;
};

/// The files of learn/zoo, in the order of the alphabet; defined in a source file that the build makes of them.
std::span<const ZooText> zoo_texts();

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "learn/model/model_spec.h"

namespace genocuda {

/// What is wrong with a spec, and where in its model file: `path` leads to a table ("layers/3/layers/0"), `key` to an
/// entry of it ("" for the table as a whole).
struct SpecProblem {
  std::string path;
  std::string key;
  std::string message;
};

std::optional<SpecProblem> find_problem(const ModelSpec& spec);

/// The names of the layers of one level: their own, or type and number ("conv2" for the second conv of the level).
std::vector<std::string> layer_names(const std::vector<LayerSpec>& layers);

}  // namespace genocuda

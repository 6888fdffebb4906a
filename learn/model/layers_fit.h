// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "learn/model/build.h"

namespace genocuda {

/// Error (invalid_argument) where the layers and outputs of a model do not fit an input of this size. It names `source`
/// (the model's file, or its name), the layer and what is wrong, and the shortest longer input that they all fit, where
/// there is one.
void require_layers_fit(const ModelSpec& spec, const ModelSize& given, std::string_view source);

/// The fewest bases, more than those of `size`, that the model can be built for; nothing where no length up to 2^24
/// helps. Assumes that a length twice as long fits where one does.
std::optional<std::int64_t> shortest_fitting_length(const ModelSpec& spec, ModelSize size);

}  // namespace genocuda

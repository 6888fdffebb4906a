// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "learn/model/config_tree.h"
#include "learn/model/model_spec.h"

namespace genocuda {

/// The spec that a model file's tree says, validated; errors as of parse_model_toml.
ModelSpec spec_from_tree(const ConfigNode& root, std::string_view source);
/// A tree that gives the same spec, keys in the order that people write them, defaults left out.
ConfigNode spec_to_tree(const ModelSpec& spec);

}  // namespace genocuda

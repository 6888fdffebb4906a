// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "learn/model/build.h"

namespace genocuda {

/// What a model looks like at a size.
struct Summary {
  ModelSize size;
  std::vector<LayerRow> layers;
  std::int64_t parameters = 0;         ///< numbers that are trained
  std::int64_t frozen_parameters = 0;  ///< numbers that are not
  std::int64_t receptive_field = 0;    ///< bases that one position sees, before anything reads all positions at once
  /// A row a layer: name, type, output shape, parameters, bases seen; then the receptive field, the frozen parameters
  /// if any, and last "parameters: N".
  std::string text;
};

/// The published size stands where `given` leaves it open.
Summary summarise(const ModelSpec& spec, ModelSize given = {});

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "learn/model/build.h"

namespace genocuda {

/// The model built at its size (the published one where `given` leaves it open) on a graph of its own.
struct Summary {
  BuiltModel model;  ///< its values are handles on a graph that is gone: names, shapes and numbers alone
  std::string text;  ///< a row a layer: name, type, output shape, parameters, bases seen; then the receptive field, the
                     ///< frozen parameters if any, and last "parameters: N" with the number of trained ones
};

Summary summarise(const ModelSpec& spec, ModelSize given = {});

}  // namespace genocuda

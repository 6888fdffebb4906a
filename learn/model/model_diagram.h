// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "draw/diagram.h"
#include "learn/model/build.h"

namespace genocuda {

/// A model at a size, a box a layer with the shape of its output for one example and its parameters, and an arrow from
/// each layer to those that read it. The published size stands where `given` leaves it open.
Diagram model_diagram(const ModelSpec& spec, ModelSize given = {});

}  // namespace genocuda

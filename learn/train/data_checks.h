// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "genomics/examples.h"
#include "learn/model/model_spec.h"
#include "learn/train/batch.h"

/// What data must be for a training, and what they allow.
namespace genocuda {

/// Error (invalid_argument) where a model cannot be trained on `train` and watched on `valid`, which may be null.
void require_trainable(const ModelSpec& spec, const Examples& train, const Examples* valid);

/// Error (invalid_argument) naming a signal that is 0 in all that an output is trained towards.
void require_something_to_learn(std::span<const HeadColumns> heads, const Examples& train);

/// The validation figure that stop_on (learn/train/settings.h) stands for with these examples. Error (invalid_argument)
/// where it is a figure of what no output predicts, or needs both classes and they have them for no task.
std::string chosen_figure(const std::string& stop_on, const Examples& valid, std::span<const HeadColumns> heads);

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/executable.h"

/// The values that a model starts from.
namespace genocuda {

struct BuiltModel;
struct Parameter;

enum class InitialiserKind {
  uniform_fan_in,  ///< U(±1/sqrt(fan_in)), PyTorch's default
  he_normal,       ///< N(0, 2/fan_in) (He et al. 2015)
  he_uniform,      ///< U(±sqrt(6/fan_in))
  glorot_uniform,  ///< U(±sqrt(6/(fan_in + fan_out))) (Glorot, Bengio 2010)
  constant,
};

std::string_view name_of(InitialiserKind kind);

struct Initialiser {
  InitialiserKind kind = InitialiserKind::uniform_fan_in;
  double value = 0;  ///< of a constant
  bool operator==(const Initialiser&) const = default;
};

/// The first values of a parameter. They depend on the seed, the parameter's name and its initialiser alone, so that
/// neither order nor device nor dtype matters.
std::vector<double> initial_values(const Parameter& parameter, std::uint64_t seed);

/// Writes the first values of all parameters and running statistics, making the variables where they are new.
void initialise(VariableStore& variables, const BuiltModel& model, std::uint64_t seed);

}  // namespace genocuda

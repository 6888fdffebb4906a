// SPDX-License-Identifier: Apache-2.0
#include "learn/model/initialise.h"

#include <cmath>
#include <numbers>

#include "core/error.h"
#include "core/name_hash.h"
#include "core/philox.h"
#include "learn/model/build.h"

namespace genocuda {
namespace {

// Keeps these numbers apart from those that dropout and sampling draw with the same seed.
constexpr std::uint64_t kPurpose = name_hash("initialise");

/// Two independent normal numbers. (Box, Muller 1958.)
std::pair<double, double> normal_pair(philox::Generator& random) {
  const double radius = std::sqrt(-2 * std::log1p(-random.uniform()));
  const double angle = 2 * std::numbers::pi * random.uniform();
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

std::vector<double> normal_values(std::size_t n, double deviation, philox::Generator& random) {
  std::vector<double> values(n + n % 2);
  for (std::size_t i = 0; i < values.size(); i += 2) {
    const auto [first, second] = normal_pair(random);
    values[i] = deviation * first;
    values[i + 1] = deviation * second;
  }
  values.resize(n);
  return values;
}

std::vector<double> uniform_values(std::size_t n, double limit, philox::Generator& random) {
  std::vector<double> values(n);
  for (double& value : values) value = limit * (2 * random.uniform() - 1);
  return values;
}

void write(VariableStore& variables, const std::string& name, const TensorType& type,
           const std::vector<double>& values) {
  variables.ensure(name, type);
  if (type.dtype == DType::f64) {
    variables.write(name, std::as_bytes(std::span(values)));
  } else if (type.dtype == DType::f32) {
    const std::vector<float> rounded(values.begin(), values.end());
    variables.write(name, std::as_bytes(std::span(rounded)));
  } else {
    throw Error(ErrorKind::internal, "variable '{}' of {} cannot be initialised", name, type.to_string());
  }
}

}  // namespace

std::string_view name_of(InitialiserKind kind) {
  switch (kind) {
    case InitialiserKind::uniform_fan_in:
      return "uniform_fan_in";
    case InitialiserKind::he_normal:
      return "he_normal";
    case InitialiserKind::he_uniform:
      return "he_uniform";
    case InitialiserKind::glorot_uniform:
      return "glorot_uniform";
    case InitialiserKind::constant:
      return "constant";
  }
  throw Error(ErrorKind::internal, "unknown initialiser");
}

std::vector<double> initial_values(const Parameter& parameter, std::uint64_t seed) {
  const auto n = static_cast<std::size_t>(parameter.variable.shape().elements());
  const auto fan_in = static_cast<double>(parameter.fan_in), fan_out = static_cast<double>(parameter.fan_out);
  philox::Generator random(seed ^ kPurpose, name_hash(parameter.name));
  switch (parameter.initialiser.kind) {
    case InitialiserKind::uniform_fan_in:
      return uniform_values(n, 1 / std::sqrt(fan_in), random);
    case InitialiserKind::he_normal:
      return normal_values(n, std::sqrt(2 / fan_in), random);
    case InitialiserKind::he_uniform:
      return uniform_values(n, std::sqrt(6 / fan_in), random);
    case InitialiserKind::glorot_uniform:
      return uniform_values(n, std::sqrt(6 / (fan_in + fan_out)), random);
    case InitialiserKind::constant:
      return std::vector<double>(n, parameter.initialiser.value);
  }
  throw Error(ErrorKind::internal, "unknown initialiser");
}

void initialise(VariableStore& variables, const BuiltModel& model, std::uint64_t seed) {
  for (const Parameter& parameter : model.parameters) {
    write(variables, parameter.name, parameter.variable.type(), initial_values(parameter, seed));
  }
  for (const RunningStatistic& statistic : model.statistics) {
    write(variables, statistic.name, statistic.variable.type(), statistic.initial);
  }
}

}  // namespace genocuda

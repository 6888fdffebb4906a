// SPDX-License-Identifier: Apache-2.0
#include "learn/model/layers_fit.h"

#include <numeric>
#include <string>

#include "core/error.h"

namespace genocuda {
namespace {

constexpr std::int64_t kLongestTried = std::int64_t{1} << 24;

/// What building the model says against this size.
std::optional<std::string> problem_at(const ModelSpec& spec, const ModelSize& size) {
  Graph graph;
  try {
    build_model(graph, spec, size, make_inputs(graph, spec, size, 1), {});
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::invalid_argument) throw;
    return error.what();
  }
  return {};
}

/// Bases that the input can be a multiple of only.
std::int64_t unit_of_length(const ModelSpec& spec) {
  std::int64_t unit = 1;
  for (const TrackSpec& track : spec.tracks) {
    if (track.length == 0) unit = std::lcm(unit, track.bin);
  }
  return unit;
}

}  // namespace

std::optional<std::int64_t> shortest_fitting_length(const ModelSpec& spec, ModelSize size) {
  const std::int64_t unit = unit_of_length(spec);
  const auto fits = [&](std::int64_t units) {
    size.length = units * unit;
    return !problem_at(spec, size);
  };
  std::int64_t too_short = size.length / unit, fitting = too_short + 1;
  while (!fits(fitting)) {
    too_short = fitting;
    fitting *= 2;
    if (fitting * unit > kLongestTried) return {};
  }
  while (fitting - too_short > 1) {
    const std::int64_t middle = too_short + (fitting - too_short) / 2;
    (fits(middle) ? fitting : too_short) = middle;
  }
  return fitting * unit;
}

void require_layers_fit(const ModelSpec& spec, const ModelSize& given, std::string_view source) {
  const ModelSize size = resolve_size(spec, given);
  const std::optional<std::string> problem = problem_at(spec, size);
  if (!problem) return;
  std::string remedy;
  if (const auto length = shortest_fitting_length(spec, size)) {
    remedy = fmt::format("; the shortest input that fits has {} bases: {}", *length,
                         size.length == spec.input.length ? fmt::format("input = {{ length = {} }}", *length)
                                                          : fmt::format("--length {}", *length));
  }
  throw Error(ErrorKind::invalid_argument, "{}: {}{}", source, *problem, remedy);
}

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "simt/options.h"

#include <charconv>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

#include "simt/error.h"

namespace simt {
namespace {

template <typename T>
T number(std::string_view text, const char* variable) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < T{1}) {
    throw Error(fmt::format("{}: '{}' is not a number from 1 on", variable, text));
  }
  return value;
}

Options from_environment() {
  Options result;
  if (const char* workers = std::getenv("SIMT_WORKERS")) result.workers = number<int>(workers, "SIMT_WORKERS");
  if (const char* lenient = std::getenv("SIMT_LENIENT")) result.lenient = std::string_view(lenient) != "0";
  if (const char* variable = std::getenv("SIMT_ORDER")) {
    const std::string_view order = variable;
    constexpr std::string_view kRandom = "random:";
    if (order == "reverse") {
      result.order = Order::reverse;
    } else if (order.starts_with(kRandom)) {
      result.order = Order::random;
      result.seed = number<unsigned>(order.substr(kRandom.size()), "SIMT_ORDER");
    } else if (order != "forward") {
      throw Error(fmt::format("SIMT_ORDER is '{}'; use forward, reverse or random:SEED", order));
    }
  }
  return result;
}

}  // namespace

Options& options() {
  static Options instance = from_environment();
  return instance;
}

}  // namespace simt

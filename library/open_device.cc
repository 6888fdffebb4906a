// SPDX-License-Identifier: Apache-2.0
#include "genocuda/device.h"

#include <charconv>
#include <optional>

#include "core/error.h"
#include "host/cpu_device.h"

namespace genocuda {
namespace {

constexpr std::string_view kNoCuda =
    "this build has no CUDA backend: build it where nvcc is found, or take --device cpu";

/// The number in "cpu:4"; nothing where `text` is no whole number.
std::optional<int> parse_number(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

}  // namespace

std::unique_ptr<Device> open_device(std::string_view name, int threads) {
  const std::size_t colon = name.find(':');
  const std::string_view kind = name.substr(0, colon);
  const std::optional<int> number =
      colon == std::string_view::npos ? std::nullopt : parse_number(name.substr(colon + 1));
  const bool malformed = colon != std::string_view::npos && !number;

  if (name == "auto") return make_cpu_device(threads);
  if (kind == "cpu" && !malformed) return make_cpu_device(number.value_or(threads));
  if (kind == "cuda" && !malformed) throw Error(ErrorKind::device, "device '{}': {}", name, kNoCuda);
  throw Error(ErrorKind::invalid_argument, "no device is called '{}': take auto, cpu, cpu:THREADS, cuda or cuda:NUMBER",
              name);
}

std::vector<DeviceReport> list_devices() {
  return {{"cuda", false, std::string(kNoCuda)}, {"cpu", true, make_cpu_device()->description()}};
}

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "genocuda/device.h"

#include <charconv>
#include <optional>

#include "core/error.h"
#include "host/cpu_device.h"
#include "library/gpus.h"

namespace genocuda {
namespace {

/// The number in "cpu:4"; nothing where `text` is no whole number.
std::optional<int> parse_number(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

/// The first GPU that works; null where none does.
std::unique_ptr<Device> first_gpu() {
  for (int number = 0; number < count_gpus(); ++number) {
    try {
      return make_gpu(number);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::device) throw;
    }
  }
  return nullptr;
}

std::unique_ptr<Device> open_gpu(std::string_view name, std::optional<int> number) {
  try {
    if (number) return make_gpu(*number);
    if (auto gpu = first_gpu()) return gpu;
    throw Error(ErrorKind::device, list_gpus().front().description);
  } catch (const Error& error) {
    throw Error(error.kind(), "device '{}': {}; take --device cpu", name, error.what());
  }
}

}  // namespace

std::unique_ptr<Device> open_device(std::string_view name, int threads) {
  const std::size_t colon = name.find(':');
  const std::string_view kind = name.substr(0, colon);
  const std::optional<int> number =
      colon == std::string_view::npos ? std::nullopt : parse_number(name.substr(colon + 1));
  const bool malformed = colon != std::string_view::npos && !number;

  if (name == "auto") {
    auto gpu = first_gpu();
    return gpu != nullptr ? std::move(gpu) : make_cpu_device(threads);
  }
  if (kind == "cpu" && !malformed) return make_cpu_device(number.value_or(threads));
  if (kind == "cuda" && !malformed) return open_gpu(name, number);
  throw Error(ErrorKind::invalid_argument, "no device is called '{}': take auto, cpu, cpu:THREADS, cuda or cuda:NUMBER",
              name);
}

std::vector<DeviceReport> list_devices() {
  std::vector<DeviceReport> reports = list_gpus();
  reports.push_back({"cpu", true, make_cpu_device()->description()});
  return reports;
}

}  // namespace genocuda

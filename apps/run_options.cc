// SPDX-License-Identifier: Apache-2.0
#include "apps/run_options.h"

#include <map>

#include <CLI/CLI.hpp>

#include "apps/command.h"
#include "core/error.h"
#include "core/implementation.h"
#include "core/mixed_precision.h"
#include "genocuda/device.h"
#include "learn/files/tuning_file.h"

namespace genocuda::apps {

void add_run_options(CLI::App& command, RunOptions& options) {
  const auto add = [&](const std::string& name, auto& value, const std::string& help) {
    return command.add_option(name, value, help)->group("Device");
  };
  add("--device", options.device, "auto, cpu[:THREADS] or cuda[:N]")->capture_default_str();
  add("--threads", options.threads, "threads on the CPU, 0 for all; another number changes results within rounding")
      ->check(CLI::Range(0, 4096))
      ->capture_default_str();
  add("--impl", options.implementations,
      "force implementations: OPERATOR=NAME, separated by commas; '*' for all operators");
  CLI::Option* tune =
      command
          .add_flag("--tune", options.tune,
                    "choose implementations by timing them; they differ within rounding. Default: a fixed order")
          ->group("Device");
  add("--tune-cache", options.tune_cache,
      "where the times are kept (default: genocuda/tuning.json in $XDG_CACHE_HOME or ~/.cache)")
      ->needs(tune);
  command.add_flag("--debug-sync", options.debug_sync, "wait after every operator, so that an error names it; slow")
      ->group("Device");
  command.add_flag("-q,--quiet", options.quiet, "no progress");
}

void add_precision_option(CLI::App& command, RunOptions& options) {
  static const std::vector<std::string> names{"fp32", "tf32", "bf16"};
  const auto choose = [&options](const std::string& text) {
    for (const Precision each : {Precision::fp32, Precision::tf32, Precision::bf16}) {
      if (name_of(each) == text) options.precision = each;
    }
  };
  command
      .add_option_function<std::string>(
          "--precision", choose, "fp32, or what a GPU may round to so as to be faster: tf32, bf16; the CPU takes fp32")
      ->check(CLI::IsMember(names))
      ->default_str("fp32")
      ->group("Device");
}

void add_data_on_option(CLI::App& command, DataPlacement& data) {
  static const std::map<std::string, DataPlacement> placements{
      {"auto", DataPlacement::automatic}, {"host", DataPlacement::host}, {"device", DataPlacement::device}};
  command
      .add_option_function<std::string>(
          "--data-on", [&data](const std::string& where) { data = placements.at(where); },
          "where genome, signals and labels lie: device, host (each batch brings its own), or auto: a GPU that holds "
          "them")
      ->check(CLI::IsMember(&placements))
      ->default_str("auto")
      ->group("Device");
}

std::unique_ptr<Device> open(const RunOptions& options) {
  auto device = open_device(options.device, options.threads);
  for (const auto& [op, name] : executable_options(options).implementations) {
    device->implementations().require(op, name);
  }
  return device;
}

void announce(const RunOptions& options, const Device& device) {
  if (!options.quiet) say(fmt::format("device: {}, {}", device.name(), device.description()));
  if (!offers(device, options.precision)) {
    say_notice(fmt::format("{} has nothing faster for --precision {} and computes in fp32", device.name(),
                           name_of(options.precision)));
  }
}

ExecutableOptions executable_options(const RunOptions& options) {
  ExecutableOptions result;
  result.precision = options.precision;
  result.debug_sync = options.debug_sync;
  if (options.tune) {
    const std::string path = options.tune_cache.empty() ? default_tuning_path() : options.tune_cache;
    result.tuner = std::make_shared<Tuner>(path.empty() ? nullptr : std::make_shared<TuningFile>(path, say_notice));
    if (!options.quiet) result.tuner->report = [](const std::string& line) { say("tuning: " + line); };
  }
  for (const std::string& choice : CLI::detail::split(options.implementations, ',')) {
    if (choice.empty()) continue;
    const std::size_t equals = choice.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == choice.size()) {
      throw Error(ErrorKind::invalid_argument, "--impl takes OPERATOR=NAME, such as conv1d=reference, not '{}'",
                  choice);
    }
    result.implementations[choice.substr(0, equals)] = choice.substr(equals + 1);
  }
  return result;
}

}  // namespace genocuda::apps

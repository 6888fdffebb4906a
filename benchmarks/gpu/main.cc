// SPDX-License-Identifier: Apache-2.0
// Times layers by implementation, and whole nets, on the device that this program is linked with. A JSON object a line.
#include <CLI/CLI.hpp>

#include <map>

#include "benchmarks/gpu/layers.h"
#include "benchmarks/gpu/rows.h"
#include "tests/kernels/device_array.h"

namespace genocuda::bench {
namespace {

/// The table of layers, for programs in other languages.
void list_layers(bool tiny) {
  const std::map<Layer::Kind, const char*> kinds{{Layer::Kind::onehot, "onehot"},
                                                 {Layer::Kind::conv, "conv"},
                                                 {Layer::Kind::max_pool, "max_pool"},
                                                 {Layer::Kind::batch_norm, "batch_norm"},
                                                 {Layer::Kind::adam, "adam"}};
  for (const Layer& each : layers()) {
    const Layer layer = tiny ? each.shrunk() : each;
    print({{"layer", layer.name},
           {"type", kinds.at(layer.kind)},
           {"length", layer.length},
           {"in", layer.in},
           {"width", layer.width},
           {"out", layer.out},
           {"dilation", layer.dilation},
           {"same", layer.padding == Padding::same},
           {"pool", layer.pool},
           {"parameters", layer.parameters}});
  }
}

int run(int argc, char** argv) {
  CLI::App app("Times layers by implementation, and whole nets; prints a JSON object a line.");
  Options options;
  double seconds = 120;
  bool list = false;
  std::vector<std::string> parts{"ceilings", "nets", "operators"};
  app.add_option("parts", parts, "what to time: ceilings, nets, operators");
  app.add_option("--seconds", seconds, "begin nothing new after this time")->capture_default_str();
  app.add_flag("--tiny", options.tiny, "everything shrunk, for an emulator");
  app.add_flag("--list", list, "print the table of layers");
  CLI11_PARSE(app, argc, argv);
  options.end = std::chrono::steady_clock::now() + std::chrono::milliseconds(static_cast<int>(seconds * 1e3));
  if (options.tiny) {
    options.batches = {2};
    options.effort = {3, 0};
    options.cached_bytes = 0;
  }
  if (list) {
    list_layers(options.tiny);
    return 0;
  }

  Device& device = kernel_test::device();
  print({{"kind", "device"}, {"name", device.name()}, {"description", device.description()}});
  const std::map<std::string, int (*)(Device&, const Options&)> known{
      {"ceilings", time_ceilings}, {"nets", time_nets}, {"operators", time_operators}};
  int failed = 0;
  for (const std::string& part : parts) {
    const auto found = known.find(part);
    if (found == known.end()) return app.exit(CLI::ValidationError(part, "there is no such part"));
    failed += found->second(device, options);
  }
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace genocuda::bench

int main(int argc, char** argv) {
  try {
    return genocuda::bench::run(argc, argv);
  } catch (const std::exception& error) {
    genocuda::bench::print({{"kind", "error"}, {"error", error.what()}});
    return 1;
  }
}

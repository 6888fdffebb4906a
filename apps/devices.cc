// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "apps/command.h"
#include "genocuda/device.h"

namespace genocuda::apps {

void add_devices(CLI::App& app) {
  CLI::App* command = app.add_subcommand("devices", "Say which devices this machine and this build have");
  command->callback([] {
    std::string text;
    for (const DeviceReport& device : list_devices()) {
      text += fmt::format("{}\t{}\t{}\n", device.name, device.usable ? "usable" : "not usable", device.description);
    }
    write_text("", text);
  });
}

}  // namespace genocuda::apps

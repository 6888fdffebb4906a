// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace genocuda::apps {

/// The figures that `genocuda figure` draws, one file each. add_X_figure() declares options and what draws.
void add_activations_figure(CLI::App& parent);
void add_loss_figure(CLI::App& parent);
void add_scan_figure(CLI::App& parent);

/// -o FILE.svg, which refuses other endings; a name without one passes, as /dev/stdout.
void add_svg_file(CLI::App& command, std::string& path);

}  // namespace genocuda::apps

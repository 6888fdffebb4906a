// SPDX-License-Identifier: Apache-2.0
#include "apps/figure.h"

#include <filesystem>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "apps/command.h"

namespace genocuda::apps {

void add_figure(CLI::App& app) {
  CLI::App* command = app.add_subcommand("figure", "Draw activations, the scores of a motif, a training run (SVG)");
  add_activations_figure(*command);
  add_scan_figure(*command);
  add_loss_figure(*command);
  require_subcommand(*command);
  command->footer(
      "Examples:\n"
      "  genocuda figure activations --only sigmoid,relu -o activations.svg\n"
      "  genocuda figure scan -m motifs.meme --only GATA1 --sequences promoter.fa -o scan.svg\n"
      "  genocuda figure loss out -o loss.svg");
}

void add_svg_file(CLI::App& command, std::string& path) {
  command.add_option("-o,--out", path, "SVG file (default: standard output)")->check([](const std::string& name) {
    const std::string ending = std::filesystem::path(name).extension().string();
    if (ending.empty() || ending == ".svg") return std::string();
    return fmt::format("what is drawn is SVG: give '{}' the ending .svg", name);
  });
}

}  // namespace genocuda::apps

// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "apps/command.h"
#include "apps/output_files.h"
#include "learn/model/layers_fit.h"
#include "learn/model/model_spec.h"
#include "learn/model/summary.h"

namespace genocuda::apps {
namespace {

struct InitOptions {
  std::string model;
  std::string out;
  bool summary = false, overwrite = false;
  std::int64_t length = 0, tasks = 0;
};

void run(const InitOptions& options) {
  refuse_to_replace(options.out, options.overwrite);
  if (options.summary) {
    const ModelSpec spec = load_model(options.model);
    const ModelSize size{.length = options.length, .tasks = options.tasks};
    require_layers_fit(spec, size, options.model);
    return write_text(options.out, summarise(spec, size).text);
  }
  write_text(options.out, std::string(zoo_text(options.model)));
}

}  // namespace

void add_init(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("init", "Write the model file of a model that comes along, or show its layers");
  auto options = std::make_shared<InitOptions>();
  command
      ->add_option("--model", options->model,
                   fmt::format("{}; with --summary also a model file", fmt::join(zoo_names(), ", ")))
      ->required();
  command->add_option("-o,--out", options->out, "file to write (default: standard output)");
  command->add_flag("--overwrite", options->overwrite, "replace the file where it is there already");
  command->add_flag("--summary", options->summary,
                    "a row a layer: name, type, output shape, parameters; last their sum");
  command->add_option("--length", options->length, "bases, for --summary of a model that leaves them open")
      ->check(CLI::Range(1, 100000000));
  command->add_option("--n-tasks", options->tasks, "tasks, for --summary of a model that leaves them open")
      ->check(CLI::Range(1, 1000000));
  command->callback([options] { run(*options); });
}

}  // namespace genocuda::apps

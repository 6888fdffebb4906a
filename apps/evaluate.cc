// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <CLI/CLI.hpp>

#include "apps/command.h"
#include "apps/data_source.h"
#include "apps/run_options.h"
#include "learn/predict/predictor.h"
#include "learn/progress.h"
#include "learn/trained_model.h"

namespace genocuda::apps {
namespace {

struct EvaluateOptions {
  SourceOptions source;
  RunOptions run;
  PredictorOptions predictor;
  std::string model, out;
  std::vector<std::string> only;
};

void run(const EvaluateOptions& options) {
  PredictorOptions settings = options.predictor;
  settings.executable = executable_options(options.run);
  const TrainedModel model = read_trained_model(options.model);
  const std::unique_ptr<Device> device = open(options.run);
  Notices notices;
  const Examples examples = read_part(options.source, options.only, model.spec.input.length, notices);
  require_labels_for(model.spec, examples);
  Predictor predictor(model, *device, settings);
  require_length(predictor.length(), examples);
  announce(options.run, *device);
  print_notices(notices);
  Progress progress(standard_error_progress(options.run.quiet));
  progress.start("evaluate", examples.size());
  const MetricsReport report = predictor.evaluate(examples, [&](std::int64_t done) { progress.update(done); });
  progress.finish();
  write_text(options.out, report_text(report));
}

}  // namespace

void add_evaluate(CLI::App& app) {
  CLI::App* command = app.add_subcommand("evaluate", "Score a trained model on labelled data; the figures are JSON");
  auto options = std::make_shared<EvaluateOptions>();
  command->add_option("--model", options->model, "model.safetensors of a training run")->required();
  command->add_option("-o,--out", options->out, "file for the JSON (default: standard output)");
  command->add_option("--test", options->only, "chromosomes to score on (default: all)")->delimiter(',');
  command->add_option("--batch", options->predictor.batch, "examples at a time")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  command->add_flag("--rc-average", options->predictor.rc_average, "average the predictions for both strands");
  add_source_options(*command, options->source);
  add_run_options(*command, options->run);
  command->callback([options] { run(*options); });
}

}  // namespace genocuda::apps

// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <CLI/CLI.hpp>

#include "apps/command.h"
#include "apps/data_set.h"
#include "apps/model_options.h"
#include "apps/run_options.h"
#include "learn/progress.h"
#include "learn/trained_model.h"

namespace genocuda::apps {
namespace {

struct EvaluateOptions {
  SourceOptions source;
  RunOptions run;
  ModelOptions model;
  std::string out;
  std::vector<std::string> only;
};

void run(const EvaluateOptions& options) {
  const PredictorOptions settings = predictor_options(options.model, options.run);
  const TrainedModel model = read_trained_model(options.model.path);
  const std::unique_ptr<Device> device = open(options.run);
  Notices notices;
  const Examples examples = read_part(options.source, options.only, model.spec, notices);
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
  CLI::App* command =
      app.add_subcommand("evaluate", "Score a trained model on labelled data or signals; the figures are JSON");
  auto options = std::make_shared<EvaluateOptions>();
  add_model_options(*command, options->model);
  command->add_option("-o,--out", options->out, "file for the JSON (default: standard output)");
  command->add_option("--test", options->only, "chromosomes to score on (default: all)")->delimiter(',');
  add_source_options(*command, options->source);
  add_label_options(*command, options->source);
  add_signal_options(*command, options->source, "a signal that the model reads or was trained towards");
  add_run_options(*command, options->run);
  add_precision_option(*command, options->run);
  command->callback([options] { run(*options); });
}

}  // namespace genocuda::apps

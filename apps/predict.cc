// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "apps/command.h"
#include "apps/data_source.h"
#include "apps/model_options.h"
#include "apps/run_options.h"
#include "core/error.h"
#include "learn/files/atomic_file.h"
#include "learn/progress.h"
#include "learn/trained_model.h"

namespace genocuda::apps {
namespace {

struct PredictOptions {
  SourceOptions source;
  RunOptions run;
  ModelOptions model;
  std::string regions, out;
};

/// The first columns of a row: a place on the genome where the examples are windows of one, else a name.
struct RowNames {
  bool places = false;

  std::string header() const { return places ? "chrom\tstart\tend\tstrand" : "name"; }
  std::string row(const Examples& examples, std::int64_t i) const {
    if (!places) return examples.name(i);
    const Locus locus = examples.locus(i);
    return fmt::format("{}\t{}\t{}\t{}", examples.chromosome(i), locus.start, locus.end,
                       locus.strand == Strand::forward ? '+' : '-');
  }
};

Examples read_examples(const PredictOptions& options, std::int64_t length, Notices& notices) {
  if (options.source.genome.empty()) return read_source(options.source, length, notices);
  if (options.regions.empty()) {
    throw Error(ErrorKind::invalid_argument, "--genome needs --regions: a BED file of places to predict for");
  }
  return read_regions(options.source.genome, options.regions, length, notices);
}

void run(const PredictOptions& options) {
  PredictorOptions settings = options.model.predictor;
  settings.executable = executable_options(options.run);
  settings.on_smaller_batch = say_notice;
  const TrainedModel model = read_trained_model(options.model.path);
  const std::unique_ptr<Device> device = open(options.run);
  Notices notices;
  const Examples examples = read_examples(options, model.spec.input.length, notices);
  Predictor predictor(model, *device, settings);
  require_length(predictor.length(), examples);
  AtomicFile file(options.out.empty() ? "/dev/stdout" : options.out);
  announce(options.run, *device);
  print_notices(notices);

  Progress progress(standard_error_progress(options.run.quiet));
  progress.start("predict", examples.size());
  const RowNames names{!options.source.genome.empty()};
  file.write(fmt::format("{}\t{}\n", names.header(), fmt::join(predictor.tasks(), "\t")));
  const std::size_t tasks = predictor.tasks().size();
  predictor.predict(examples, [&](std::int64_t first, std::span<const float> rows) {
    std::string text;
    for (std::size_t row = 0; row < rows.size() / tasks; ++row) {
      text += fmt::format("{}\t{}\n", names.row(examples, first + static_cast<std::int64_t>(row)),
                          fmt::join(rows.subspan(row * tasks, tasks), "\t"));
    }
    file.write(text);
    progress.update(first + static_cast<std::int64_t>(rows.size() / tasks));
  });
  file.commit();
  progress.finish();
}

}  // namespace

void add_predict(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("predict", "Predict with a trained model; a row an example, a column a task (TSV)");
  auto options = std::make_shared<PredictOptions>();
  add_model_options(*command, options->model);
  command->add_option("--regions", options->regions,
                      "BED of places on --genome: a window of the model's length round each summit or middle");
  command->add_option("-o,--out", options->out, "file for the table (default: standard output)");
  add_source_options(*command, options->source);
  add_run_options(*command, options->run);
  add_precision_option(*command, options->run);
  command->callback([options] { run(*options); });
}

}  // namespace genocuda::apps

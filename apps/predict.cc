// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <memory>

#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "apps/command.h"
#include "apps/data_source.h"
#include "apps/model_options.h"
#include "apps/output_files.h"
#include "apps/prediction_tracks.h"
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
  std::string out;
};

constexpr std::int64_t kTilesAtATime = 1 << 16;

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

/// The names of a row's numbers: the tasks, and those of outputs of signals, numbered where they are several.
std::vector<std::string> column_names(const Predictor& predictor) {
  std::vector<std::string> names(static_cast<std::size_t>(predictor.columns()));
  for (const HeadColumns& head : predictor.heads()) {
    for (std::int64_t i = 0; i < head.count; ++i) {
      names[static_cast<std::size_t>(head.first + i)] =
          !head.signal      ? predictor.tasks()[static_cast<std::size_t>(head.first_label + i)]
          : head.count == 1 ? head.name
                            : fmt::format("{}.{}", head.name, i + 1);
    }
  }
  return names;
}

void write_table(const PredictOptions& options, const TrainedModel& model, Device& device,
                 const PredictorOptions& settings) {
  Notices notices;
  const Examples examples = read_unlabelled(options.source, model.spec, notices);
  Predictor predictor(model, device, settings);
  require_length(predictor.length(), examples);
  AtomicFile file(options.out.empty() ? "/dev/stdout" : options.out);
  announce(options.run, device);
  print_notices(notices);

  Progress progress(standard_error_progress(options.run.quiet));
  progress.start("predict", examples.size());
  const RowNames names{!options.source.genome.empty() || !model.spec.input.dna};
  file.write(fmt::format("{}\t{}\n", names.header(), fmt::join(column_names(predictor), "\t")));
  const auto columns = static_cast<std::size_t>(predictor.columns());
  predictor.predict(examples, [&](std::int64_t first, std::span<const float> rows) {
    std::string text;
    for (std::size_t row = 0; row < rows.size() / columns; ++row) {
      text += fmt::format("{}\t{}\n", names.row(examples, first + static_cast<std::int64_t>(row)),
                          fmt::join(rows.subspan(row * columns, columns), "\t"));
    }
    file.write(text);
    progress.update(first + static_cast<std::int64_t>(rows.size() / columns));
  });
  file.commit();
  progress.finish();
}

void write_tracks(const PredictOptions& options, const CLI::App& command, const TrainedModel& model, Device& device,
                  const PredictorOptions& settings) {
  if (!options.source.blacklist.empty()) {
    throw Error(ErrorKind::invalid_argument, "{}: tracks leave out no --blacklist; say with --regions where to predict",
                options.out);
  }
  Notices notices;
  const std::shared_ptr<const Genome> genome = genome_for(options.source, model.spec);
  Predictor predictor(model, device, settings);
  PredictionTracks tracks(model.spec, predictor.heads(), contig_sizes_of(*genome), options.out);
  for (const std::string& path : tracks.paths()) refuse_to_replace_inputs(command, path);
  Tiler tiler(genome, places(options.source), tracks.shape(), notices);
  const SignalSet signals = signals_for(options.source, model.spec, *genome, false, notices);
  announce(options.run, device);
  print_notices(notices);

  Progress progress(standard_error_progress(options.run.quiet));
  progress.start("predict", tiler.total_bases(), "bases");
  std::int64_t done = 0;
  for (Tiles tiles = tiler.next(kTilesAtATime); tiles.examples.size() > 0; tiles = tiler.next(kTilesAtATime)) {
    tiles.examples.signals = signals;
    predictor.predict(tiles.examples, [&](std::int64_t first, std::span<const float> rows) {
      tracks.add(tiles, first, rows);
      const auto count = rows.size() / static_cast<std::size_t>(predictor.columns());
      for (const auto& part : std::span(tiles.parts).subspan(static_cast<std::size_t>(first), count)) {
        done += part.end - part.start;
      }
      progress.update(done);
    });
  }
  tracks.write();
  progress.finish();
}

/// What is wrong with the name of the output; empty where nothing is.
std::string wrong_ending(const std::string& name) {
  const std::string ending = std::filesystem::path(name).extension().string();
  if (ending.empty() || ending == ".tsv" || ending == ".txt" || is_signal_name(name)) return {};
  return fmt::format("a table is called .tsv or .txt, and tracks .bw, .bedGraph or .bedGraph.gz, not '{}'", name);
}

void run(const PredictOptions& options, const CLI::App& command) {
  const PredictorOptions settings = predictor_options(options.model, options.run);
  const TrainedModel model = read_trained_model(options.model.path);
  const std::unique_ptr<Device> device = open(options.run);
  is_signal_name(options.out) ? write_tracks(options, command, model, *device, settings)
                              : write_table(options, model, *device, settings);
}

}  // namespace

void add_predict(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "predict", "Predict with a trained model: a table (TSV) of a row an example, or tracks along the genome");
  auto options = std::make_shared<PredictOptions>();
  add_model_options(*command, options->model);
  command
      ->add_option("-o,--out", options->out,
                   "file for the table, .tsv or .txt (default: standard output); called .bw or .bedGraph[.gz], for the "
                   "values that the model predicts along --regions or all of --genome")
      ->check(wrong_ending);
  add_source_options(*command, options->source);
  add_signal_options(*command, options->source, "a signal that the model reads");
  add_run_options(*command, options->run);
  add_precision_option(*command, options->run);
  command->callback([options, command] { run(*options, *command); });
}

}  // namespace genocuda::apps

// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <memory>

#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "apps/command.h"
#include "apps/config_file.h"
#include "apps/data_set.h"
#include "apps/figures.h"
#include "apps/interrupt.h"
#include "apps/run_options.h"
#include "apps/training_flags.h"
#include "apps/training_run.h"
#include "core/error.h"
#include "learn/files/atomic_file.h"
#include "learn/model/layers_fit.h"
#include "learn/predict/predictor.h"
#include "learn/progress.h"
#include "learn/train/trainer.h"

namespace genocuda::apps {
namespace {

struct TrainOptions {
  SourceOptions source;
  SplitOptions split;
  RunOptions run;
  TrainingFlags training;
  std::string model = "cnn";
  std::string config, out;
  bool resume = false, overwrite = false, rc_average = false;
  DataPlacement data = DataPlacement::automatic;
};

/// "134 tasks, signals atac, reads".
std::string targets_in_words(const Examples& examples) {
  const std::int64_t tasks = examples.task_count();
  std::string words;
  if (tasks > 0 || examples.signals.empty()) words = fmt::format("{} task{}", tasks, tasks == 1 ? "" : "s");
  if (examples.signals.empty()) return words;
  std::vector<std::string> names;
  for (const auto& [name, tracks] : examples.signals) names.push_back(name);
  return fmt::format("{}{}signal{} {}", words, words.empty() ? "" : ", ", names.size() == 1 ? "" : "s",
                     fmt::join(names, ", "));
}

void test(const TrainOptions& options, const TrainingResult& result, Device& device, const Examples& examples) {
  Predictor predictor(result.model, device,
                      {.rc_average = options.rc_average,
                       .executable = executable_options(options.run),
                       .data = options.data,
                       .on_notice = say_notice});
  const MetricsReport report = predictor.evaluate(examples);
  write_file_atomically(test_file(options.out), report_text(report));
  write_text("", table(report));
}

void run(TrainOptions& options, CLI::App& command) {
  const SettingTable from_file = options.config.empty() ? SettingTable{} : apply_config(command, options.config);
  if (options.out.empty()) throw Error(ErrorKind::invalid_argument, "say where the results go: -o DIR");
  ModelSpec spec = load_model(options.model);
  TrainingSettings settings;
  apply_settings(settings, spec.training, "[training] of " + options.model);
  apply_settings(settings, from_file, "[training] of " + options.config);
  apply_settings(settings, options.training.given(), "the command line");
  CLI::Option* seed = command.get_option("--seed");  // one for data and training: a [training] may say it, too
  if (seed->count() == 0) {
    seed->add_result(fmt::format("{}", settings.seed));
    seed->run_callback();
  }
  settings.seed = options.source.seed;
  options.run.precision = settings.precision;
  check_settings(settings);
  spec.training = to_table(settings);

  refuse_to_overwrite(options.out, options.resume, options.overwrite);
  const std::unique_ptr<Device> device = open(options.run);
  Progress progress(standard_error_progress(options.run.quiet));
  const TrainerOptions how = trainer_options(options.out, options.resume, options.run, options.data, progress);
  Notices notices;
  const DataSet data = read_data_set(options.source, options.split, spec, notices);
  for (const Examples* part : {&data.train, &data.valid, &data.test}) require_labels_for(spec, *part);
  require_labels_that_vary(options.source, data.train, notices);
  if (settings.class_weights.kind != ClassWeights::Kind::none && !learns_labels(spec)) {
    notices.say(kIdleOptions, "--class-weights (for labels)");
  }
  require_layers_fit(spec, {data.train.length, data.train.task_count()}, options.model);
  const RunFolder folder(options.out, options.resume);
  auto trainer = std::make_unique<Trainer>(spec, settings, *device, data.train,
                                           data.valid.size() > 0 ? &data.valid : nullptr, how);

  announce(options.run, *device);
  print_notices(notices);
  say(fmt::format("data: {} examples of {} bases to train on, {} for validation, {} for the test; {}",
                  data.train.size(), data.train.length, data.valid.size(), data.test.size(),
                  targets_in_words(data.train)));
  if (!options.run.quiet && !device->memory_is_host()) say(fmt::format("data: {}", trainer->data_place()));
  write_file_atomically(options.out + "/config.toml",
                        resolved_config(command, spec.training, input_files(options.source, options.split)));
  std::filesystem::remove(test_file(options.out));  // of another model than the one that now trains
  stop_softly_on_signals();
  const TrainingResult result = trainer->run();
  trainer.reset();  // the test may need its memory
  say_how_it_ended(result, "train", options.out);
  if (data.test.size() > 0) test(options, result, *device, data.test);
}

}  // namespace

void add_train(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("train", "Train a network; -o DIR receives the model, its figures and checkpoints");
  auto options = std::make_shared<TrainOptions>();
  command
      ->add_option("--model", options->model,
                   "a model that comes along (genocuda init --help lists them) or a model file")
      ->capture_default_str();
  command->add_option("-o,--out", options->out, "folder for model.safetensors, metrics.jsonl, test.json, config.toml");
  command->add_option("--config", options->config,
                      "TOML with any of these options, as an earlier run's config.toml; flags win");
  command->add_flag("--resume", options->resume, "go on where DIR/checkpoint.safetensors stands");
  command->add_flag("--overwrite", options->overwrite, "begin anew although DIR holds a run");
  command->add_flag("--rc-average", options->rc_average, "average both strands in the test figures");
  add_data_on_option(*command, options->data);
  add_source_options(*command, options->source);
  add_label_options(*command, options->source);
  add_signal_options(*command, options->source, "a signal that the model reads or is trained towards");
  add_split_options(*command, options->split);
  options->training.add(*command);
  add_run_options(*command, options->run);
  command->callback([options, command] { run(*options, *command); });
}

}  // namespace genocuda::apps

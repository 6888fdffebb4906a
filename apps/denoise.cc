// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <span>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "apps/config_file.h"
#include "apps/denoise_data.h"
#include "apps/interrupt.h"
#include "apps/run_options.h"
#include "apps/training_flags.h"
#include "apps/training_run.h"
#include "core/error.h"
#include "learn/denoise/fit_model.h"
#include "learn/denoise/measures.h"
#include "learn/denoise/predict_bins.h"
#include "learn/denoise/windows.h"
#include "learn/files/atomic_file.h"
#include "learn/train/run_files.h"
#include "learn/train/trainer.h"

namespace genocuda::apps {
namespace {

struct DenoiseOptions {
  DenoiseDataOptions data;
  RunOptions run;
  TrainingFlags training;
  std::vector<std::string> models{"coda", "coda-peaks", "coda-linear"};
  std::int64_t bin = 0, outputs = 100;
  WindowDraw draw{.count = 5000};
  std::string config, out;
  bool resume = false, overwrite = false;
};

/// A model to train, with the signals as it calls them.
struct Candidate {
  ModelSpec spec;
  TrainingSettings settings;
  DenoiseSignals signals;
};

DenoiseForm form_of(const DenoiseSignals& signals) {
  return {signals.shallow.bin, signals.shallow.transform, signals.transform};
}

std::vector<Candidate> load_candidates(const DenoiseOptions& options, const SettingTable& from_file) {
  std::vector<Candidate> candidates;
  std::set<std::string> names;
  for (const std::string& model : options.models) {
    Candidate each{.spec = load_model(model), .settings = {}, .signals = {}};
    each.signals = denoise_signals(each.spec);
    if (options.bin > 0) {
      each.spec = with_bin(std::move(each.spec), options.bin);
      each.signals = denoise_signals(each.spec);
    }
    if (!names.insert(each.spec.name).second) {
      throw Error(ErrorKind::invalid_argument, "two models are called '{}': give one of them another name in its file",
                  each.spec.name);
    }
    apply_settings(each.settings, each.spec.training, "[training] of " + model);
    apply_settings(each.settings, from_file, "[training] of " + options.config);
    apply_settings(each.settings, options.training.given(), "the command line");
    each.settings.seed = options.draw.seed;
    check_settings(each.settings);
    each.spec.training = to_table(each.settings);
    candidates.push_back(std::move(each));
  }
  return candidates;
}

/// The form that all models agree on. Those of peaks alone leave the transform of the deep signal to the others, or
/// take that of the shallow one.
DenoiseForm common_form(const std::vector<Candidate>& candidates) {
  DenoiseForm form = form_of(candidates.front().signals);
  form.deep = form.shallow;
  for (const Candidate& each : candidates) {
    if (!each.signals.deep.empty()) form.deep = each.signals.transform;
  }
  for (const Candidate& each : candidates) {
    DenoiseForm own = form_of(each.signals);
    if (each.signals.deep.empty()) own.deep = form.deep;
    if (own == form) continue;
    throw Error(ErrorKind::invalid_argument,
                "models '{}' and '{}' want other bins or transforms: train them in runs of their own",
                candidates.front().spec.name, each.spec.name);
  }
  return form;
}

SignalSet signals_for(const DenoiseSignals& names, const DenoiseData& data) {
  SignalSet signals{{names.shallow.name, data.low}};
  if (!names.deep.empty()) signals.emplace(names.deep, data.high);
  if (!names.peaks.empty()) signals.emplace(names.peaks, data.peaks);
  return signals;
}

/// The shallow track as it is, but for a factor that gives it as much signal as the deep one has where nets learn.
/// What the deep one's transform does not take counts as no signal.
DenoiseMeasures measure_raw(const DenoiseData& data, std::span<const float> observed, std::span<const float> peaks) {
  const auto signal = [](const Tracks& tracks, const BinList& bins) {
    std::vector<float> values = bins.values(tracks, 0);
    for (float& value : values) value = undo(tracks.transform(), value);
    return values;
  };
  double shallow = 0, deep = 0;
  for (const float value : signal(*data.low, data.train)) shallow += value;
  for (const float value : signal(*data.high, data.train)) deep += value;
  const double factor = shallow > 0 ? deep / shallow : 1;
  std::vector<float> raw = signal(*data.low, data.test);
  for (float& value : raw) {
    value = static_cast<float>(value * factor);
    value = takes(data.high->transform(), value) ? apply(data.high->transform(), value) : 0;
  }
  return measure_signal("raw", raw, observed, peaks);
}

/// A model of the data's size, and its windows.
struct Task {
  ModelSpec spec;
  TrainingSettings settings;
  DenoiseSignals signals;
  std::string folder;
  WindowShape shape;
  Examples train, valid;
};

Task make_task(const DenoiseOptions& options, const Candidate& candidate, const DenoiseData& data) {
  Task task{.spec = fit_model(candidate.spec, channel_numbers(data.train, *data.low), options.outputs),
            .settings = candidate.settings,
            .signals = candidate.signals,
            .folder = fmt::format("{}/{}", options.out, candidate.spec.name),
            .shape = {},
            .train = {},
            .valid = {}};
  task.shape = {task.spec.input.length, options.outputs};
  for (Examples* part : {&task.train, &task.valid}) {
    part->genome = data.genome;
    part->signals = signals_for(candidate.signals, data);
    part->length = task.shape.length;
  }
  task.train.windows = draw_windows(data.train, task.shape, data.peak_list, options.draw);
  task.valid.windows = tile_inside(data.valid, task.shape);
  if (task.valid.size() == 0 && data.valid.size() > 0) {
    throw Error(ErrorKind::invalid_argument,
                "no region of --valid is as long as the {} bins of {} bases that are predicted at once: give longer "
                "regions or fewer --outputs",
                task.shape.outputs, data.valid.bin());
  }
  return task;
}

RunOptions with_precision(RunOptions run, const Task& task) {
  run.precision = task.settings.precision;
  return run;
}

/// The first of the tasks; the others are yet to come.
TrainedModel train_first(const DenoiseOptions& options, std::span<const Task> tasks, const std::string& config,
                         Device& device, Progress& progress) {
  const Task& task = tasks.front();
  say(fmt::format("{}: {} windows to train on and {} for validation, of {} bases of which {} are predicted",
                  task.spec.name, task.train.size(), task.valid.size(), task.shape.length,
                  task.shape.outputs * task.signals.shallow.bin));
  const RunFolder folder(task.folder, options.resume);
  Trainer trainer(task.spec, task.settings, device, task.train, task.valid.size() > 0 ? &task.valid : nullptr,
                  trainer_options(task.folder, options.resume, with_precision(options.run, task),
                                  DataPlacement::automatic, progress));
  if (!options.resume) {  // an older run's models must not pass for those of this one, to go on from
    for (const Task& later : tasks.subspan(1)) RunFiles(later.folder).clear();
  }
  std::filesystem::remove(test_file(options.out));
  write_file_atomically(options.out + "/config.toml", config);  // not before a run to resume has agreed to it
  stop_softly_on_signals();
  const TrainingResult result = trainer.run();
  say_how_it_ended(result, "denoise", options.out);
  return result.model;
}

/// Adds a row for each output.
void measure(const DenoiseOptions& options, const Task& task, const TrainedModel& model, const DenoiseData& data,
             Device& device, Progress& progress, DenoiseReport& report) {
  Predictor predictor(model, device,
                      {.batch = task.settings.batch,
                       .executable = executable_options(with_precision(options.run, task)),
                       .data = DataPlacement::automatic,
                       .on_notice = say_notice});
  progress.start(fmt::format("test of {}", task.spec.name), data.test.size(), "bins");
  Examples signals = task.train;
  signals.windows.clear();
  const auto values =
      predict_bins(predictor, signals, data.test, task.shape, [&](std::int64_t bins) { progress.update(bins); });
  progress.finish();
  const std::vector<float> observed = data.test.values(*data.high, 0), peaks = data.test.values(*data.peaks, 0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const OutputSpec& output = task.spec.outputs[i];
    std::string name = values.size() > 1 ? fmt::format("{}/{}", task.spec.name, output.name) : task.spec.name;
    report.methods.push_back(output.target.signal == task.signals.deep
                                 ? measure_signal(std::move(name), values[i], observed, peaks)
                                 : measure_calls(std::move(name), values[i], peaks));
  }
}

void run(DenoiseOptions& options, CLI::App& command) {
  const SettingTable from_file = options.config.empty() ? SettingTable{} : apply_config(command, options.config);
  if (options.out.empty()) throw Error(ErrorKind::invalid_argument, "say where the results go: -o DIR");
  require_both_depths(command, options.data);
  options.data.reads.coverage.seed = options.draw.seed;
  const std::vector<Candidate> candidates = load_candidates(options, from_file);
  const DenoiseForm form = common_form(candidates);
  for (const Candidate& each : candidates) {
    refuse_to_overwrite(fmt::format("{}/{}", options.out, each.spec.name), options.resume, options.overwrite);
  }
  const std::unique_ptr<Device> device = open(options.run);
  Notices notices;
  const RunFolder folder(options.out);
  Progress progress(standard_error_progress(options.run.quiet));
  const DenoiseData data = read_denoise_data(options.data, form, options.out, progress, notices);
  std::vector<Task> tasks;
  for (const Candidate& each : candidates) tasks.push_back(make_task(options, each, data));
  announce(options.run, *device);
  print_notices(notices);
  say(fmt::format("data: {} bins of {} bases to train on, {} for validation, {} for the test; {} channels, {} peaks",
                  data.train.size(), form.bin, data.valid.size(), data.test.size(), data.low->channels(),
                  data.peak_list.size()));
  SettingTable training = options.training.given();
  training.merge(SettingTable(from_file));  // what was given stays
  const std::string config = resolved_config(command, training, input_files(options.data));

  DenoiseReport report;
  report.bins = data.test.size();
  if (report.bins > 0) {
    const std::vector<float> peaks = data.test.values(*data.peaks, 0);
    report.peak_bins = std::ranges::count_if(peaks, [](float value) { return value >= .5f; });
    report.methods.push_back(measure_raw(data, data.test.values(*data.high, 0), peaks));
  }
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const TrainedModel model = train_first(options, std::span(tasks).subspan(i), config, *device, progress);
    if (report.bins > 0) measure(options, tasks[i], model, data, *device, progress, report);
  }
  if (report.bins == 0) return;
  write_file_atomically(test_file(options.out), report_json(report).dump(2) + "\n");
  write_text("", fmt::format("{} bins of {} bases, {} of them in peaks\n{}", report.bins, form.bin, report.peak_bins,
                             table(report)));
}

constexpr const char* kExamples =
    R"(Trains each model into DIR/NAME/model.safetensors, and measures it on --test beside the low-depth signal itself
(raw, scaled to the total of the deep one): mean squared error and Pearson's correlation of the transformed signal over
all bins and over those of peaks, and the AUPRC of peak bins by each method's value. DIR/test.json has the same table.

Examples:
  genocuda denoise --reads chip.bam --extend 200 --subsample 0.1 --valid chr8 --test chr9,chr10 -o out
  genocuda coverage chip.bam --extend 200 --bin 25 -o high.bw
  genocuda coverage chip.bam --extend 200 --bin 25 --subsample 0.1 --seed 1 -o low.bw
  genocuda denoise --low low.bw,control.bw --high high.bw --valid chr8 --test chr9,chr10 -o out
  genocuda predict --model out/coda/model.safetensors -s low.bw,control.bw -o denoised.bw)";

}  // namespace

void add_denoise(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "denoise", "Train networks that give a signal at low depth what it would be at full depth, and measure them");
  auto options = std::make_shared<DenoiseOptions>();
  command
      ->add_option("--model", options->models,
                   "models that come along, or model files: of one track, trained towards a signal or its peaks")
      ->delimiter(',')
      ->capture_default_str();
  command->add_option("-o,--out", options->out, "folder for a folder a model, test.json and config.toml");
  command->add_option("--config", options->config,
                      "TOML with any of these options, as an earlier run's config.toml; flags win");
  command->add_flag("--resume", options->resume, "go on where DIR/NAME/checkpoint.safetensors stands");
  command->add_flag("--overwrite", options->overwrite, "begin anew although DIR holds a run");
  add_denoise_data_options(*command, options->data);
  const auto add = [&](const std::string& name, auto& value, const std::string& help) {
    return command->add_option(name, value, help)->group("Windows");
  };
  add("--bin", options->bin, "bases of a bin (default: those of the model)")->check(CLI::Range(1, 100000));
  add("--outputs", options->outputs, "bins that a window predicts at once, by sliding the net along it")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  add("--windows", options->draw.count, "windows to train on in an epoch, drawn once")
      ->check(CLI::Range(1, 1000000000))
      ->capture_default_str();
  add("--peak-share", options->draw.peak_share, "share of them that have a peak in their middle")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  add("--seed", options->draw.seed, "of everything random")->capture_default_str();
  options->training.add(*command);
  add_run_options(*command, options->run);
  command->footer(kExamples);
  command->callback([options, command] { run(*options, *command); });
}

}  // namespace genocuda::apps

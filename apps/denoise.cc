// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <set>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "apps/config_file.h"
#include "apps/denoise_data.h"
#include "apps/run_options.h"
#include "apps/training_flags.h"
#include "apps/training_run.h"
#include "core/error.h"
#include "learn/denoise/fit_model.h"
#include "learn/denoise/measures.h"
#include "learn/denoise/predict_bins.h"
#include "learn/denoise/windows.h"
#include "learn/files/atomic_file.h"
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

/// The form that all models agree on: one of those that predict the signal, as a model of peaks has none for it.
DenoiseForm common_form(const std::vector<Candidate>& candidates) {
  DenoiseForm form = form_of(candidates.front().signals);
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
  for (float& value : raw) value = apply(data.high->transform(), static_cast<float>(value * factor));
  return measure_signal("raw", raw, observed, peaks);
}

class Run {
 public:
  Run(const DenoiseOptions& options, const DenoiseData& data, Device& device)
      : options_(options), data_(data), device_(device), progress_(standard_error_progress(options.run.quiet)) {}

  /// Trains one model and measures it where there is a test.
  void add(const Candidate& candidate, DenoiseReport& report) {
    const ModelSpec spec = fit_model(candidate.spec, channel_numbers(data_.train, *data_.low), options_.outputs);
    const WindowShape shape{spec.input.length, options_.outputs};
    Examples signals;
    signals.genome = data_.genome;
    signals.signals = signals_for(candidate.signals, data_);
    signals.length = shape.length;
    const TrainedModel model = train(candidate, spec, shape, signals);
    if (data_.test.size() == 0) return;

    RunOptions run = options_.run;
    run.precision = candidate.settings.precision;
    Predictor predictor(
        model, device_,
        {.batch = candidate.settings.batch, .executable = executable_options(run), .on_smaller_batch = say_notice});
    progress_.start(fmt::format("test of {}", spec.name), data_.test.size(), "bins");
    const auto values =
        predict_bins(predictor, signals, data_.test, shape, [&](std::int64_t bins) { progress_.update(bins); });
    progress_.finish();
    const std::vector<float> peaks = data_.test.values(*data_.peaks, 0);
    for (std::size_t head = 0; head < values.size(); ++head) {
      const OutputSpec& output = spec.outputs[head];
      std::string name = values.size() > 1 ? fmt::format("{}/{}", spec.name, output.name) : spec.name;
      report.methods.push_back(
          output.target.signal == candidate.signals.deep
              ? measure_signal(std::move(name), values[head], data_.test.values(*data_.high, 0), peaks)
              : measure_calls(std::move(name), values[head], peaks));
    }
  }

 private:
  TrainedModel train(const Candidate& candidate, const ModelSpec& spec, const WindowShape& shape,
                     const Examples& signals) {
    Examples train = signals, valid = signals;
    train.windows = draw_windows(data_.train, shape, data_.peak_list, options_.draw);
    valid.windows = tile_inside(data_.valid, shape);
    if (valid.size() == 0 && data_.valid.size() > 0) {
      throw Error(ErrorKind::invalid_argument,
                  "no region of --valid is as long as the {} bins of {} bases that are predicted at once",
                  shape.outputs, data_.valid.bin());
    }
    RunOptions run = options_.run;
    run.precision = candidate.settings.precision;
    const std::string folder = folder_of(options_, spec);
    make_directory(folder);
    Trainer trainer(spec, candidate.settings, device_, train, valid.size() > 0 ? &valid : nullptr,
                    trainer_options(folder, options_.resume, run, DataPlacement::automatic, progress_));
    say(fmt::format("{}: {} windows to train on and {} for validation, each of {} bins of which {} are predicted",
                    spec.name, train.size(), valid.size(), shape.length / data_.train.bin(), shape.outputs));
    stop_softly_on_signals();
    const TrainingResult result = trainer.run();
    say_how_it_ended(
        result, fmt::format("genocuda denoise --config {}/config.toml -o {} --resume", options_.out, options_.out));
    return result.model;
  }

 public:
  static std::string folder_of(const DenoiseOptions& options, const ModelSpec& spec) {
    return options.out + "/" + spec.name;
  }

 private:
  const DenoiseOptions& options_;
  const DenoiseData& data_;
  Device& device_;
  Progress progress_;
};

void require_given(const std::string& value, const char* message) {
  if (value.empty()) throw Error(ErrorKind::invalid_argument, "{}", message);
}

void run(DenoiseOptions& options, CLI::App& command) {
  const SettingTable from_file = options.config.empty() ? SettingTable{} : apply_config(command, options.config);
  require_given(options.out, "say where the results go: -o DIR");
  require_given(options.data.low.empty() ? "" : options.data.low.front(), "give the signal at low depth: --low FILE");
  require_given(options.data.high, "give the signal at full depth: --high FILE");
  const std::vector<Candidate> candidates = load_candidates(options, from_file);
  const DenoiseForm form = common_form(candidates);
  for (const Candidate& each : candidates) {
    refuse_to_overwrite(Run::folder_of(options, each.spec), options.resume, options.overwrite);
  }
  const std::unique_ptr<Device> device = open(options.run);
  Notices notices;
  const DenoiseData data = read_denoise_data(options.data, form, notices);
  announce(options.run, *device);
  print_notices(notices);
  say(fmt::format("data: {} bins of {} bases to train on, {} for validation, {} for the test; {} channels, {} peaks",
                  data.train.size(), form.bin, data.valid.size(), data.test.size(), data.low->channels(),
                  data.peak_list.size()));
  make_directory(options.out);
  write_file_atomically(options.out + "/config.toml",
                        resolved_config(command, options.training.given(), input_files(options.data)));

  DenoiseReport report;
  report.bins = data.test.size();
  if (report.bins > 0) {
    const std::vector<float> peaks = data.test.values(*data.peaks, 0);
    report.peak_bins = std::ranges::count_if(peaks, [](float value) { return value >= .5f; });
    report.methods.push_back(measure_raw(data, data.test.values(*data.high, 0), peaks));
  }
  Run training(options, data, *device);
  for (const Candidate& each : candidates) training.add(each, report);
  if (report.bins == 0) return;
  write_file_atomically(options.out + "/test.json", report_json(report).dump(2) + "\n");
  write_text("", fmt::format("{} bins of {} bases, {} of them in peaks\n{}", report.bins, form.bin, report.peak_bins,
                             table(report)));
}

constexpr const char* kExamples =
    R"(Trains each model into DIR/NAME/model.safetensors, and measures it on --test beside the low-depth signal itself
(raw, scaled to the total of the deep one): mean squared error and Pearson's correlation of the transformed signal over
all bins and over those of peaks, and the AUPRC of peak bins by each method's value. DIR/test.json has the same table.

Examples:
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

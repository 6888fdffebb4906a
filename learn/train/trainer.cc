// SPDX-License-Identifier: Apache-2.0
#include "learn/train/trainer.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "learn/data/signals.h"
#include "learn/files/atomic_file.h"
#include "learn/files/json_lines.h"
#include "learn/predict/predictor.h"
#include "learn/train/checkpoint.h"
#include "learn/train/fingerprint.h"
#include "learn/train/prefetch.h"
#include "learn/train/sampler.h"
#include "learn/train/schedule.h"
#include "learn/train/training_step.h"

namespace genocuda {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

void check_data(const ModelSpec& spec, const Examples& train, const Examples* valid) {
  const auto fail = [](const std::string& message) { throw Error(ErrorKind::invalid_argument, "{}", message); };
  if (train.size() == 0) fail("there are no training examples");
  const bool takes_labels =
      std::ranges::any_of(spec.outputs, [](const OutputSpec& output) { return output.target.signal.empty(); });
  if (takes_labels && train.task_count() == 0) fail("the training examples have no labels: name at least one task");
  if (!takes_labels && train.task_count() > 0) {
    fail(fmt::format("model '{}' is trained towards signals alone, and the data have labels: leave them out",
                     spec.name));
  }
  require_signals(spec, train, true);
  require_something_to_learn(spec, train);
  if (valid == nullptr) return;
  if (valid->size() == 0) fail("the validation set has no examples: name other chromosomes or leave it out");
  if (valid->length != train.length) {
    fail(fmt::format("validation examples have {} bases and training examples {}: give windows of one length",
                     valid->length, train.length));
  }
  require_signals(spec, *valid, true);
  if (valid->tasks != train.tasks) fail("the validation examples have other tasks than the training examples");
}

/// Whether some task has both classes.
bool can_rank(const Examples& examples, std::span<const TaskInfo> tasks) {
  for (std::int64_t task = 0; task < examples.task_count(); ++task) {
    if (tasks[static_cast<std::size_t>(task)].kind != TaskKind::binary) continue;
    bool positive = false, negative = false;
    for (std::int64_t i = 0; i < examples.size() && !(positive && negative); ++i) {
      const float label = examples.labels.get(i, task);
      positive |= label > 0.5f;
      negative |= label <= 0.5f;
    }
    if (positive && negative) return true;
  }
  return false;
}

/// The same of what is trained towards a signal, such as peaks.
bool can_rank(const Examples& examples, std::span<const HeadColumns> heads) {
  for (const HeadColumns& head : heads) {
    if (!head.signal || head.loss != LossKind::bce_with_logits) continue;
    std::vector<float> values(static_cast<std::size_t>(head.signal->positions * head.signal->channels));
    bool positive = false, negative = false;
    for (std::int64_t i = 0; i < examples.size() && !(positive && negative); ++i) {
      const Window& window = examples.windows[static_cast<std::size_t>(i)];
      pack_signal(examples, head.signal->name, {&window, 1}, head.signal->bases, values.data());
      for (const float value : values) (value >= 0.5f ? positive : negative) = true;
    }
    if (positive && negative) return true;
  }
  return false;
}

void initialise_variables(VariableStore& variables, const ModelSpec& spec, const ModelSize& size, std::uint64_t seed) {
  Graph graph;
  const ModelInputs inputs = make_inputs(graph, spec, size, 1);
  initialise(variables, build_model(graph, spec, size, inputs, {}), seed);
}

}  // namespace

std::string metrics_line(const EpochReport& report) {
  using Json = nlohmann::ordered_json;
  const auto number = [](std::optional<double> value) { return value ? Json(*value) : Json(); };
  Json line{{"epoch", report.epoch}, {"train_loss", report.train_loss}};
  const Json valid = report.valid ? report_json(*report.valid) : Json();
  line["valid_loss"] = report.valid ? number(report.valid->loss) : Json();
  line["mean"] = report.valid ? valid["mean"] : Json();
  line["tasks"] = report.valid ? valid["tasks"] : Json();
  line["learning_rate"] = report.learning_rate;
  line["gradient_norm"] = report.gradient_norm;
  line["best"] = report.best;
  line["examples_per_second"] = report.examples_per_second;
  return line.dump();
}

class Trainer::State {
 public:
  State(const ModelSpec& spec, const TrainingSettings& settings, Device& device, const Examples& train,
        const Examples* valid, TrainerOptions options)
      : settings_(settings),
        train_(train),
        valid_(valid),
        options_(with_precision(std::move(options), settings)),
        spec_(complete_spec(spec, settings, train, valid)),
        size_{spec_.input.length, spec_.tasks},
        variables_(device),
        sampler_(train, settings, head_columns(spec_, size_)) {
    place_data();
    for (const auto& [name, type] : model_tensors(spec_, size_)) model_names_.push_back(name);
    train_data_ = fingerprint(train);
    if (valid_ != nullptr) {
      valid_data_ = fingerprint(*valid_);
      place_valid_windows();
      evaluator_.emplace(spec_, train.tasks, variables_,
                         PredictorOptions{.batch = sampler_.batch(),
                                          .executable = options_.executable,
                                          .resident = valid_windows_,
                                          .on_smaller_batch = options_.on_notice});
      figure_ = chosen_figure();
    }
    initialise_variables(variables_, spec_, size_, settings.seed);
    begin();
  }

  TrainingResult run() {
    bool interrupted = false;
    while (!interrupted && state_.epoch < settings_.epochs && !stopped_early()) {
      interrupted = !run_steps();
      if (!interrupted) finish_epoch();
    }
    if (interrupted) write_checkpoint_now();
    return {.model = best_model(),
            .epochs = state_.epoch,
            .best_epoch = valid_ != nullptr ? state_.watch.best_epoch : state_.epoch,
            .figure = figure_,
            .best = state_.watch.best,
            .stopped_early = stopped_early(),
            .interrupted = interrupted};
  }

  std::int64_t resumed_epochs() const { return resumed_epochs_; }
  const std::string& figure() const { return figure_; }
  std::int64_t steps_per_epoch() const { return sampler_.steps_per_epoch(); }
  const std::string& data_place() const { return data_place_; }

 private:
  /// Makes the step, with the data beside it on the device where that is wanted and there is room.
  void place_data() {
    const auto make_step = [&] {
      step_.emplace(spec_, size_, sampler_.batches(), settings_, variables_, options_.executable,
                    resident_ ? &*resident_ : nullptr);
    };
    Device& device = variables_.device();
    const bool tries = options_.data == DataPlacement::device ||
                       (options_.data == DataPlacement::automatic && !device.memory_is_host());
    data_place_ = "on the host";
    if (!tries) return make_step();
    try {
      resident_.emplace(device, spec_, train_, sampler_.heads(), sampler_.weights());
      make_step();
      data_place_ = fmt::format("{:.1f} MB on {}", static_cast<double>(resident_->bytes()) / 1e6, device.name());
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::out_of_memory) throw;
      if (options_.data == DataPlacement::device) {
        throw Error(ErrorKind::out_of_memory,
                    "the data do not fit on {} beside the network ({}): leave them on the host", device.name(),
                    error.what());
      }
      resident_.reset();
      data_place_ = fmt::format("on the host: they do not fit on {} beside the network", device.name());
      make_step();
    }
  }

  /// What the validation windows see beside the training data, where it is something else and there is room.
  void place_valid_windows() {
    if (!resident_) return;
    valid_windows_ = &resident_->windows();
    if (valid_windows_->are_of(*valid_)) return;
    try {
      valid_windows_ = &own_valid_windows_.emplace(variables_.device(), spec_, *valid_, false);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::out_of_memory) throw;
      valid_windows_ = nullptr;
    }
  }

  static TrainerOptions with_precision(TrainerOptions options, const TrainingSettings& settings) {
    options.executable.precision = settings.precision;
    return options;
  }

  static ModelSpec complete_spec(const ModelSpec& spec, const TrainingSettings& settings, const Examples& train,
                                 const Examples* valid) {
    check_settings(settings);
    check_data(spec, train, valid);
    if (valid == nullptr && settings.schedule.kind == ScheduleKind::plateau) {
      throw Error(ErrorKind::invalid_argument, "the schedule plateau needs validation data");
    }
    ModelSpec complete = with_size(spec, resolve_size(spec, {train.length, train.task_count()}));
    complete.training = to_table(settings);
    return complete;
  }

  std::string chosen_figure() const {
    const bool ranks = can_rank(*valid_, evaluator_->task_infos()) || can_rank(*valid_, evaluator_->heads());
    if (settings_.stop_on == "auto") return ranks ? "auroc" : "loss";
    const bool of_classes = settings_.stop_on == "auroc" || settings_.stop_on == "auprc";
    if (of_classes && !ranks) {
      throw Error(ErrorKind::invalid_argument,
                  "stop_on = '{}' needs validation examples of both classes, and no task has them: take 'loss'",
                  settings_.stop_on);
    }
    return settings_.stop_on;
  }

  std::string path(std::string_view name) const { return (std::filesystem::path(options_.directory) / name).string(); }
  bool writes_files() const { return !options_.directory.empty(); }
  std::string checkpoint_path() const { return path("checkpoint.safetensors"); }
  std::string metrics_path() const { return path("metrics.jsonl"); }
  std::string model_path() const { return path("model.safetensors"); }

  /// Goes on from the checkpoint, or makes the folder that of a new run.
  void begin() {
    last_checkpoint_ = Clock::now();
    if (!writes_files()) return;
    if (options_.resume && std::filesystem::exists(checkpoint_path())) {
      Checkpoint found = read_checkpoint(checkpoint_path());
      require_same_run(found, describe(), checkpoint_path());
      resume(std::move(found));
      keep_json_lines(metrics_path(), "epoch", state_.epoch);
      if (!best_.empty())
        write_trained_model(model_path(), best_model());  // it says the settings of the run that goes on
      return;
    }
    // From here on the folder holds this run alone: what an older one left must not pass for its result.
    write_checkpoint_now();
    write_file_atomically(metrics_path(), "");
    std::filesystem::remove(model_path());
  }

  void resume(Checkpoint found) {
    for (const std::string& name : lasting_variables()) {
      const auto tensor = found.variables.find(name);
      if (tensor == found.variables.end() || tensor->second.type != variables_.view(name).type) {
        throw Error(ErrorKind::input_file, "'{}': the variable '{}' ({}) is missing or of another shape",
                    checkpoint_path(), name, variables_.view(name).type.to_string());
      }
    }
    load(variables_, found.variables);
    best_ = std::move(found.best);
    state_ = std::move(found.state);
    resumed_epochs_ = state_.epoch;
  }

  std::vector<std::string> lasting_variables() const {
    std::vector<std::string> names = variables_.names();
    std::erase_if(names, TrainingStep::is_passing);
    return names;
  }

  /// The run as a checkpoint has it, but for its variables.
  Checkpoint describe() const {
    return {.spec = spec_,
            .tasks = train_.tasks,
            .settings = settings_,
            .train_data = train_data_,
            .valid_data = valid_data_,
            .state = state_,
            .variables = {},
            .best = {}};
  }

  void write_checkpoint_now() {
    last_checkpoint_ = Clock::now();
    if (!writes_files()) return;
    Checkpoint checkpoint = describe();
    checkpoint.variables = save(variables_, lasting_variables());
    checkpoint.best = best_;
    write_checkpoint(checkpoint_path(), checkpoint);
  }

  bool stopped_early() const { return valid_ != nullptr && state_.watch.should_stop(settings_); }

  double learning_rate(std::int64_t step) const {
    return learning_rate_at(settings_, state_.epoch, step, steps_per_epoch(), state_.watch.reductions);
  }

  /// The steps of the epoch that are not yet done; false where the caller interrupted them.
  bool run_steps() {
    const std::int64_t epoch = state_.epoch, first = state_.step;
    const std::vector<std::int64_t> order = sampler_.order(epoch);
    Prefetch batches(first, steps_per_epoch(), [&](std::int64_t step, Batch& batch) {
      sampler_.fill(order, epoch, step, step_->inputs(), batch);
    });
    const Clock::time_point start = Clock::now();
    for (std::int64_t step = first; step < steps_per_epoch(); ++step) {
      step_->start(batches.next(), number_of(step), learning_rate(step));
      const bool stop = options_.interrupted && options_.interrupted();
      // At the end of the epoch another one comes anyway.
      const bool last = step + 1 == steps_per_epoch();
      const bool due = !last && settings_.checkpoint_minutes > 0 &&
                       seconds_since(last_checkpoint_) >= 60 * settings_.checkpoint_minutes;
      if (last || stop || due || results_are_due()) take_results(order);
      if (stop) return false;
      if (due) write_checkpoint_now();
    }
    const double seconds = seconds_since(start);
    const auto examples = static_cast<double>(sampler_.examples_per_epoch() - first * sampler_.batch());
    examples_per_second_ = seconds > 0 ? examples / seconds : 0;
    return true;
  }

  /// Counted from 1 over all epochs.
  std::int64_t number_of(std::int64_t step) const { return state_.epoch * steps_per_epoch() + step + 1; }

  /// Where the device runs on its own, nobody waits for it more often than people look.
  bool results_are_due() const {
    constexpr double kSeconds = 0.1;
    return variables_.device().memory_is_host() || step_->waiting() == TrainingStep::kMostWaiting ||
           seconds_since(last_results_) >= kSeconds;
  }

  void take_results(std::span<const std::int64_t> order) {
    for (const StepResult& result : step_->results()) {
      if (!result.finite()) fail(order);
      state_.losses.add(result);
      state_.gradient_norms += result.gradient_norm;
      ++state_.step;
    }
    last_results_ = Clock::now();
    if (!options_.on_step) return;
    options_.on_step({.epoch = state_.epoch + 1,
                      .epochs = settings_.epochs,
                      .step = state_.step,
                      .steps = steps_per_epoch(),
                      .batch = sampler_.batch(),
                      .loss = state_.losses.mean(step_->heads()).value_or(0)});
  }

  /// The step that follows those that are done has failed.
  [[noreturn]] void fail(std::span<const std::int64_t> order) {
    const std::int64_t number = number_of(state_.step);
    const double rate = learning_rate(state_.step);
    Batch batch;
    sampler_.fill(order, state_.epoch, state_.step, step_->inputs(), batch);
    const std::string kept = writes_files() ? fmt::format(" '{}' holds the last good state;", checkpoint_path()) : "";
    throw Error(
        ErrorKind::invalid_argument,
        "training diverged at step {} (epoch {}, batch {} of {}, learning rate {:g}): {};{} lower learning_rate or "
        "set gradient_clip",
        number, state_.epoch + 1, state_.step + 1, steps_per_epoch(), rate, step_->find_fault(batch, number, rate),
        kept);
  }

  /// Order matters: a line of metrics.jsonl that no checkpoint confirms is removed when the run is resumed, and the
  /// model is then written again with the same bytes.
  void finish_epoch() {
    const EpochReport report = evaluate_epoch();
    if (report.best) best_ = save(variables_, model_names_);
    if (writes_files()) {
      append_json_line(metrics_path(), metrics_line(report));
      if (report.best) write_trained_model(model_path(), best_model());
    }
    ++state_.epoch;
    state_.step = 0;
    state_.losses = {};
    state_.gradient_norms = 0;
    write_checkpoint_now();
    if (options_.on_epoch) options_.on_epoch(report);
  }

  EpochReport evaluate_epoch() {
    EpochReport report{.epoch = state_.epoch + 1,
                       .train_loss = state_.losses.mean(step_->heads()).value_or(0),
                       .valid = std::nullopt,
                       .learning_rate = learning_rate(steps_per_epoch() - 1),
                       .gradient_norm = state_.gradient_norms / static_cast<double>(steps_per_epoch()),
                       .best = true,
                       .examples_per_second = examples_per_second_};
    if (valid_ == nullptr) return report;
    report.valid = evaluator_->evaluate(*valid_);
    report.best =
        state_.watch.update(settings_, figure_info(figure_), genocuda::figure(*report.valid, figure_), report.epoch);
    return report;
  }

  TrainedModel best_model() const {
    return {.spec = spec_, .tasks = train_.tasks, .tensors = best_.empty() ? save(variables_, model_names_) : best_};
  }

  const TrainingSettings settings_;
  const Examples& train_;
  const Examples* const valid_;
  const TrainerOptions options_;
  const ModelSpec spec_;
  const ModelSize size_;
  VariableStore variables_;
  TrainingSampler sampler_;
  std::optional<ResidentData> resident_;
  std::optional<ResidentWindows> own_valid_windows_;
  const ResidentWindows* valid_windows_ = nullptr;  ///< null: they are sent
  std::optional<TrainingStep> step_;
  std::string data_place_;
  std::optional<Predictor> evaluator_;
  std::string figure_, train_data_, valid_data_;
  std::vector<std::string> model_names_;

  TrainingState state_;
  HostTensors best_;
  std::int64_t resumed_epochs_ = 0;
  double examples_per_second_ = 0;
  Clock::time_point last_checkpoint_, last_results_;
};

Trainer::Trainer(const ModelSpec& spec, const TrainingSettings& settings, Device& device, const Examples& train,
                 const Examples* valid, TrainerOptions options)
    : state_(std::make_unique<State>(spec, settings, device, train, valid, std::move(options))) {}
Trainer::~Trainer() = default;

std::int64_t Trainer::resumed_epochs() const { return state_->resumed_epochs(); }
const std::string& Trainer::figure() const { return state_->figure(); }
std::int64_t Trainer::steps_per_epoch() const { return state_->steps_per_epoch(); }
const std::string& Trainer::data_place() const { return state_->data_place(); }
TrainingResult Trainer::run() { return state_->run(); }

}  // namespace genocuda

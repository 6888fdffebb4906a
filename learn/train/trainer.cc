// SPDX-License-Identifier: Apache-2.0
#include "learn/train/trainer.h"

#include <chrono>
#include <utility>

#include "core/error.h"
#include "learn/train/data_checks.h"
#include "learn/train/fingerprint.h"
#include "learn/train/placed_training.h"
#include "learn/train/prefetch.h"
#include "learn/train/run_files.h"
#include "learn/train/sampler.h"
#include "learn/train/schedule.h"

namespace genocuda {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

void initialise_variables(VariableStore& variables, const ModelSpec& spec, const ModelSize& size, std::uint64_t seed) {
  Graph graph;
  const ModelInputs inputs = make_inputs(graph, spec, size, 1);
  initialise(variables, build_model(graph, spec, size, inputs, {}), seed);
}

}  // namespace

class Trainer::State {
 public:
  State(const ModelSpec& spec, const TrainingSettings& settings, Device& device, const Examples& train,
        const Examples* valid, TrainerOptions options)
      : settings_(settings),
        train_(train),
        valid_(valid),
        options_(with_precision(std::move(options), settings)),
        files_(options_.directory),
        spec_(complete_spec(spec, settings, train, valid)),
        size_{spec_.input.length, spec_.tasks},
        variables_(device),
        sampler_(train, settings, checked_heads(spec_, size_, train)),
        figure_(valid == nullptr ? "" : chosen_figure(settings.stop_on, *valid, sampler_.heads())),
        placed_(spec_, settings_, train, valid, sampler_, variables_,
                {.data = options_.data, .executable = options_.executable, .on_notice = options_.on_notice}) {
    for (const auto& [name, type] : model_tensors(spec_, size_)) model_names_.push_back(name);
    train_data_ = fingerprint(train);
    if (valid_ != nullptr) valid_data_ = fingerprint(*valid_);
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
  const std::string& data_place() const { return placed_.data_place(); }

 private:
  static TrainerOptions with_precision(TrainerOptions options, const TrainingSettings& settings) {
    options.executable.precision = settings.precision;
    return options;
  }

  static std::vector<HeadColumns> checked_heads(const ModelSpec& spec, const ModelSize& size, const Examples& train) {
    std::vector<HeadColumns> heads = head_columns(spec, size);
    require_something_to_learn(heads, train);
    return heads;
  }

  static ModelSpec complete_spec(const ModelSpec& spec, const TrainingSettings& settings, const Examples& train,
                                 const Examples* valid) {
    check_settings(settings);
    require_trainable(spec, train, valid);
    if (valid == nullptr && settings.schedule.kind == ScheduleKind::plateau) {
      throw Error(ErrorKind::invalid_argument, "the schedule plateau needs validation data");
    }
    ModelSpec complete = with_size(spec, resolve_size(spec, {train.length, train.task_count()}));
    complete.training = to_table(settings);
    return complete;
  }

  /// Goes on from the checkpoint, or makes the folder that of a new run.
  void begin() {
    last_checkpoint_ = Clock::now();
    std::optional<Checkpoint> found = options_.resume ? files_.earlier_part(describe()) : std::nullopt;
    if (!found) {
      if (files_.written()) files_.begin(checkpoint());
      return;
    }
    resume(std::move(*found));
    files_.keep_epochs(state_.epoch);
    if (!best_.empty()) files_.write(best_model());  // it says the settings of the run that goes on
  }

  void resume(Checkpoint found) {
    for (const std::string& name : lasting_variables()) {
      const auto tensor = found.variables.find(name);
      if (tensor == found.variables.end() || tensor->second.type != variables_.view(name).type) {
        throw Error(ErrorKind::input_file, "'{}': the variable '{}' ({}) is missing or of another shape",
                    files_.checkpoint_path(), name, variables_.view(name).type.to_string());
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

  Checkpoint checkpoint() const {
    Checkpoint checkpoint = describe();
    checkpoint.variables = save(variables_, lasting_variables());
    checkpoint.best = best_;
    return checkpoint;
  }

  void write_checkpoint_now() {
    last_checkpoint_ = Clock::now();
    if (files_.written()) files_.write(checkpoint());
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
      sampler_.fill(order, epoch, step, placed_.step().inputs(), batch);
    });
    const Clock::time_point start = Clock::now();
    for (std::int64_t step = first; step < steps_per_epoch(); ++step) {
      placed_.step().start(batches.next(), number_of(step), learning_rate(step));
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
    return variables_.device().memory_is_host() || placed_.step().waiting() == TrainingStep::kMostWaiting ||
           seconds_since(last_results_) >= kSeconds;
  }

  void take_results(std::span<const std::int64_t> order) {
    for (const StepResult& result : placed_.step().results()) {
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
                      .loss = state_.losses.mean(placed_.step().heads()).value_or(0)});
  }

  /// The step that follows those that are done has failed.
  [[noreturn]] void fail(std::span<const std::int64_t> order) {
    const std::int64_t number = number_of(state_.step);
    const double rate = learning_rate(state_.step);
    Batch batch;
    sampler_.fill(order, state_.epoch, state_.step, placed_.step().inputs(), batch);
    const std::string kept =
        files_.written() ? fmt::format(" '{}' holds the last good state;", files_.checkpoint_path()) : "";
    throw Error(
        ErrorKind::invalid_argument,
        "training diverged at step {} (epoch {}, batch {} of {}, learning rate {:g}): {};{} lower learning_rate or "
        "set gradient_clip",
        number, state_.epoch + 1, state_.step + 1, steps_per_epoch(), rate,
        placed_.step().find_fault(batch, number, rate), kept);
  }

  /// Order matters: a line of metrics.jsonl that no checkpoint confirms is removed when the run is resumed, and the
  /// model is then written again with the same bytes.
  void finish_epoch() {
    const EpochReport report = evaluate_epoch();
    if (report.best) best_ = save(variables_, model_names_);
    files_.append(report);
    if (report.best) files_.write(best_model());
    ++state_.epoch;
    state_.step = 0;
    state_.losses = {};
    state_.gradient_norms = 0;
    write_checkpoint_now();
    if (options_.on_epoch) options_.on_epoch(report);
  }

  EpochReport evaluate_epoch() {
    EpochReport report{.epoch = state_.epoch + 1,
                       .train_loss = state_.losses.mean(placed_.step().heads()).value_or(0),
                       .valid = std::nullopt,
                       .learning_rate = learning_rate(steps_per_epoch() - 1),
                       .gradient_norm = state_.gradient_norms / static_cast<double>(steps_per_epoch()),
                       .best = true,
                       .examples_per_second = examples_per_second_};
    if (valid_ == nullptr) return report;
    report.valid = placed_.evaluator().evaluate(*valid_);
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
  const RunFiles files_;
  const ModelSpec spec_;
  const ModelSize size_;
  VariableStore variables_;
  TrainingSampler sampler_;
  const std::string figure_;
  PlacedTraining placed_;
  std::string train_data_, valid_data_;
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

// SPDX-License-Identifier: Apache-2.0
#include "learn/predict/predictor.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include <fmt/ranges.h>

#include "core/error.h"
#include "core/mixed_precision.h"
#include "core/prepare.h"
#include "learn/data/signals.h"
#include "learn/data/window_feed.h"
#include "learn/memory_fit.h"
#include "learn/train/training_step.h"

namespace genocuda {
namespace {

std::string prediction_name(const HeadColumns& head) { return "prediction/" + head.name; }

/// The model forward: every output before its link under its own name, and behind it as "prediction/<name>".
Graph inference_graph(const ModelSpec& spec, const ModelSize& size, std::int64_t batch, const Device& device,
                      Precision precision, const WindowInputs& inputs) {
  Graph graph;
  const BuiltModel model = build_model(graph, spec, size, inputs.add_to(graph, batch), {});
  for (const Head& head : model.heads) graph.output("prediction/" + head.name, apply_link(head.loss, head.output));
  return specialise(graph, device, precision);
}

/// The losses of scores that are given: "scores/<output>", "labels/<output>" and "weights/<output>" in, "loss/<output>"
/// and "divisor/<output>" out. Apart from the model so that averaged predictions have a loss, too.
Graph loss_graph(std::span<const HeadColumns> heads, std::int64_t batch, LossDivisor divisor) {
  Graph graph;
  for (const HeadColumns& head : heads) {
    const TensorType type{DType::f32, Shape{batch, head.count}};
    const Value scores = graph.input("scores/" + head.name, type);
    const Value labels = graph.input("labels/" + head.name, type);
    const Value weights = graph.input("weights/" + head.name, {DType::f32, head.weight_shape(batch)});
    const LossResult result = loss(head.loss, scores, labels, weights, divisor);
    graph.output("loss/" + head.name, result.loss);
    graph.output("divisor/" + head.name, result.divisor);
  }
  return graph;
}

/// The score whose prediction is `prediction`: undoes the link of a loss. Probabilities of 0 and 1, which averages of
/// rounded numbers may be, count as the nearest that float tells from them.
float undo_link(LossKind loss, float prediction) {
  constexpr double kLeast = std::numeric_limits<float>::min(), kMost = 1 - std::numeric_limits<float>::epsilon() / 2;
  const double p = prediction;
  switch (loss) {
    case LossKind::bce_with_logits:
      return static_cast<float>(std::log(std::max(p, kLeast)) - std::log1p(-std::min(p, kMost)));
    case LossKind::poisson:
    case LossKind::softmax_cross_entropy:
    case LossKind::multinomial_nll:
      return static_cast<float>(std::log(std::max(p, kLeast)));
    case LossKind::mse:
      return prediction;
  }
  throw Error(ErrorKind::internal, "unknown loss {}", static_cast<int>(loss));
}

TaskKind kind_of(const HeadColumns& head) {
  if (head.signal && head.loss == LossKind::multinomial_nll) return TaskKind::profile;
  return head.loss == LossKind::bce_with_logits || head.loss == LossKind::softmax_cross_entropy ? TaskKind::binary
                                                                                                : TaskKind::signal;
}

/// Predictions of an output and what was observed, [rows, count] each.
struct HeadScores {
  std::vector<float> predictions, observed;
};

TaskMetrics score_signal(const HeadColumns& head, const HeadScores& scores) {
  if (kind_of(head) == TaskKind::profile) {
    return score_profiles(head.name, scores.predictions, scores.observed, head.count);
  }
  return score_task({head.name, kind_of(head)}, scores.predictions, scores.observed);
}

LossDivisor divisor_of(const ModelSpec& spec) {
  TrainingSettings settings;
  apply_settings(settings, spec.training, "the model's training settings");
  return settings.loss_divisor;
}

/// The executables for batches of one size.
struct Program {
  std::int64_t batch;
  Executable forward;
  Executable loss;
};

}  // namespace

class Predictor::State {
 public:
  State(const ModelSpec& spec, std::vector<std::string> tasks, VariableStore& variables, PredictorOptions options)
      : spec_(spec),
        size_{spec.input.length, spec.tasks},
        tasks_(std::move(tasks)),
        variables_(variables),
        options_(std::move(options)),
        divisor_(divisor_of(spec)) {
    prepare();
  }

  State(const TrainedModel& model, Device& device, PredictorOptions options)
      : spec_(model.spec),
        size_(model.size()),
        tasks_(model.tasks),
        own_(std::make_unique<VariableStore>(device)),
        variables_(*own_),
        options_(std::move(options)),
        divisor_(divisor_of(model.spec)) {
    load(*own_, model.tensors);
    prepare();
  }

  const std::vector<std::string>& tasks() const { return tasks_; }
  const std::vector<TaskInfo>& infos() const { return infos_; }
  std::int64_t length() const { return size_.length; }
  std::int64_t columns() const { return columns_; }

  /// Called for each batch with its first example, its number of examples, the program that ran it and the predictions.
  using Visit = std::function<void(std::int64_t first, std::int64_t rows, Program& program)>;

  /// Runs the model over all examples. During a visit predictions() holds those of the batch.
  void run(const Examples& examples, const Visit& visit) {
    if (examples.length != size_.length) {
      throw Error(ErrorKind::invalid_argument,
                  "the examples have {} bases and the model was made for {}: give windows of that length",
                  examples.length, size_.length);
    }
    if (options_.resident != nullptr && !options_.resident->are_of(examples)) {
      throw Error(ErrorKind::internal, "the examples have another genome or other signals than those on the device");
    }
    require_signals(spec_, examples, false);
    WindowFeed feed(examples, *inputs_);
    for (std::int64_t first = 0, rows = 0; first < examples.size(); first += rows) {
      Program& program = fitting_program(examples.size() - first);
      rows = std::min(program.batch, examples.size() - first);
      const WindowFeed::Part own{first, rows, false}, other{first, rows, true},
          next{first + rows, std::min(options_.batch, examples.size() - first - rows), false};
      if (options_.rc_average) {
        predict_part(feed, own, other, program, predictions_);
        predict_part(feed, other, next, program, other_strand_);
        for (const HeadColumns& head : heads_) average_strands(head, examples, rows);
      } else {
        predict_part(feed, own, next, program, predictions_);
      }
      visit(first, rows, program);
    }
  }

  /// Row-major [rows, columns] of the batch at hand.
  std::span<const float> predictions(std::int64_t rows) const {
    return std::span(predictions_).first(static_cast<std::size_t>(rows * columns_));
  }

  /// Adds the losses of the batch at hand.
  void add_losses(const Examples& examples, std::int64_t first, std::int64_t rows, Program& program, LossSums& sums) {
    const std::int64_t batch = program.batch;
    std::vector<std::int64_t> indices(static_cast<std::size_t>(rows));
    for (std::int64_t i = 0; i < rows; ++i) indices[static_cast<std::size_t>(i)] = first + i;
    const std::span<const Window> windows = std::span(examples.windows).subspan(static_cast<std::size_t>(first));
    fill_targets(heads_, {}, examples, indices, windows.first(indices.size()), batch, targets_);
    for (std::size_t h = 0; h < heads_.size(); ++h) {
      program.loss.write("scores/" + heads_[h].name, std::span<const float>(scores_of(heads_[h], program)));
      program.loss.write("labels/" + heads_[h].name, std::span<const float>(targets_[h].labels));
      program.loss.write("weights/" + heads_[h].name, std::span<const float>(targets_[h].weights));
    }
    program.loss.run();
    for (std::size_t h = 0; h < heads_.size(); ++h) {
      sums.add(h, program.loss.read<float>("loss/" + heads_[h].name)[0],
               program.loss.read<float>("divisor/" + heads_[h].name)[0]);
    }
  }

  const ModelSpec& spec() const { return spec_; }

  /// An entry a task, and one for each output that predicts a signal.
  std::vector<TaskMetrics> score(std::span<const HeadScores> scores) const {
    std::vector<TaskMetrics> scored;
    for (std::size_t h = 0; h < heads_.size(); ++h) {
      const HeadColumns& head = heads_[h];
      if (head.signal) {
        scored.push_back(score_signal(head, scores[h]));
        continue;
      }
      const auto tasks =
          std::span(infos_).subspan(static_cast<std::size_t>(head.first_label), static_cast<std::size_t>(head.count));
      const MetricsReport report = score_predictions(scores[h].predictions, scores[h].observed, tasks);
      scored.insert(scored.end(), report.tasks.begin(), report.tasks.end());
    }
    return scored;
  }

  /// What the outputs should have predicted in the batch whose losses were added.
  std::span<const Target> targets() const { return targets_; }
  const std::vector<HeadColumns>& heads() const { return heads_; }

 private:
  /// Averages the predictions of an output for windows and their flips. Those along the window run backwards in a flip,
  /// and channels that are the strands of one signal have changed places.
  void average_strands(const HeadColumns& head, const Examples& examples, std::int64_t rows) {
    const bool along = head.signal && head.count > 1;
    const std::vector<std::int32_t> flipped = along ? flipped_channels(head, examples) : std::vector<std::int32_t>{0};
    const auto channels = static_cast<std::int64_t>(flipped.size());
    const std::int64_t positions = head.count / channels;
    for (std::int64_t row = 0; row < rows; ++row) {
      float* own = predictions_.data() + row * columns_ + head.first;
      const float* other = other_strand_.data() + row * columns_ + head.first;
      for (std::int64_t i = 0; i < head.count; ++i) {
        const std::int64_t there =
            along ? (positions - 1 - i / channels) * channels + flipped[static_cast<std::size_t>(i % channels)] : i;
        own[i] = 0.5f * (own[i] + other[there]);
      }
    }
  }

  /// The channel that each is on the other strand, which the files of the signal say.
  static std::vector<std::int32_t> flipped_channels(const HeadColumns& head, const Examples& examples) {
    if (head.signal->channels == 1) return {0};
    const auto signal = examples.signals.find(head.signal->name);
    if (signal == examples.signals.end()) {
      throw Error(ErrorKind::invalid_argument,
                  "output '{}' has {} channels, and which of them are strands of each other only its signal says: "
                  "predict without averaging the strands",
                  head.name, head.signal->channels);
    }
    const std::span<const std::int32_t> other = signal->second->other_strand();
    return {other.begin(), other.end()};
  }

  void prepare() {
    if (options_.batch < 1) throw Error(ErrorKind::invalid_argument, "a batch must have at least one example");
    inputs_.emplace(spec_, size_, options_.resident);
    heads_ = head_columns(spec_, size_);
    for (const HeadColumns& head : heads_) {
      columns_ += head.count;
      if (head.signal) continue;
      for (std::int64_t label = head.first_label; label < head.first_label + head.count; ++label) {
        infos_.push_back({tasks_[static_cast<std::size_t>(label)], kind_of(head)});
      }
    }
  }

  Graph forward_graph(std::int64_t batch) const {
    return inference_graph(spec_, size_, batch, variables_.device(), options_.executable.precision, *inputs_);
  }
  SharedInputs shared_inputs() const { return inputs_->shared(); }

  /// The program for the next examples of so many that remain. The batch is made as small as the memory needs it.
  Program& fitting_program(std::int64_t remaining) {
    for (;;) {
      const std::int64_t rows = std::min(options_.batch, remaining);
      try {
        return program_for(rows);
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::out_of_memory) throw;
        if (programs_.empty()) {
          shrink_batch(program_size(rows));
        } else {
          programs_.clear();  // those for other numbers of rows: without them it may fit
        }
      }
    }
  }

  /// The last batch of a set runs at the next power of two, not at the full size: few programs serve every number of
  /// rows, and one sequence does not pay for a whole batch.
  std::int64_t program_size(std::int64_t rows) const {
    const auto rounded = static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(rows)));
    return std::min(options_.batch, rounded);
  }

  void shrink_batch(std::int64_t size) {
    Device& device = variables_.device();
    const BatchedWork work{
        fmt::format("predicting by {}", spec_.name), size, [&](std::int64_t batch) {
          return memory_need(forward_graph(batch), variables_, options_.executable, shared_inputs()).bytes();
        }};
    const std::optional<std::int64_t> fitting = fitting_batch(work, device);
    if (!fitting) throw out_of_memory(work, device);
    options_.batch = *fitting;
    if (options_.on_smaller_batch) {
      options_.on_smaller_batch(fmt::format("{}: going on with batch {}", shortage(work, device), *fitting));
    }
  }

  Program& program_for(std::int64_t rows) {
    const std::int64_t batch = program_size(rows);
    const auto found = programs_.find(batch);
    if (found != programs_.end()) return found->second;
    Executable forward(forward_graph(batch), variables_, options_.executable, shared_inputs());
    Executable losses(loss_graph(heads_, batch, divisor_), variables_, options_.executable);
    return programs_.emplace(batch, Program{batch, std::move(forward), std::move(losses)}).first->second;
  }

  /// Runs the model over a part, and packs the one that comes after it meanwhile.
  void predict_part(WindowFeed& feed, const WindowFeed::Part& part, const WindowFeed::Part& next, Program& program,
                    std::vector<float>& predictions) {
    feed.pack(part);
    feed.write(program.forward, program.batch);
    program.forward.run();
    if (next.rows > 0) feed.pack(next);

    const auto batch = static_cast<std::size_t>(program.batch);
    predictions.resize(batch * static_cast<std::size_t>(columns_));
    for (const HeadColumns& head : heads_) {
      const std::vector<float> values = program.forward.read<float>(prediction_name(head));
      for (std::size_t row = 0; row < batch; ++row) {
        std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(row) * head.count, head.count,
                    predictions.begin() + static_cast<std::ptrdiff_t>(row) * columns_ + head.first);
      }
    }
  }

  /// What the loss takes: the model's scores, or those that would give the averaged predictions.
  std::vector<float> scores_of(const HeadColumns& head, const Program& program) const {
    if (!options_.rc_average) return program.forward.read<float>(head.name);
    const auto batch = predictions_.size() / static_cast<std::size_t>(columns_);
    std::vector<float> scores;
    scores.reserve(batch * static_cast<std::size_t>(head.count));
    for (std::size_t row = 0; row < batch; ++row) {
      for (std::int64_t column = head.first; column < head.first + head.count; ++column) {
        const auto place = row * static_cast<std::size_t>(columns_) + static_cast<std::size_t>(column);
        scores.push_back(undo_link(head.loss, predictions_[place]));
      }
    }
    return scores;
  }

  ModelSpec spec_;
  ModelSize size_;
  std::vector<std::string> tasks_;
  std::unique_ptr<VariableStore> own_;
  VariableStore& variables_;
  PredictorOptions options_;
  LossDivisor divisor_;
  std::optional<WindowInputs> inputs_;
  std::vector<HeadColumns> heads_;
  std::int64_t columns_ = 0;
  std::vector<TaskInfo> infos_;
  std::map<std::int64_t, Program> programs_;  // by batch

  std::vector<float> predictions_, other_strand_;
  std::vector<Target> targets_;
};

Predictor::Predictor(const ModelSpec& spec, std::vector<std::string> tasks, VariableStore& variables,
                     PredictorOptions options)
    : state_(std::make_unique<State>(spec, std::move(tasks), variables, std::move(options))) {}
Predictor::Predictor(const TrainedModel& model, Device& device, PredictorOptions options)
    : state_(std::make_unique<State>(model, device, std::move(options))) {}
Predictor::~Predictor() = default;
Predictor::Predictor(Predictor&&) noexcept = default;

const std::vector<std::string>& Predictor::tasks() const { return state_->tasks(); }
std::int64_t Predictor::length() const { return state_->length(); }
std::int64_t Predictor::columns() const { return state_->columns(); }
const std::vector<HeadColumns>& Predictor::heads() const { return state_->heads(); }
const std::vector<TaskInfo>& Predictor::task_infos() const { return state_->infos(); }

void Predictor::predict(const Examples& examples, const Sink& sink) {
  state_->run(examples,
              [&](std::int64_t first, std::int64_t rows, Program&) { sink(first, state_->predictions(rows)); });
}

std::vector<float> Predictor::predict(const Examples& examples) {
  std::vector<float> all;
  all.reserve(static_cast<std::size_t>(examples.size() * state_->columns()));
  predict(examples,
          [&](std::int64_t, std::span<const float> rows) { all.insert(all.end(), rows.begin(), rows.end()); });
  return all;
}

MetricsReport Predictor::evaluate(const Examples& examples, const std::function<void(std::int64_t)>& progress,
                                  std::vector<float>* predictions) {
  const bool one_each = tasks().size() == 1 && examples.tasks.size() == 1;
  if (examples.tasks != tasks() && !one_each) {
    throw Error(ErrorKind::invalid_argument,
                "the data have the tasks {} but the model {}: name them alike, in its order",
                fmt::join(examples.tasks, ", "), fmt::join(tasks(), ", "));
  }
  require_signals(state_->spec(), examples, true);
  const std::vector<HeadColumns>& heads = state_->heads();
  std::vector<HeadScores> scores(heads.size());
  LossSums sums;
  state_->run(examples, [&](std::int64_t first, std::int64_t rows, Program& program) {
    const std::span<const float> part = state_->predictions(rows);
    state_->add_losses(examples, first, rows, program, sums);
    for (std::size_t h = 0; h < heads.size(); ++h) {
      for (auto row = part.begin() + heads[h].first; row < part.end(); row += columns()) {
        scores[h].predictions.insert(scores[h].predictions.end(), row, row + heads[h].count);
      }
      const auto observed = state_->targets()[h].labels.begin();
      scores[h].observed.insert(scores[h].observed.end(), observed, observed + rows * heads[h].count);
    }
    if (predictions != nullptr) predictions->insert(predictions->end(), part.begin(), part.end());
    if (progress) progress(first + rows);
  });
  return make_report(examples.size(), sums.mean(heads), state_->score(scores));
}

}  // namespace genocuda

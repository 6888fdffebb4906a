// SPDX-License-Identifier: Apache-2.0
#include "learn/predict/predictor.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/ranges.h>

#include "core/error.h"
#include "learn/data/signals.h"
#include "learn/data/window_feed.h"
#include "learn/predict/placed_inference.h"
#include "learn/predict/scores.h"
#include "learn/predict/strands.h"
#include "learn/train/training_step.h"

namespace genocuda {

class Predictor::State {
 public:
  State(const ModelSpec& spec, std::vector<std::string> tasks, VariableStore& variables, PredictorOptions options)
      : spec_(spec),
        size_{spec.input.length, spec.tasks},
        tasks_(std::move(tasks)),
        variables_(variables),
        options_(std::move(options)) {
    assign_outputs();
  }

  State(const TrainedModel& model, Device& device, PredictorOptions options)
      : spec_(model.spec),
        size_(model.size()),
        tasks_(model.tasks),
        own_(std::make_unique<VariableStore>(device)),
        variables_(*own_),
        options_(std::move(options)) {
    load(*own_, model.tensors);
    assign_outputs();
  }

  const std::vector<std::string>& tasks() const { return tasks_; }
  std::int64_t length() const { return size_.length; }
  std::int64_t columns() const { return columns_; }

  /// Called for each batch with its first example, its number of examples, the program that ran it and the predictions.
  using Visit = std::function<void(std::int64_t first, std::int64_t rows, InferenceProgram& program)>;

  void prepare(const Examples& examples) {
    if (examples.length != size_.length) {
      throw Error(ErrorKind::invalid_argument,
                  "the examples have {} bases and the model was made for {}: give windows of that length",
                  examples.length, size_.length);
    }
    require_signals(spec_, examples, false);
    if (examples.size() > 0) placed_->prepare(examples);
  }

  /// Runs the model over all examples. During a visit predictions() holds those of the batch.
  void run(const Examples& examples, const Visit& visit) {
    prepare(examples);
    if (examples.size() == 0) return;
    InferencePrograms& programs = placed_->programs();
    WindowFeed feed(examples, programs.inputs());
    for (std::int64_t first = 0, rows = 0; first < examples.size(); first += rows) {
      InferenceProgram& program = programs.next_that_fits(examples.size() - first);
      rows = std::min(program.batch, examples.size() - first);
      const WindowFeed::Part own{first, rows, false}, other{first, rows, true},
          next{first + rows, std::min(programs.batch(), examples.size() - first - rows), false};
      if (options_.rc_average) {
        predict_part(feed, own, other, program, predictions_);
        predict_part(feed, other, next, program, other_strand_);
        for (const HeadColumns& head : heads_) {
          average_strands(head, examples, rows, columns_, predictions_, other_strand_);
        }
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
  void add_losses(const Examples& examples, std::int64_t first, std::int64_t rows, InferenceProgram& program,
                  LossSums& sums) {
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

  /// What the outputs should have predicted in the batch whose losses were added.
  std::span<const Target> targets() const { return targets_; }
  const std::vector<HeadColumns>& heads() const { return heads_; }

 private:
  void assign_outputs() {
    if (options_.batch < 1) throw Error(ErrorKind::invalid_argument, "a batch must have at least one example");
    heads_ = head_columns(spec_, size_);
    for (const HeadColumns& head : heads_) columns_ += head.count;
    placed_.emplace(spec_, size_, heads_, variables_, options_);
  }

  /// Runs the model over a part, and packs the one that comes after it meanwhile.
  void predict_part(WindowFeed& feed, const WindowFeed::Part& part, const WindowFeed::Part& next,
                    InferenceProgram& program, std::vector<float>& predictions) {
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
  std::vector<float> scores_of(const HeadColumns& head, const InferenceProgram& program) const {
    return options_.rc_average ? scores_behind(head, predictions_, columns_) : program.forward.read<float>(head.name);
  }

  ModelSpec spec_;
  ModelSize size_;
  std::vector<std::string> tasks_;
  std::unique_ptr<VariableStore> own_;
  VariableStore& variables_;
  PredictorOptions options_;
  std::vector<HeadColumns> heads_;
  std::int64_t columns_ = 0;
  std::optional<PlacedInference> placed_;

  PredictionRows predictions_, other_strand_;
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

void Predictor::prepare(const Examples& examples) { state_->prepare(examples); }

void Predictor::predict(const Examples& examples, const Sink& sink) {
  state_->run(examples, [&](std::int64_t first, std::int64_t rows, InferenceProgram&) {
    sink(first, state_->predictions(rows));
  });
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
  state_->run(examples, [&](std::int64_t first, std::int64_t rows, InferenceProgram& program) {
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
  return make_report(examples.size(), sums.mean(heads), score_heads(heads, tasks(), scores));
}

}  // namespace genocuda

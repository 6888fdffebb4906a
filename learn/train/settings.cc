// SPDX-License-Identifier: Apache-2.0
#include "learn/train/settings.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <utility>

#include "core/error.h"

namespace genocuda {
namespace {

/// One key: its rule, and how it is put into the settings and taken out of them.
struct Field {
  TrainingKey key;
  std::function<void(TrainingSettings&, const SettingTable&)> set;
  std::function<Setting(const TrainingSettings&)> get;
};

constexpr bool kMayChange = true;

KeyRule make_rule(std::string_view key, SettingKind kind) {
  KeyRule rule;
  rule.key = key;
  rule.kind = kind;
  return rule;
}

KeyRule make_rule(std::string_view key, SettingKind kind, double least, std::optional<double> most) {
  KeyRule rule = make_rule(key, kind);
  rule.least = least;
  rule.most = most;
  return rule;
}

KeyRule make_rule(std::string_view key, SettingKind kind, std::vector<std::string_view> choices) {
  KeyRule rule = make_rule(key, kind);
  rule.choices = std::move(choices);
  return rule;
}

// In the following, `member` gives the reference into the settings it is called with.

template <typename Member>
Field number(std::string_view key, Member member, double least, std::optional<double> most, std::string_view help,
             bool may_change = false) {
  return {{make_rule(key, SettingKind::number, least, most), help, may_change},
          [=](TrainingSettings& settings, const SettingTable& table) { member(settings) = get_number(table, key, 0); },
          [=](const TrainingSettings& settings) -> Setting { return member(settings); }};
}

template <typename Member>
Field integer(std::string_view key, Member member, std::int64_t least, std::int64_t most, std::string_view help,
              bool may_change = false) {
  const KeyRule rule = make_rule(key, SettingKind::integer, static_cast<double>(least), static_cast<double>(most));
  return {{rule, help, may_change},
          [=](TrainingSettings& settings, const SettingTable& table) {
            using Number = std::remove_reference_t<decltype(member(settings))>;
            member(settings) = static_cast<Number>(get_integer(table, key, 0));
          },
          [=](const TrainingSettings& settings) -> Setting { return static_cast<std::int64_t>(member(settings)); }};
}

template <typename Member>
Field boolean(std::string_view key, Member member, std::string_view help, bool may_change = false) {
  return {
      {make_rule(key, SettingKind::boolean), help, may_change},
      [=](TrainingSettings& settings, const SettingTable& table) { member(settings) = get_boolean(table, key, false); },
      [=](const TrainingSettings& settings) -> Setting { return member(settings); }};
}

template <typename Enum>
using Names = std::vector<std::pair<std::string_view, Enum>>;

template <typename Enum, typename Member>
Field choice(std::string_view key, Member member, const Names<Enum>& names, std::string_view help,
             bool may_change = false) {
  std::vector<std::string_view> choices;
  for (const auto& [name, value] : names) choices.push_back(name);
  return {{make_rule(key, SettingKind::text, std::move(choices)), help, may_change},
          [=](TrainingSettings& settings, const SettingTable& table) {
            const std::string chosen = get_text(table, key, "");
            for (const auto& [name, value] : names) {
              if (name == chosen) member(settings) = value;
            }
          },
          [=](const TrainingSettings& settings) -> Setting {
            const auto found = std::ranges::find(names, member(settings), &Names<Enum>::value_type::second);
            return std::string(found->first);
          }};
}

void set_class_weights(TrainingSettings& settings, const SettingTable& table) {
  if (is_text(table, "class_weights")) {
    const bool balanced = get_text(table, "class_weights", "") == "balanced";
    settings.class_weights = {balanced ? ClassWeights::Kind::balanced : ClassWeights::Kind::none, {}};
  } else {
    settings.class_weights = {ClassWeights::Kind::positives, get_numbers(table, "class_weights")};
  }
}

KeyRule class_weights_rule() {
  KeyRule rule = make_rule("class_weights", SettingKind::numbers, {"none", "balanced"});
  rule.least = 0;
  return rule;
}

Setting class_weights_setting(const TrainingSettings& settings) {
  switch (settings.class_weights.kind) {
    case ClassWeights::Kind::balanced:
      return "balanced";
    case ClassWeights::Kind::positives:
      return settings.class_weights.values;
    default:
      return "none";
  }
}

Names<OptimizerKind> optimizer_names() {
  Names<OptimizerKind> names;
  for (const OptimizerKind kind : {OptimizerKind::sgd, OptimizerKind::adagrad, OptimizerKind::rmsprop,
                                   OptimizerKind::adam, OptimizerKind::adamw}) {
    names.emplace_back(name_of(kind), kind);
  }
  return names;
}

std::vector<Field> make_fields() {
  using Settings = TrainingSettings;
  constexpr std::optional<double> kAny;
  constexpr std::int64_t kMany = 1'000'000'000;
  // Decays must stay below 1.
  constexpr double kBelowOne = 1 - 0x1p-53;
  const Names<OptimizerKind> optimizers = optimizer_names();
  const Names<LastBatch> last_batches{{"drop", LastBatch::drop}, {"keep", LastBatch::keep}};
  const Names<ScheduleKind> schedules{{"constant", ScheduleKind::constant},
                                      {"plateau", ScheduleKind::plateau},
                                      {"step", ScheduleKind::step},
                                      {"cosine", ScheduleKind::cosine},
                                      {"one_cycle", ScheduleKind::one_cycle}};
  const Names<LossDivisor> divisors{{"weights", LossDivisor::weights}, {"examples", LossDivisor::examples}};
  const Names<Precision> precisions{{"fp32", Precision::fp32}, {"tf32", Precision::tf32}, {"bf16", Precision::bf16}};
  // clang-format off
#define GENOCUDA_MEMBER(path) [](auto& s) -> auto& { return s.path; }
  std::vector<Field> fields{
      choice("optimizer", GENOCUDA_MEMBER(optimizer.kind),
             optimizers, "rule that updates the weights"),
      number("learning_rate", GENOCUDA_MEMBER(learning_rate), 1e-12, 1e3, "step size of the optimizer", kMayChange),
      number("momentum", GENOCUDA_MEMBER(optimizer.momentum), 0, kBelowOne, "of sgd and rmsprop"),
      boolean("nesterov", GENOCUDA_MEMBER(optimizer.nesterov), "Nesterov's momentum, of sgd"),
      number("decay", GENOCUDA_MEMBER(optimizer.decay), 0, kBelowOne, "of the mean square in rmsprop"),
      number("beta1", GENOCUDA_MEMBER(optimizer.beta1), 0, kBelowOne, "decay of the mean gradient in adam and adamw"),
      number("beta2", GENOCUDA_MEMBER(optimizer.beta2), 0, kBelowOne, "decay of the mean square in adam and adamw"),
      number("epsilon", GENOCUDA_MEMBER(optimizer.epsilon), 0, kAny, "added to the root of the mean square"),
      choice("schedule", GENOCUDA_MEMBER(schedule.kind),
             schedules, "how the learning rate changes", kMayChange),
      number("warmup_epochs", GENOCUDA_MEMBER(schedule.warmup_epochs), 0, kMany,
             "epochs over which the learning rate rises first", kMayChange),
      number("schedule_factor", GENOCUDA_MEMBER(schedule.factor), 0, 1,
             "what plateau and step multiply the learning rate with", kMayChange),
      integer("schedule_patience", GENOCUDA_MEMBER(schedule.patience), 1, kMany,
              "epochs without a better validation figure before plateau acts", kMayChange),
      number("schedule_floor", GENOCUDA_MEMBER(schedule.floor), 0, kAny, "least learning rate", kMayChange),
      integer("schedule_every", GENOCUDA_MEMBER(schedule.every), 1, kMany, "epochs between the reductions of step",
              kMayChange),
      number("schedule_peak", GENOCUDA_MEMBER(schedule.peak), 0, 1, "share of the steps before one_cycle's peak",
             kMayChange),
      integer("epochs", GENOCUDA_MEMBER(epochs), 1, kMany, "passes over the training examples, at most", kMayChange),
      integer("batch", GENOCUDA_MEMBER(batch), 1, kMany, "examples a step"),
      choice("last_batch", GENOCUDA_MEMBER(last_batch), last_batches,
             "the examples left over at the end of an epoch: drop them until the next, or keep them as a smaller batch"),
      integer("patience", GENOCUDA_MEMBER(patience), 0, kMany,
              "epochs without a better validation figure before training stops; 0: never", kMayChange),
      {{make_rule("stop_on", SettingKind::text,
                  {"auto", "loss", "auroc", "auprc", "mcc", "accuracy", "pearson", "spearman", "mse"}),
        "validation figure that decides which weights are best"},
       [](Settings& s, const SettingTable& table) { s.stop_on = get_text(table, "stop_on", ""); },
       [](const Settings& s) -> Setting { return s.stop_on; }},
      number("weight_decay", GENOCUDA_MEMBER(weight_decay), 0, kAny, "L2 penalty; decoupled in adamw", kMayChange),
      number("l1", GENOCUDA_MEMBER(l1), 0, kAny, "L1 penalty", kMayChange),
      number("max_norm", GENOCUDA_MEMBER(max_norm), 0, kAny, "largest L2 norm of the weights into a unit; 0: any",
             kMayChange),
      number("gradient_clip", GENOCUDA_MEMBER(gradient_clip), 0, kAny, "largest L2 norm of the gradient; 0: any",
             kMayChange),
      {{class_weights_rule(),
        "weight of the positives, one number or one a task; or balanced"},
       set_class_weights, class_weights_setting},
      choice("loss_divisor", GENOCUDA_MEMBER(loss_divisor), divisors,
             "weights: mean over labels; examples: summed over tasks, averaged over examples"),
      integer("jitter", GENOCUDA_MEMBER(jitter), 0, kMany, "bases by which windows shift at most, anew in each epoch"),
      boolean("reverse_complement", GENOCUDA_MEMBER(reverse_complement),
              "read windows from a random strand, anew in each epoch"),
      integer("seed", GENOCUDA_MEMBER(seed), 0, std::numeric_limits<std::int64_t>::max(),
              "of first weights, order, augmentation and dropout"),
      choice("precision", GENOCUDA_MEMBER(precision), precisions,
             "fp32, or what a GPU may round to so as to be faster: tf32, bf16; the CPU takes fp32"),
      number("checkpoint_minutes", GENOCUDA_MEMBER(checkpoint_minutes), 0, kAny,
             "minutes between checkpoints inside an epoch; 0: none", kMayChange),
  };
#undef GENOCUDA_MEMBER
  // clang-format on
  return fields;
}

const std::vector<Field>& fields() {
  static const std::vector<Field> all = make_fields();
  return all;
}

std::vector<KeyRule> rules() {
  std::vector<KeyRule> result;
  for (const Field& field : fields()) result.push_back(field.key.rule);
  return result;
}

}  // namespace

std::span<const TrainingKey> training_keys() {
  static const std::vector<TrainingKey> keys = [] {
    std::vector<TrainingKey> result;
    for (const Field& field : fields()) result.push_back(field.key);
    return result;
  }();
  return keys;
}

void apply_settings(TrainingSettings& settings, const SettingTable& table, std::string_view what) {
  static const std::vector<KeyRule> all = rules();
  check_settings(table, all, what);
  for (const Field& field : fields()) {
    if (table.contains(field.key.rule.key)) field.set(settings, table);
  }
}

SettingTable to_table(const TrainingSettings& settings) {
  SettingTable table;
  for (const Field& field : fields()) table.emplace(field.key.rule.key, field.get(settings));
  return table;
}

void check_settings(const TrainingSettings& settings) {
  const auto fail = [](std::string_view message) { throw Error(ErrorKind::invalid_argument, "training: {}", message); };
  if (settings.optimizer.nesterov && settings.optimizer.momentum <= 0) fail("'nesterov' needs a 'momentum' above 0");
  if (settings.schedule.kind == ScheduleKind::one_cycle && settings.schedule.warmup_epochs > 0) {
    fail("'warmup_epochs' does not go with the schedule one_cycle, whose rise is 'schedule_peak'");
  }
  if (settings.schedule.floor > settings.learning_rate) fail("'schedule_floor' is above 'learning_rate'");
  if (settings.class_weights.kind == ClassWeights::Kind::positives && settings.class_weights.values.empty()) {
    fail("'class_weights' is an empty list: give one number, one a task, or 'balanced'");
  }
}

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "apps/training_run.h"

#include <filesystem>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "apps/command.h"
#include "apps/figures.h"
#include "apps/interrupt.h"
#include "core/error.h"

namespace genocuda::apps {
namespace {

/// A text as one word of a shell's command line.
std::string shell_word(const std::string& text) {
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789%+,-./:=@_";
  if (text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string word = "'";
  for (const char letter : text) {
    if (letter == '\'') {
      word += R"('\'')";  // a quote stands outside of quotes
    } else {
      word += letter;
    }
  }
  return word + "'";
}

}  // namespace

bool holds_a_run(const std::string& folder) { return std::filesystem::exists(folder + "/checkpoint.safetensors"); }

void refuse_to_overwrite(const std::string& folder, bool resume, bool overwrite) {
  if (resume && overwrite) {
    throw Error(ErrorKind::invalid_argument,
                "--resume goes on with a run and --overwrite begins anew: give one of them");
  }
  if (resume || overwrite || !holds_a_run(folder)) return;
  throw Error(ErrorKind::invalid_argument,
              "{} holds a training run: go on with --resume, begin anew with --overwrite, or choose another -o",
              folder);
}

RunFolder::RunFolder(const std::string& path) {
  for (auto folder = std::filesystem::absolute(path); !std::filesystem::exists(folder); folder = folder.parent_path()) {
    if (folder.has_filename()) made_.push_back(folder);  // none after a slash at the end
  }
  std::error_code failure;
  std::filesystem::create_directories(path, failure);
  if (failure) throw Error(ErrorKind::input_file, "{}: cannot make this folder: {}", path, failure.message());
}

RunFolder::RunFolder(const std::string& path, bool resume) : RunFolder(path) {
  if (!resume || holds_a_run(path)) return;
  say_notice(fmt::format("{} holds no checkpoint to go on from: a new run begins", path));
}

RunFolder::~RunFolder() {
  std::error_code ignored;  // what is not empty stays
  for (const auto& folder : made_) std::filesystem::remove(folder, ignored);
}

TrainerOptions trainer_options(const std::string& folder, bool resume, const RunOptions& run, DataPlacement data,
                               Progress& progress) {
  TrainerOptions result{.directory = folder, .resume = resume};
  result.executable = executable_options(run);
  result.data = data;
  result.on_step = [&progress, shown = std::int64_t{0}](const StepReport& report) mutable {
    const std::int64_t done = report.step * report.batch;
    if (report.epoch != shown) {  // an epoch resumed in its middle starts there
      shown = report.epoch;
      progress.start(fmt::format("epoch {}/{}", report.epoch, report.epochs), report.steps * report.batch, "examples",
                     done - report.batch);
    }
    progress.update(done, fmt::format("loss {:.4f}", report.loss));
  };
  result.on_epoch = [&progress](const EpochReport& report) {
    std::string note = fmt::format("loss {:.4f}", report.train_loss);
    if (report.valid)
      note += fmt::format(", validation {}{}", describe(*report.valid), report.best ? ", the best" : "");
    progress.finish(note);
  };
  result.on_notice = say_notice;
  result.interrupted = stop_asked;
  return result;
}

std::string test_file(const std::string& folder) { return folder + "/test.json"; }

void say_how_it_ended(const TrainingResult& result, const std::string& verb, const std::string& folder) {
  if (result.interrupted) {
    say(fmt::format("genocuda: interrupted; go on with: genocuda {} --config {} -o {} --resume", verb,
                    shell_word(folder + "/config.toml"), shell_word(folder)));
    throw CLI::RuntimeError();  // status 1, nothing more to say
  }
  end_on_signals();  // what follows cannot go on from a checkpoint
  if (result.stopped_early) {
    say(fmt::format("stopped early after epoch {}: the best {} was {:.4f} in epoch {}", result.epochs, result.figure,
                    result.best.value_or(0), result.best_epoch));
  }
}

}  // namespace genocuda::apps

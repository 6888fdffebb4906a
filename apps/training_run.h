// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "apps/run_options.h"
#include "learn/progress.h"
#include "learn/train/trainer.h"

/// What the verbs that train have in common: the folder of a run, how people watch it and stop it.
namespace genocuda::apps {

/// Whether a folder holds the checkpoint of a run.
bool holds_a_run(const std::string& folder);
/// Error (invalid_argument) where it does and the run is neither to go on nor to be overwritten, and where it is to be
/// both.
void refuse_to_overwrite(const std::string& folder, bool resume, bool overwrite);

/// The folder that a run goes to, and those above it. A run may fail before it has anything to put there: those that
/// this made and that are still empty when it goes are removed.
class RunFolder {
 public:
  /// Error (input_file). Where the run is to go on and the folder holds none, says that a new one begins.
  RunFolder(const std::string& path, bool resume);
  /// Of runs that have folders of their own in it.
  explicit RunFolder(const std::string& path);
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;
  ~RunFolder();

 private:
  std::vector<std::filesystem::path> made_;  // the innermost first
};

/// A training into a folder that shows its progress and can be stopped softly
/// (stop_softly_on_signals()). Error (invalid_argument) as
/// executable_options() throws.
TrainerOptions trainer_options(const std::string& folder, bool resume, const RunOptions& run, DataPlacement data,
                               Progress& progress);

/// The figures of the models that a run ends with.
std::string test_file(const std::string& folder);

/// Says that a run stopped early. For one that was interrupted says how `verb` goes on with what is in `folder`, and
/// ends the program with status 1 (CLI::RuntimeError). After one that was not, signals end the program as elsewhere
/// (end_on_signals()).
void say_how_it_ended(const TrainingResult& result, const std::string& verb, const std::string& folder);

}  // namespace genocuda::apps

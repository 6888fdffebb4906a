// SPDX-License-Identifier: Apache-2.0
#include "learn/train/run_files.h"

#include <filesystem>

#include "learn/files/atomic_file.h"
#include "learn/files/json_lines.h"

namespace genocuda {

std::string RunFiles::path(std::string_view name) const { return (std::filesystem::path(directory_) / name).string(); }

std::optional<Checkpoint> RunFiles::earlier_part(const Checkpoint& wanted) const {
  if (!written() || !std::filesystem::exists(checkpoint_path())) return std::nullopt;
  Checkpoint found = read_checkpoint(checkpoint_path());
  require_same_run(found, wanted, checkpoint_path());
  return found;
}

void RunFiles::clear() const {
  if (!written()) return;
  for (const std::string& file : {checkpoint_path(), model_path(), metrics_path()}) std::filesystem::remove(file);
}

void RunFiles::begin(const Checkpoint& start) const {
  if (!written()) return;
  write(start);
  write_file_atomically(metrics_path(), "");
  std::filesystem::remove(model_path());
}

void RunFiles::keep_epochs(std::int64_t epochs) const {
  if (written()) keep_json_lines(metrics_path(), "epoch", epochs);
}

void RunFiles::write(const Checkpoint& checkpoint) const {
  if (written()) write_checkpoint(checkpoint_path(), checkpoint);
}

void RunFiles::write(const TrainedModel& best) const {
  if (written()) write_trained_model(model_path(), best);
}

void RunFiles::append(const EpochReport& report) const {
  if (written()) append_json_line(metrics_path(), metrics_line(report));
}

}  // namespace genocuda

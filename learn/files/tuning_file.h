// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>

#include "core/tuner.h"

namespace genocuda {

/// $XDG_CACHE_HOME/genocuda/tuning.json, else ~/.cache/genocuda/tuning.json; empty where the environment has neither.
std::string default_tuning_path();

/// What tuners found, in a JSON file that several processes may share: each reads it at its first question, and adds
/// what it found to what the file has by then, as a whole or not at all. The file
///
///   {"genocuda_tuning": 1, "devices": {DEVICE: {PROBLEM: {"implementation": "mma", "microseconds": {"mma": 12.1}}}}}
///
/// is a cache: nothing that is wrong with it is an Error. One that is damaged is said to be so once and written anew;
/// one that is not a tuning cache at all, or cannot be written, is said to be so once and left alone.
class TuningFile : public TuningStore {
 public:
  /// `say` is called with what is wrong, a line each.
  TuningFile(std::string path, std::function<void(const std::string&)> say);

  std::optional<Tuning> find(const std::string& device, const std::string& problem) override;
  void keep(const std::string& device, const std::string& problem, const Tuning& tuning) override;

 private:
  using Entries = std::map<std::string, std::map<std::string, Tuning>>;  // by device and problem

  Entries read();
  void write();
  void complain(const std::string& line);

  std::string path_;
  std::function<void(const std::string&)> say_;
  bool was_read_ = false, may_write_ = true, has_complained_ = false;
  Entries known_, found_;  // in the file as last read, and here
};

}  // namespace genocuda

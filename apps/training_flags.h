// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "learn/model/setting.h"

namespace CLI {
class App;
}

namespace genocuda::apps {

/// One flag for every key of the training settings (learn/train/settings.h): --learning-rate for learning_rate, with
/// the short names that people know from elsewhere.
class TrainingFlags {
 public:
  /// The object must stay where it is until the command line has been parsed.
  void add(CLI::App& command);
  /// What the command line said. Throws Error(invalid_argument) where a value is not of its key's type.
  SettingTable given() const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> texts_;
};

}  // namespace genocuda::apps

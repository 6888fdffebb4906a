// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "learn/model/setting.h"

namespace CLI {
class App;
}

/// config.toml: the options of a run in a file. Keys at the top are flags of the command ("min-sites = 300"), the table
/// [training] holds training settings; what a run writes adds [run] and [inputs], which are for people and ignored.
namespace genocuda::apps {

/// Gives the options of `command` that the command line left out their values in the file, and returns its [training].
/// Paths are taken as they stand. Throws Error(input_file) naming file and line of what is no option.
SettingTable apply_config(CLI::App& command, const std::string& path);

/// The config that repeats this run: every option with its value, the settings, the version and the MD5 of each input.
std::string resolved_config(const CLI::App& command, const SettingTable& training,
                            const std::vector<std::string>& inputs);

}  // namespace genocuda::apps

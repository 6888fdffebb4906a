// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace CLI {
class App;
}

/// What must not happen to files that were there before, whatever a verb writes.
namespace genocuda::apps {

/// Error (invalid_argument) where the --out of a command is '-', or a file that another of its options names.
void require_own_output(const CLI::App& command);
/// Error (invalid_argument) where `output`, a file that the command will write, is one that an option other than --out
/// names: the same file, whichever way its path is written.
void refuse_to_replace_inputs(const CLI::App& command, const std::string& output);
/// Error (invalid_argument) where a file of that path is there and not to be overwritten.
void refuse_to_replace(const std::string& path, bool overwrite);

}  // namespace genocuda::apps

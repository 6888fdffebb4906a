// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "genomics/notices.h"

namespace CLI {
class App;
}

/// The subcommands, one file each. add_X() declares options and what runs when the subcommand was given.
namespace genocuda::apps {

void add_check(CLI::App& app);
void add_coverage(CLI::App& app);
void add_denoise(CLI::App& app);
void add_devices(CLI::App& app);
void add_evaluate(CLI::App& app);
void add_figure(CLI::App& app);
void add_graph(CLI::App& app);
void add_init(CLI::App& app);
void add_kmers(CLI::App& app);
void add_motifs(CLI::App& app);
void add_predict(CLI::App& app);
void add_scan(CLI::App& app);
void add_simulate(CLI::App& app);
void add_train(CLI::App& app);

/// Makes a command, which has all its subcommands, want one of them; without one, and with a word that is none, an
/// Error (invalid_argument) lists them. The one given must have an output of its own (require_own_output()).
void require_subcommand(CLI::App& command);

/// What a command was given that no option and no positional took.
std::vector<std::string> extra_words(const CLI::App& command);
/// Why a program was refused that was given words which its verb does not take: the first of them, and which verbs
/// take it.
std::string describe_extra_words(const CLI::App& program);
/// Makes the options of a command that has positionals take a word each: the next may be the positional.
void spare_positionals(CLI::App& command);

/// Says what readers noticed, a line each, on standard error.
void print_notices(const Notices& notices);
/// A line for people on standard error.
void say(const std::string& line);
/// The same, marked as what a reader's notices are.
void say_notice(const std::string& line);
/// Writes text to a file as a whole or not at all, or to standard output where the path is empty.
void write_text(const std::string& path, const std::string& text);

}  // namespace genocuda::apps

// SPDX-License-Identifier: Apache-2.0
#include "apps/command.h"

#include <algorithm>
#include <cstdio>

#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "apps/output_files.h"
#include "core/error.h"
#include "learn/files/atomic_file.h"

namespace genocuda::apps {
namespace {

/// "genocuda figure".
std::string path_of(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  return parent == nullptr ? command.get_name() : fmt::format("{} {}", path_of(*parent), command.get_name());
}

}  // namespace

void require_subcommand(CLI::App& command) {
  command.require_subcommand(0, 1);
  command.allow_extras();  // which are refused below, in other words
  command.parse_complete_callback([&command] {
    const std::vector<std::string> extras = extra_words(command);
    if (extras.empty() && !command.get_subcommands().empty()) {
      for (const CLI::App* given : command.get_subcommands()) require_own_output(*given);
      return;
    }
    std::vector<std::string> names;
    for (const CLI::App* each : command.get_subcommands({})) names.push_back(each->get_name());
    throw Error(ErrorKind::invalid_argument, "{} takes {}{} ({} --help)", command.get_name(), fmt::join(names, ", "),
                extras.empty() ? "" : fmt::format("; '{}' is none of them", extras.front()), path_of(command));
  });
}

std::vector<std::string> extra_words(const CLI::App& command) {
  std::vector<std::string> words = command.remaining();
  std::erase(words, "--");  // CLI11 counts the mark, too
  return words;
}

std::string describe_extra_words(const CLI::App& program) {
  const CLI::App* command = &program;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  const std::vector<std::string> extras = extra_words(*command);
  const auto option = std::ranges::find_if(extras, [](const std::string& word) { return word.starts_with('-'); });
  const std::string word = option == extras.end() ? extras.front() : option->substr(0, option->find('='));
  std::vector<std::string> others;
  for (const CLI::App* each : program.get_subcommands({})) {
    if (option != extras.end() && each->get_option_no_throw(word) != nullptr) others.push_back(each->get_name());
  }
  return fmt::format("{} takes no {}{} ({} --help)", command->get_name(), word,
                     others.empty() ? "" : fmt::format(", which is an option of {}", fmt::join(others, ", ")),
                     path_of(*command));
}

void spare_positionals(CLI::App& command) {
  const std::vector<CLI::Option*> options = command.get_options();
  const auto is_positional = [](const CLI::Option* option) { return option->get_positional(); };
  if (std::none_of(options.begin(), options.end(), is_positional)) return;
  for (CLI::Option* option : options) option->allow_extra_args(false);
}

void say(const std::string& line) { fmt::print(stderr, "{}\n", line); }

void say_notice(const std::string& line) { say("notice: " + line); }

void print_notices(const Notices& notices) {
  for (const std::string& line : notices.lines()) say_notice(line);
}

void write_text(const std::string& path, const std::string& text) {
  write_file_atomically(path.empty() ? "/dev/stdout" : path, text);
}

}  // namespace genocuda::apps

// SPDX-License-Identifier: Apache-2.0
#include "apps/output_files.h"

#include <filesystem>
#include <vector>

#include <CLI/CLI.hpp>

#include "core/error.h"

namespace genocuda::apps {
namespace {

namespace fs = std::filesystem;

/// The paths that a word may hold: FILE, NAME=FILE, and each of FILE,FILE.
std::vector<std::string> paths_in(const std::string& word) {
  const std::string files = word.substr(word.find('=') + 1);
  std::vector<std::string> paths = CLI::detail::split(files, ',');
  paths.push_back(files);
  paths.push_back(word);
  return paths;
}

bool are_one_file(const std::string& a, const std::string& b) {
  std::error_code absent;
  return fs::equivalent(a, b, absent);  // by device and inode
}

}  // namespace

void require_own_output(const CLI::App& command) {
  const CLI::Option* out = command.get_option_no_throw("--out");
  if (out == nullptr || out->count() == 0) return;
  const std::string& path = out->results().back();
  if (path == "-") {
    throw Error(ErrorKind::invalid_argument,
                "--out takes a name, not '-': without --out, what can go to standard output goes there");
  }
  refuse_to_replace_inputs(command, path);
}

void refuse_to_replace_inputs(const CLI::App& command, const std::string& output) {
  if (!fs::is_regular_file(output)) return;
  for (const CLI::Option* option : command.get_options()) {
    if (option->check_lname("out")) continue;
    for (const std::string& word : option->results()) {
      for (const std::string& path : paths_in(word)) {
        if (!are_one_file(path, output)) continue;
        throw Error(ErrorKind::invalid_argument, "{} would be replaced, which {} reads{}: choose another --out", output,
                    option->get_name(), path == output ? "" : fmt::format(" as {}", path));
      }
    }
  }
}

void refuse_to_replace(const std::string& path, bool overwrite) {
  if (overwrite || !fs::is_regular_file(path)) return;
  throw Error(ErrorKind::invalid_argument, "{} is there already: replace it with --overwrite, or choose another --out",
              path);
}

}  // namespace genocuda::apps

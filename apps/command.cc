// SPDX-License-Identifier: Apache-2.0
#include "apps/command.h"

#include <cstdio>

#include <fmt/format.h>

#include "learn/files/atomic_file.h"

namespace genocuda::apps {

void say(const std::string& line) { fmt::print(stderr, "{}\n", line); }

void say_notice(const std::string& line) { say("notice: " + line); }

void print_notices(const Notices& notices) {
  for (const std::string& line : notices.lines()) say_notice(line);
}

void write_text(const std::string& path, const std::string& text) {
  write_file_atomically(path.empty() ? "/dev/stdout" : path, text);
}

}  // namespace genocuda::apps

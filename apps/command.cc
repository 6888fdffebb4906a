// SPDX-License-Identifier: Apache-2.0
#include "apps/command.h"

#include <cstdio>

#include <fmt/format.h>

#include "core/error.h"
#include "learn/files/atomic_file.h"

namespace genocuda::apps {

void say(const std::string& line) { fmt::print(stderr, "{}\n", line); }

void print_notices(const Notices& notices) {
  for (const std::string& line : notices.lines()) say("notice: " + line);
}

void write_text(const std::string& path, const std::string& text) {
  if (!path.empty()) return write_file_atomically(path, text);
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    throw Error(ErrorKind::input_file, "cannot write to standard output: is the disk full, or the reader gone?");
  }
}

}  // namespace genocuda::apps

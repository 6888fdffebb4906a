// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

/// Starts the genocuda program and sees what it does.
namespace genocuda::cli {

struct Result {
  int status = -1;  ///< the exit status, or minus the signal that ended it
  std::string out;  ///< standard output
  std::string err;  ///< standard error
};

struct Options {
  std::optional<std::uint64_t> largest_file = {};    ///< bytes that a file may have (RLIMIT_FSIZE)
  std::optional<std::uint64_t> largest_memory = {};  ///< bytes that it may address (RLIMIT_AS)
  std::string out = {};                              ///< where standard output goes instead of Result::out
};

/// The program at work in a folder, which also receives what it prints (".out", ".err"). Killed when this goes.
class Process {
 public:
  Process(const std::string& folder, const std::vector<std::string>& arguments, const Options& options = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void signal(int number) const;
  bool running();
  /// Halts it (SIGSTOP), until SIGCONT, and says whether it stands still now; false where it has ended.
  bool halt();
  Result wait();

 private:
  std::string folder_;
  pid_t id_;
  std::optional<int> status_;  ///< as waitpid() gives it, once it has ended
};

/// The words of a command line; none of them may hold a space.
std::vector<std::string> words(const std::string& line);

/// Runs the program in a folder until it ends: run(folder, "train --sequences table.csv -o out").
Result run(const std::string& folder, const std::string& arguments, const Options& options = {});

}  // namespace genocuda::cli

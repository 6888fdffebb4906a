// SPDX-License-Identifier: Apache-2.0
#include "tests/apps/cli.h"

#include <csignal>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace genocuda::cli {
namespace {

constexpr const char* kOut = ".out";
constexpr const char* kErr = ".err";
constexpr int kNotStarted = 127;

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

bool redirect(int descriptor, const char* path) {
  const int file = ::open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  return file >= 0 && ::dup2(file, descriptor) >= 0;
}

/// In the child, between fork and exec: only calls that are safe there.
[[noreturn]] void become(const char* folder, char* const* arguments, const Options& options) {
  if (options.largest_file) {
    const rlimit limit{*options.largest_file, *options.largest_file};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  if (options.largest_memory) {
    const rlimit limit{*options.largest_memory, *options.largest_memory};
    ::setrlimit(RLIMIT_AS, &limit);
  }
  for (const int number : {SIGINT, SIGTERM}) ::signal(number, SIG_DFL);  // scripts' background jobs ignore SIGINT
  const char* out = options.out.empty() ? kOut : options.out.c_str();
  if (::chdir(folder) == 0 && redirect(STDOUT_FILENO, out) && redirect(STDERR_FILENO, kErr)) {
    ::execv(GENOCUDA_CLI, arguments);
  }
  ::_exit(kNotStarted);
}

}  // namespace

Process::Process(const std::string& folder, const std::vector<std::string>& arguments, const Options& options)
    : folder_(folder) {
  std::vector<std::string> texts{GENOCUDA_CLI};
  texts.insert(texts.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  id_ = ::fork();
  if (id_ < 0) throw std::runtime_error("no process could be started");
  if (id_ == 0) become(folder.c_str(), pointers.data(), options);
}

Process::~Process() {
  if (!running()) return;
  signal(SIGKILL);
  wait();
}

void Process::signal(int number) const { ::kill(id_, number); }

bool Process::running() {
  if (status_) return false;
  int status = 0;
  if (::waitpid(id_, &status, WNOHANG) != id_) return true;
  status_ = status;
  return false;
}

bool Process::halt() {
  if (!running()) return false;
  signal(SIGSTOP);
  int status = 0;
  if (::waitpid(id_, &status, WUNTRACED) != id_) throw std::runtime_error("the process is lost");
  if (WIFSTOPPED(status)) return true;
  status_ = status;
  return false;
}

Result Process::wait() {
  if (!status_) {
    int status = 0;
    if (::waitpid(id_, &status, 0) != id_) throw std::runtime_error("the process is lost");
    status_ = status;
  }
  const int status = WIFSIGNALED(*status_) ? -WTERMSIG(*status_) : WEXITSTATUS(*status_);
  return {status, content(folder_ + "/" + kOut), content(folder_ + "/" + kErr)};
}

std::vector<std::string> words(const std::string& line) {
  std::istringstream stream(line);
  return {std::istream_iterator<std::string>(stream), std::istream_iterator<std::string>()};
}

Result run(const std::string& folder, const std::string& arguments, const Options& options) {
  return Process(folder, words(arguments), options).wait();
}

}  // namespace genocuda::cli

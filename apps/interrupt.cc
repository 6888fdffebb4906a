// SPDX-License-Identifier: Apache-2.0
#include "apps/interrupt.h"

#include <atomic>
#include <csignal>
#include <string_view>

#include <unistd.h>

#include "learn/files/partial_file.h"
#include "learn/progress.h"

namespace genocuda::apps {
namespace {

constexpr std::string_view kLine = "genocuda: interrupted; no unfinished file is left\n";
constexpr std::string_view kOverProgress = "\r\x1b[Kgenocuda: interrupted; no unfinished file is left\n";

std::string_view line = kLine;
std::atomic_flag ending = ATOMIC_FLAG_INIT;

std::atomic<bool> asked{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void end(int) {
  while (ending.test_and_set()) ::pause();  // another thread is at it
  remove_partial_files();
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
  ::_exit(1);
}

void stop_first(int signal) {
  if (asked.exchange(true)) end(signal);
}

void handle_signals(void (*handler)(int)) {
  if (standard_error_progress(false).terminal) line = kOverProgress;
  struct sigaction action {};
  action.sa_handler = handler;
  ::sigfillset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM}) {
    struct sigaction before {};
    if (::sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) continue;
    ::sigaction(signal, &action, nullptr);
  }
}

}  // namespace

void end_on_signals() { handle_signals(end); }

void stop_softly_on_signals() { handle_signals(stop_first); }

bool stop_asked() { return asked; }

}  // namespace genocuda::apps

// SPDX-License-Identifier: Apache-2.0
#include "learn/progress.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <utility>

#include <sys/ioctl.h>
#include <unistd.h>

#include <fmt/format.h>

namespace genocuda {
namespace {

constexpr std::string_view kEraseLine = "\r\x1b[K";

/// "0:07", "12:34", "1:02:03".
std::string clock_text(double seconds) {
  const auto all = static_cast<std::int64_t>(std::min(std::ceil(seconds), 3.6e8));
  const std::int64_t hours = all / 3600, minutes = all / 60 % 60;
  return hours > 0 ? fmt::format("{}:{:02}:{:02}", hours, minutes, all % 60)
                   : fmt::format("{}:{:02}", minutes, all % 60);
}

std::string rate_text(double rate) {
  if (rate >= 1e6) return fmt::format("{:.2f}M", rate / 1e6);
  if (rate >= 1e4) return fmt::format("{:.1f}k", rate / 1e3);
  return rate >= 10 ? fmt::format("{:.0f}", rate) : fmt::format("{:.1f}", rate);
}

int terminal_columns() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

ProgressOptions standard_error_progress(bool quiet) {
  ProgressOptions options;
  options.stream = quiet ? nullptr : &std::cerr;
  const char* term = std::getenv("TERM");
  options.terminal = ::isatty(STDERR_FILENO) == 1 && term != nullptr && std::string_view(term) != "dumb";
  options.columns = terminal_columns;
  return options;
}

Progress::Progress(ProgressOptions options) : options_(std::move(options)) {}

Progress::~Progress() { erase(); }

void Progress::start(std::string label, std::int64_t total, std::string unit, std::int64_t done) {
  label_ = std::move(label);
  unit_ = std::move(unit);
  total_ = total;
  first_ = done_ = done;
  started_ = shown_ = options_.now();
  running_ = true;
  if (options_.terminal) draw({});
}

void Progress::update(std::int64_t done, std::string_view note) {
  done_ = done;
  if (options_.stream == nullptr || !running_) return;
  const auto now = options_.now();
  if (now - shown_ < (options_.terminal ? options_.between_redraws : options_.between_lines)) return;
  shown_ = now;
  if (options_.terminal) {
    draw(note);
  } else {
    *options_.stream << label_ << ": " << status(note, false) << std::endl;
  }
}

void Progress::finish(std::string_view note) {
  if (!std::exchange(running_, false)) return;
  message(fmt::format("{}: {}", label_, status(note, true)));
}

void Progress::message(std::string_view line) {
  if (options_.stream == nullptr) return;
  erase();
  *options_.stream << line << std::endl;
  if (running_ && options_.terminal) draw({});
}

double Progress::rate() const {
  const std::chrono::duration<double> elapsed = options_.now() - started_;
  return elapsed.count() > 0 ? static_cast<double>(done_ - first_) / elapsed.count() : 0;
}

std::string Progress::status(std::string_view note, bool finished) const {
  const double rate_now = rate();
  std::string text;
  if (finished) {
    const std::chrono::duration<double> elapsed = options_.now() - started_;
    text = fmt::format("{} {} in {}", done_ - first_, unit_, clock_text(elapsed.count()));
  } else if (total_ > 0) {
    // On a terminal the figures stay in their columns.
    text = fmt::format("{:{}}% {}/{}", 100 * std::clamp<std::int64_t>(done_, 0, total_) / total_,
                       options_.terminal ? 3 : 0, done_, total_);
  } else {
    text = fmt::format("{}", done_);
  }
  text += fmt::format(", {} {}/s", rate_text(rate_now), unit_);
  if (!finished && total_ > done_ && rate_now > 0) {
    text += fmt::format(", {} left", clock_text(static_cast<double>(total_ - done_) / rate_now));
  }
  if (!note.empty()) text += fmt::format(", {}", note);
  return text;
}

std::string Progress::bar(std::size_t width) const {
  const double share = std::clamp(static_cast<double>(done_) / static_cast<double>(total_), 0., 1.);
  const auto filled = static_cast<std::size_t>(share * static_cast<double>(width));
  std::string text(filled, '=');
  if (filled < width) text += '>';
  text.resize(width, ' ');
  return text;
}

void Progress::draw(std::string_view note) {
  if (options_.stream == nullptr) return;
  // One column stays free: some terminals wrap as soon as the last one is written.
  const auto columns = static_cast<std::size_t>(std::max(options_.columns() - 1, 1));
  const std::string text = status(note, false);
  constexpr std::size_t kNarrowestBar = 5, kWidestBar = 30, kAround = 4;  // " [" and "] "
  const std::size_t taken = label_.size() + text.size() + kAround;
  std::string line = label_;
  if (total_ > 0 && taken + kNarrowestBar <= columns) {
    line += " [" + bar(std::min(columns - taken, kWidestBar)) + "] ";
  } else {
    line += ' ';
  }
  line += text;
  line.resize(std::min(line.size(), columns));
  *options_.stream << kEraseLine << line << std::flush;
  drawn_ = true;
}

void Progress::erase() {
  if (std::exchange(drawn_, false)) *options_.stream << kEraseLine << std::flush;
}

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

namespace genocuda {

/// Where and how progress is shown. Tests put in their own stream and clock.
struct ProgressOptions {
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  std::ostream* stream = nullptr;  ///< shown nowhere when null
  bool terminal = false;           ///< a bar redrawn in place; otherwise plain lines now and then
  Clock now = [] { return std::chrono::steady_clock::now(); };
  std::function<int()> columns = [] { return 80; };                   ///< width of the terminal
  std::chrono::milliseconds between_redraws{100};                     ///< on a terminal
  std::chrono::milliseconds between_lines{std::chrono::seconds(10)};  ///< elsewhere
};

/// Progress on standard error: a bar where that is a terminal (and TERM is not "dumb"), nothing when `quiet`.
ProgressOptions standard_error_progress(bool quiet);

/// Shows how far a long loop is, its rate and the time left:
///
///   epoch 3/20 [=======>      ]  45% 1216/2700, 812 examples/s, 0:01 left, loss 0.4312      (a terminal)
///   epoch 3/20: 45% 1216/2700, 812 examples/s, 0:01 left, loss 0.4312                       (a file)
///
/// update() may be called as often as wanted; only what the options' intervals allow is written. The destructor takes
/// an unfinished bar off the terminal, so that an error message finds a clean line. One thread at a time.
class Progress {
 public:
  explicit Progress(ProgressOptions options);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  /// Begins a loop over `total` things (0: unknown how many) of a kind ("examples"), `done` of which an earlier run
  /// did.
  void start(std::string label, std::int64_t total, std::string unit = "examples", std::int64_t done = 0);
  /// `done` are done now; `note` stands last on the line.
  void update(std::int64_t done, std::string_view note = {});
  /// Ends the loop with a line that stays: what was done, how fast, how long it took, the note.
  void finish(std::string_view note = {});
  /// Writes a line of text beside the bar.
  void message(std::string_view line);

  /// Things a second since start(), 0 before any time has passed. Also counted when nothing is shown.
  double rate() const;

 private:
  std::string status(std::string_view note, bool finished) const;
  std::string bar(std::size_t width) const;
  void draw(std::string_view note);
  void erase();

  ProgressOptions options_;
  std::string label_;
  std::string unit_;
  std::int64_t total_ = 0;
  std::int64_t first_ = 0;
  std::int64_t done_ = 0;
  std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::time_point shown_;
  bool running_ = false;
  bool drawn_ = false;  // a bar stands on the terminal
};

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "genomics/signal_track.h"
#include "learn/files/atomic_file.h"

namespace genocuda::apps {

/// Whether a path is called like a signal: .bw, .bigWig, .bedGraph, .bdg or .bg, the last three also with .gz.
bool is_signal_name(const std::string& path);

/// A file for a signal, which appears as a whole or not at all: bigWig where it is called .bw or .bigWig, else
/// bedGraph, compressed where it ends in .gz. An empty path is standard output.
class SignalFile {
 public:
  /// Error (input_file) where it cannot be written, or would be bigWig on a pipe or device.
  explicit SignalFile(const std::string& path);

  const std::string& path() const { return path_; }
  /// The folder it lies in, or that for temporary files: where as much space may be had.
  std::string folder() const;
  /// Writes all of a track and puts the file in place.
  void write(const SignalTrack& track);

 private:
  std::string path_;
  AtomicFile file_;
};

}  // namespace genocuda::apps

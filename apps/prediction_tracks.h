// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "apps/genome_windows.h"
#include "apps/signal_file.h"
#include "genomics/spooled_track.h"
#include "learn/model/model_spec.h"
#include "learn/train/batch.h"

namespace genocuda::apps {

/// What a model predicts for each position of a genome, on its way into files: a track for each channel of each output
/// that is trained towards the values of a signal. A profile (multinomial_nll) is a share of the total that another
/// output predicts for the same bases of the same signal, times that total; without one it stays a share. Transforms of
/// signals are undone, so that the numbers are those of the files that the model was trained on.
class PredictionTracks {
 public:
  /// With one track, `path` is its file; of several, each is called after its output and channel, "out.reads.2.bw".
  /// Error (invalid_argument) where no output predicts values along the genome, or several do for other stretches or
  /// bins; (input_file) as SignalFile throws.
  PredictionTracks(const ModelSpec& model, std::span<const HeadColumns> heads, const ContigSizes& contigs,
                   const std::string& path);

  /// The windows that add() wants.
  const TileShape& shape() const { return shape_; }
  /// The files that write() puts in place.
  std::vector<std::string> paths() const;
  /// Takes the predictions [rows, columns of all heads] for the tiles from `first` on, which come in their order.
  void add(const Tiles& tiles, std::int64_t first, std::span<const float> predictions);
  /// Writes all files and puts them in place.
  void write();

 private:
  struct Output {
    HeadColumns head;
    TrackTransform transform;
    std::optional<std::int64_t> total;  ///< the column that holds the logarithm of a profile's total
  };
  struct File {
    std::size_t output;
    std::int64_t channel;
    SignalFile file;
    SpooledTrack track;
    File(std::size_t output_, std::int64_t channel_, const ContigSizes& contigs, const std::string& path)
        : output(output_), channel(channel_), file(path), track(contigs, file.folder()) {}
  };

  float value(const Output& output, std::span<const float> row, std::int64_t column) const;

  TileShape shape_{};
  std::int64_t columns_ = 0;
  std::vector<Output> outputs_;
  std::vector<std::unique_ptr<File>> files_;
  std::vector<SignalRun> runs_;
};

}  // namespace genocuda::apps

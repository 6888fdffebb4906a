// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "genomics/examples.h"
#include "genomics/notices.h"
#include "genomics/signal_track.h"
#include "genomics/track_transform.h"

namespace genocuda {

/// A channel to be.
struct TrackSource {
  std::string name;
  std::shared_ptr<const SignalTrack> signal;
  /// The name of the channel that holds the same of the other strand, "" where both strands are in this one.
  std::string other_strand = {};
};

struct TrackOptions {
  std::int64_t bin = 1;                             ///< bases that a position stands for, with the mean of their values
  float missing = 0;                                ///< for bases without a value, or NaN: then means leave them out
  TrackTransform transform = TrackTransform::none;  ///< of the positions' values, not of `missing`
};

/// Signals of a genome in memory, for windows of it: the tracks that a model reads, or profiles that it predicts.
/// Positions of all contigs stand in one row of [positions, channels] floats, a contig's first position at offset(),
/// which is also how a device keeps them. Immutable, and safe to read from many threads at a time.
class Tracks {
 public:
  /// Reads all signals, in 4 bytes a position and channel. Their contigs are found by name or alias; where a signal
  /// lacks one, all of it is missing there, which is said to `notices`, as are its contigs that the genome lacks. Error
  /// (input_file) where a bigWig file has a contig of another length than the genome, or none of its contigs, where a
  /// value is none that the transform takes, and as the signals throw; (invalid_argument) for channels that are not
  /// each other's strands, a bin below 1, channels of one name, or none.
  Tracks(const Genome& genome, std::span<const TrackSource> sources, const TrackOptions& options,
         Notices* notices = nullptr);

  std::int64_t channels() const { return static_cast<std::int64_t>(names_.size()); }
  const std::vector<std::string>& names() const { return names_; }
  std::int64_t bin() const { return bin_; }
  float missing() const { return missing_; }
  TrackTransform transform() const { return transform_; }

  /// The first position of a contig, and how many it has; a rest of a bin at its end is a position too.
  std::int64_t offset(std::int32_t contig) const { return offsets_[static_cast<std::size_t>(contig)]; }
  std::int64_t positions(std::int32_t contig) const { return offset(contig + 1) - offset(contig); }
  /// [positions of all contigs, channels].
  std::span<const float> values() const { return values_; }
  /// The least of them; NaN where there is none.
  float lowest() const { return lowest_; }
  /// The channel that each becomes on the other strand.
  std::span<const std::int32_t> other_strand() const { return other_strand_; }

  /// The position within its contig with which a window begins, on either strand; may lie outside. Where the window
  /// does not start with a bin, that in which the middle of its own first lies.
  std::int64_t first_position(const Window& window) const;
  /// The positions of a window of `length` bases. Error (invalid_argument) where the bin does not divide it.
  std::int64_t positions_of(std::int64_t length) const;

 private:
  void read(const Genome& genome, const SignalTrack& signal, std::size_t channel, Notices* notices);
  void read_contig(const SignalTrack& signal, std::int32_t own, std::int32_t contig, std::int64_t length,
                   std::size_t channel);
  float transformed(const SignalTrack& signal, std::int32_t own, std::int64_t start, float value) const;

  std::vector<std::string> names_;
  std::vector<std::int32_t> other_strand_;
  std::vector<std::int64_t> offsets_;  // of every contig, and that after the last
  std::vector<float> values_;
  float lowest_ = std::numeric_limits<float>::quiet_NaN();
  std::int64_t bin_;
  float missing_;
  TrackTransform transform_;
};

/// Opens signals given as FILE or NAME=FILE, a channel each. Channels called NAME.plus and NAME.minus, NAME.forward
/// and NAME.reverse, or NAME+ and NAME-, are the two strands of one signal.
std::vector<TrackSource> open_signals(std::span<const std::string> files);

/// Writes the windows as [windows.size(), tracks.positions_of(length), channels] floats: what pack_windows() is for
/// their sequences. A window that does not start with a bin takes the bins in which the middles of its own lie. On the
/// reverse strand positions run backwards and channels change places with their other strands. Outside the contig all
/// is missing.
void pack_tracks(const Tracks& tracks, std::span<const Window> windows, std::int64_t length, float* out);

/// Labels examples, whose windows lie on the genome of the tracks, by the mean of each channel over the middle `bases`
/// of the window, a task a channel: targets of a regression. Replaces the tasks they had; NaN, a missing label, where
/// all is missing and `missing` is NaN. Error (invalid_argument) where `bases` is not 1 to the length.
void label_by_tracks(Examples& examples, const Tracks& tracks, std::int64_t bases);

}  // namespace genocuda

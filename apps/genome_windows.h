// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "genomics/examples.h"
#include "genomics/interval_union.h"
#include "genomics/notices.h"

/// Windows that places on a genome give, without labels.
namespace genocuda::apps {

/// Which places of a genome are meant.
struct PlaceOptions {
  std::string regions;  ///< BED; "" for whole contigs
  std::vector<std::string> skip_contigs;
  std::string blacklist;  ///< BED; ""
};

enum class AtContigEnds : std::uint8_t {
  leave_out,  ///< windows that would need bases outside their contig
  unknown,    ///< such bases are unknown
};

/// A window of `length` bases round the summit or middle of each region, on the strand that it has, in the order of the
/// file. Windows that overlap the blacklist are left out. What is left out is said to `notices`. Error (input_file) as
/// read_bed() and intervals_on() throw, and naming the file where no window is left.
Examples windows_at(std::shared_ptr<const Genome> genome, const PlaceOptions& places, std::int64_t length,
                    AtContigEnds ends, Notices& notices);

struct TileShape {
  std::int64_t length;  ///< bases of a window
  std::int64_t bases;   ///< those in its middle, which it stands for
  std::int64_t bin;     ///< middles begin at multiples of it on their contig
};

/// Windows whose middles lie side by side.
struct Tiles {
  Examples examples;                      ///< on the forward strand
  std::vector<IntervalUnion::Run> parts;  ///< what of its middle each is wanted for: no base of the contig twice
};

/// Covers regions, or all of the contigs, with tiles, some at a time: by contig and start. Overlapping regions are one.
class Tiler {
 public:
  /// Error (input_file) as read_bed() and intervals_on() throw, and where no contig is left; the blacklist counts for
  /// nothing.
  Tiler(std::shared_ptr<const Genome> genome, const PlaceOptions& places, const TileShape& shape, Notices& notices);

  std::int64_t total_bases() const;
  /// The next tiles, `most` of them while there are; none at the end.
  Tiles next(std::int64_t most);

 private:
  struct Region {
    std::int32_t contig;
    IntervalUnion::Run bases;
  };

  std::shared_ptr<const Genome> genome_;
  TileShape shape_;
  std::vector<Region> regions_;
  std::size_t region_ = 0;       // that of the next tile
  std::int64_t done_until_ = 0;  // on its contig; before the region: nothing of it is done
};

}  // namespace genocuda::apps

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include <zlib.h>

#include "core/error.h"
#include "genomics/bigwig.h"
#include "genomics/bigwig_format.h"

namespace genocuda {
namespace {

using namespace bigwig;

// What the UCSC tools take.
constexpr std::uint16_t kVersion = 4;
constexpr std::size_t kItemsPerBlock = 1024, kRecordsPerBlock = 512, kFanout = 256;
constexpr std::size_t kMostZoomLevels = 10;
constexpr std::int64_t kZoomStep = 4, kRunsPerRecord = 10;
constexpr std::size_t kLargestBlock =
    std::max(kBlockHeaderBytes + kItemsPerBlock * item_bytes(kRuns), kRecordsPerBlock* kZoomRecordBytes);

// Counts what it has written.
class Output {
 public:
  explicit Output(RewritableSink& sink) : sink_(sink) {}

  std::uint64_t offset() const { return offset_; }
  void write(std::string_view bytes) {
    sink_.write(bytes);
    offset_ += bytes.size();
  }
  void rewrite(std::uint64_t offset, std::string_view bytes) { sink_.rewrite(offset, bytes); }

 private:
  RewritableSink& sink_;
  std::uint64_t offset_ = 0;
};

// Writes a tree over `count` items, `kFanout` of them a node, root first: leaf(item, bytes) appends an item of a leaf,
// inner(first, last, offset, bytes) one that leads to the node at `offset` over the items [first, last).
template <typename Leaf, typename Inner>
void write_tree(Output& out, std::size_t count, std::size_t leaf_bytes, std::size_t inner_bytes, const Leaf& leaf,
                const Inner& inner) {
  std::vector<std::size_t> items{count};  // of each level, leaves first
  while (items.back() > kFanout) items.push_back((items.back() + kFanout - 1) / kFanout);
  std::string bytes;
  std::uint64_t children = out.offset();  // where the level below starts
  std::size_t covered = 1;                // items of a leaf that an item of this level covers
  for (std::size_t level = 1; level < items.size(); ++level) covered *= kFanout;
  for (std::size_t level = items.size(); level-- > 0; covered /= kFanout) {
    const std::size_t item_size = level == 0 ? leaf_bytes : inner_bytes, nodes = (items[level] + kFanout - 1) / kFanout;
    children += std::max<std::size_t>(nodes, 1) * kNodeHeaderBytes + items[level] * item_size;
    const std::size_t child_size = kNodeHeaderBytes + kFanout * (level == 1 ? leaf_bytes : inner_bytes);
    std::size_t item = 0;
    do {
      const std::size_t in_node = std::min(kFanout, items[level] - item);
      put(bytes, static_cast<std::uint8_t>(level == 0), std::uint8_t{0}, static_cast<std::uint16_t>(in_node));
      for (const std::size_t end = item + in_node; item < end; ++item) {
        if (level == 0) {
          leaf(item, bytes);
        } else {
          inner(item * covered, std::min(count, (item + 1) * covered), children + item * child_size, bytes);
        }
      }
    } while (item < items[level]);
    out.write(bytes);
    bytes.clear();
  }
}

struct Block {
  std::uint32_t contig, start, end;
  std::uint64_t offset, size;
};

// Compresses and writes blocks, and then the index over them.
class Blocks {
 public:
  Blocks(Output& out, std::size_t items_per_block) : out_(out), items_per_block_(items_per_block) {}

  std::size_t count() const { return blocks_.size(); }

  void write(std::uint32_t contig, std::int64_t start, std::int64_t end, std::string_view bytes) {
    packed_.resize(compressBound(static_cast<uLong>(bytes.size())));
    uLongf size = static_cast<uLongf>(packed_.size());
    if (compress(reinterpret_cast<Bytef*>(packed_.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
                 static_cast<uLong>(bytes.size())) != Z_OK) {
      throw Error(ErrorKind::out_of_memory, "no memory to compress {} bytes", bytes.size());
    }
    blocks_.push_back({contig, static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end), out_.offset(),
                       static_cast<std::uint64_t>(size)});
    out_.write(std::string_view(packed_).substr(0, size));
  }

  // Returns the offset of the index.
  std::uint64_t write_index() {
    const std::uint64_t offset = out_.offset();
    std::string header;
    put(header, kIndexMagic, static_cast<std::uint32_t>(kFanout), static_cast<std::uint64_t>(blocks_.size()));
    if (blocks_.empty()) {
      header.append(16, '\0');
    } else {
      put_range(0, blocks_.size(), header);
    }
    put(header, offset, static_cast<std::uint32_t>(items_per_block_), std::uint32_t{0});
    out_.write(header);
    write_tree(
        out_, blocks_.size(), kIndexLeafItemBytes, kIndexInnerItemBytes,
        [&](std::size_t block, std::string& bytes) {
          put_range(block, block + 1, bytes);
          put(bytes, blocks_[block].offset, blocks_[block].size);
        },
        [&](std::size_t first, std::size_t last, std::uint64_t child, std::string& bytes) {
          put_range(first, last, bytes);
          put(bytes, child);
        });
    return offset;
  }

 private:
  // Blocks ascend and do not overlap.
  void put_range(std::size_t first, std::size_t last, std::string& bytes) const {
    put(bytes, blocks_[first].contig, blocks_[first].start, blocks_[last - 1].contig, blocks_[last - 1].end);
  }

  Output& out_;
  std::size_t items_per_block_;
  std::vector<Block> blocks_;
  std::string packed_;
};

struct Summary {
  std::uint64_t runs = 0, bases = 0;
  double min = std::numeric_limits<double>::infinity(), max = -std::numeric_limits<double>::infinity();
  double sum = 0, sum_of_squares = 0;

  void add(std::int64_t count, double value) {
    ++runs;
    bases += static_cast<std::uint64_t>(count);
    min = std::min(min, value);
    max = std::max(max, value);
    sum += value * static_cast<double>(count);
    sum_of_squares += value * value * static_cast<double>(count);
  }
};

class BigWigWriter {
 public:
  BigWigWriter(const SignalTrack& track, RewritableSink& sink)
      : track_(track), out_(sink), order_(static_cast<std::size_t>(track.contigs().size())) {
    const ContigSizes& contigs = track.contigs();
    if (order_.empty()) throw Error(ErrorKind::invalid_argument, "{} has no contigs to write", track.source());
    std::iota(order_.begin(), order_.end(), 0);
    std::sort(order_.begin(), order_.end(),
              [&](std::int32_t a, std::int32_t b) { return contigs.names[a] < contigs.names[b]; });
    for (const std::int32_t contig : order_) {
      if (contigs.length(contig) > std::numeric_limits<std::uint32_t>::max()) {
        throw Error(ErrorKind::invalid_argument, "contig '{}' has {} bases, more than bigWig can hold; write bedGraph",
                    contigs.names[contig], contigs.length(contig));
      }
      longest_ = std::max(longest_, contigs.length(contig));
    }
  }

  void write() {
    out_.write(std::string(kSummaryOffset + kSummaryBytes, '\0'));
    const std::uint64_t contig_tree = out_.offset();
    write_contigs();
    const std::uint64_t data = out_.offset();
    out_.write(std::string(sizeof(std::uint64_t), '\0'));
    Blocks blocks(out_, kItemsPerBlock);
    write_data(blocks);
    const std::uint64_t index = blocks.write_index();
    std::string zooms;
    const std::size_t levels = write_zoom_levels(zooms);
    std::string bytes;
    put(bytes, kMagic);
    out_.write(bytes);

    bytes.clear();
    put(bytes, static_cast<std::uint64_t>(blocks.count()));
    out_.rewrite(data, bytes);
    bytes.clear();
    put(bytes, kMagic, kVersion, static_cast<std::uint16_t>(levels), contig_tree, data, index, std::uint16_t{0},
        std::uint16_t{0}, std::uint64_t{0}, static_cast<std::uint64_t>(kSummaryOffset),
        static_cast<std::uint32_t>(kLargestBlock), std::uint64_t{0});
    bytes += zooms;
    out_.rewrite(0, bytes);
    bytes.clear();
    const bool any = total_.runs > 0;
    put(bytes, total_.bases, any ? total_.min : 0, any ? total_.max : 0, total_.sum, total_.sum_of_squares);
    out_.rewrite(kSummaryOffset, bytes);
  }

 private:
  static constexpr std::size_t kSummaryOffset = kHeaderBytes + kMostZoomLevels * kZoomHeaderBytes;

  // Gives all runs with the number of their contig in the file.
  template <typename Take>
  void for_each_run(const Take& take) const {
    for (std::size_t id = 0; id < order_.size(); ++id) {
      track_.visit(order_[id], 0, track_.contigs().length(order_[id]), [&](std::span<const SignalRun> runs) {
        for (const SignalRun& run : runs) {
          if (!std::isnan(run.value)) take(static_cast<std::uint32_t>(id), run);
        }
      });
    }
  }

  void write_contigs() {
    const ContigSizes& contigs = track_.contigs();
    std::size_t longest_name = 0;
    for (const std::int32_t contig : order_) longest_name = std::max(longest_name, contigs.names[contig].size());
    std::string header;
    put(header, kContigTreeMagic, static_cast<std::uint32_t>(std::min(kFanout, order_.size())),
        static_cast<std::uint32_t>(longest_name), std::uint32_t{8}, static_cast<std::uint64_t>(order_.size()),
        std::uint64_t{0});
    out_.write(header);
    const auto put_name = [&](std::size_t id, std::string& bytes) {
      bytes += contigs.names[order_[id]];
      bytes.append(longest_name - contigs.names[order_[id]].size(), '\0');
    };
    write_tree(
        out_, order_.size(), longest_name + 8, longest_name + 8,
        [&](std::size_t id, std::string& bytes) {
          put_name(id, bytes);
          put(bytes, static_cast<std::uint32_t>(id), static_cast<std::uint32_t>(contigs.length(order_[id])));
        },
        [&](std::size_t first, std::size_t, std::uint64_t child, std::string& bytes) {
          put_name(first, bytes);
          put(bytes, child);
        });
  }

  void write_data(Blocks& blocks) {
    std::string block;
    std::uint32_t contig = 0;
    std::int64_t start = 0, end = 0;
    std::uint16_t items = 0;
    const auto flush = [&] {
      if (items == 0) return;
      std::string header;
      put(header, contig, static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end), std::uint32_t{0},
          std::uint32_t{0}, static_cast<std::uint8_t>(kRuns), std::uint8_t{0}, items);
      blocks.write(contig, start, end, header + block);
      block.clear();
      items = 0;
    };
    for_each_run([&](std::uint32_t id, const SignalRun& run) {
      if (id != contig || items == kItemsPerBlock) flush();
      contig = id;
      if (items++ == 0) start = run.start;
      end = run.end;
      put(block, static_cast<std::uint32_t>(run.start), static_cast<std::uint32_t>(run.end), run.value);
      total_.add(run.end - run.start, run.value);
    });
    flush();
  }

  // Returns how many there are; appends their headers to `headers`.
  std::size_t write_zoom_levels(std::string& headers) {
    if (total_.runs == 0) return 0;
    std::int64_t bases =
        std::max<std::int64_t>(kRunsPerRecord, kRunsPerRecord * static_cast<std::int64_t>(total_.bases / total_.runs));
    std::size_t levels = 0;
    while (2 * count_records(bases) > total_.runs && bases < longest_) bases *= kZoomStep;  // what would save nothing
    for (; levels < kMostZoomLevels && bases < longest_; bases *= kZoomStep) {
      const std::uint64_t offset = out_.offset();
      out_.write(std::string(sizeof(std::uint32_t), '\0'));
      Blocks blocks(out_, kRecordsPerBlock);
      const std::uint32_t records = write_records(bases, blocks);
      put(headers, static_cast<std::uint32_t>(bases), std::uint32_t{0}, offset, blocks.write_index());
      std::string count;
      put(count, records);
      out_.rewrite(offset, count);
      ++levels;
      if (records == 1) break;
    }
    return levels;
  }

  // Summaries of stretches of `bases` bases: each starts with the first base that has a value and lies behind the one
  // before, and ends with the contig at the latest.
  template <typename Take>
  void for_each_record(std::int64_t bases, const Take& take) const {
    std::optional<Summary> record;
    std::uint32_t contig = 0;
    std::int64_t start = 0, end = 0;
    for_each_run([&](std::uint32_t id, const SignalRun& run) {
      for (std::int64_t at = run.start; at < run.end;) {
        if (!record || id != contig || at >= end) {
          if (record) take(contig, start, end, *record);
          record.emplace();
          contig = id;
          start = at;
          end = std::min(start + bases, track_.contigs().length(order_[id]));
        }
        const std::int64_t stop = std::min(run.end, end);
        record->add(stop - at, run.value);
        at = stop;
      }
    });
    if (record) take(contig, start, end, *record);
  }

  std::uint64_t count_records(std::int64_t bases) const {
    std::uint64_t records = 0;
    for_each_record(bases, [&](std::uint32_t, std::int64_t, std::int64_t, const Summary&) { ++records; });
    return records;
  }

  // Returns how many there are.
  std::uint32_t write_records(std::int64_t bases, Blocks& blocks) {
    std::uint32_t records = 0;
    std::string block;
    std::uint32_t contig = 0;
    std::int64_t block_start = 0, block_end = 0;
    const auto flush = [&] {
      if (!block.empty()) blocks.write(contig, block_start, block_end, block);
      block.clear();
    };
    for_each_record(bases, [&](std::uint32_t id, std::int64_t start, std::int64_t end, const Summary& record) {
      if (id != contig || block.size() == kRecordsPerBlock * kZoomRecordBytes) flush();
      ++records;
      contig = id;
      if (block.empty()) block_start = start;
      block_end = end;
      put(block, id, static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end),
          static_cast<std::uint32_t>(record.bases), static_cast<float>(record.min), static_cast<float>(record.max),
          static_cast<float>(record.sum), static_cast<float>(record.sum_of_squares));
    });
    flush();
    return records;
  }

  const SignalTrack& track_;
  Output out_;
  std::vector<std::int32_t> order_;  // contigs of the track in the order of the file
  std::int64_t longest_ = 0;
  Summary total_;
};

}  // namespace

void write_bigwig(const SignalTrack& track, RewritableSink& out) { BigWigWriter(track, out).write(); }

}  // namespace genocuda

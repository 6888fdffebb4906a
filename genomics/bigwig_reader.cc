// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include <zlib.h>

#include "core/error.h"
#include "genomics/bigwig.h"
#include "genomics/bigwig_format.h"
#include "genomics/random_file.h"

namespace genocuda {
namespace {

using namespace bigwig;

constexpr std::uint32_t kLargestBlock = 1u << 24;  // bytes; writers take some 30 KB
constexpr std::uint64_t kMostContigs = 100'000'000;

std::uint32_t read_magic(const RandomFile& file) {
  std::array<std::byte, sizeof(std::uint32_t)> bytes{};
  if (file.size() < bytes.size()) return 0;
  file.read(0, bytes);
  return Fields(bytes).take<std::uint32_t>();
}

// A place on the assembly as the index has it; in lexicographic order.
using Place = std::pair<std::uint32_t, std::uint32_t>;

struct Block {
  Place start;
  std::uint64_t offset, size;
};

class BigWig final : public SignalTrack {
 public:
  explicit BigWig(const std::string& path) : SignalTrack(ContigSizes{path, {}, {}}), file_(path) {
    const std::uint32_t magic = read_magic(file_);
    if (magic == kSwappedMagic) {
      throw Error(ErrorKind::input_file, "{} was written by a big-endian machine; write it again, by way of bedGraph",
                  path);
    }
    if (magic != kMagic) {
      throw Error(ErrorKind::input_file, "{} is no bigWig file{}", path,
                  file_.size() == 0 ? ": it is empty" : "; if it is bedGraph, call it .bedGraph");
    }
    std::array<std::byte, kHeaderBytes> header{};
    file_.read(0, header);
    Fields fields(header);
    fields.skip(8);
    const auto contig_tree = fields.take<std::uint64_t>();
    fields.skip(8);
    const auto index = fields.take<std::uint64_t>();
    fields.skip(20);
    block_bytes_ = fields.take<std::uint32_t>();
    if (block_bytes_ > kLargestBlock) throw damaged("its blocks are too large");
    read_contigs(contig_tree);
    index_ = index + kIndexHeaderBytes;
    std::array<std::byte, sizeof(std::uint32_t)> index_magic{};
    file_.read(index, index_magic);
    if (Fields(index_magic).take<std::uint32_t>() != kIndexMagic) throw damaged("there is no index where it should be");
  }

  void visit(std::int32_t contig, std::int64_t start, std::int64_t end, const Take& take) const override {
    start = std::max<std::int64_t>(start, 0);
    end = std::min(end, contigs_.length(contig));
    if (start >= end) return;
    const auto id = static_cast<std::uint32_t>(contig);
    std::vector<std::byte> packed, unpacked;
    std::vector<SignalRun> runs;
    for (const Block& block :
         find_blocks({id, static_cast<std::uint32_t>(start)}, {id, static_cast<std::uint32_t>(end)})) {
      runs.clear();
      read_runs(block, id, start, end, packed, unpacked, runs);
      if (!runs.empty()) take(runs);
    }
  }

 private:
  Error damaged(const char* why) const {
    return Error(ErrorKind::input_file, "{} is damaged: {}; copy or download it again", source(), why);
  }

  std::vector<std::byte> read(std::uint64_t offset, std::uint64_t size) const {
    // Before the memory is asked for.
    if (size > file_.size()) throw damaged("a part of it is larger than the whole");
    std::vector<std::byte> bytes(size);
    file_.read(offset, bytes);
    return bytes;
  }

  // Calls leaf(item) and inner(item), which returns whether to follow, for every item of a tree of contigs or of
  // blocks. Its nodes lie apart, so that what is read of a sound tree is no more than the file; one with cycles ends
  // there.
  template <typename Leaf, typename Inner>
  void walk(std::uint64_t root, std::size_t leaf_bytes, std::size_t inner_bytes, const Leaf& leaf,
            const Inner& inner) const {
    std::vector<std::uint64_t> open{root};
    std::uint64_t bytes_read = 0;
    while (!open.empty()) {
      const std::uint64_t offset = open.back();
      open.pop_back();
      const std::vector<std::byte> header = read(offset, kNodeHeaderBytes);
      Fields fields(header);
      const bool is_leaf = fields.take<std::uint8_t>() != 0;
      fields.skip(1);
      const std::size_t count = fields.take<std::uint16_t>(), item_size = is_leaf ? leaf_bytes : inner_bytes;
      bytes_read += kNodeHeaderBytes + count * item_size;
      if (bytes_read > file_.size()) throw damaged("its index runs in a circle");
      const std::vector<std::byte> items = read(offset + kNodeHeaderBytes, count * item_size);
      for (std::size_t i = 0; i < count; ++i) {
        const std::span<const std::byte> item(items.data() + i * item_size, item_size);
        if (is_leaf) {
          leaf(item);
        } else if (inner(item)) {
          open.push_back(Fields(item.last(sizeof(std::uint64_t))).template take<std::uint64_t>());
        }
      }
    }
  }

  void read_contigs(std::uint64_t offset) {
    const std::vector<std::byte> header = read(offset, kContigTreeHeaderBytes);
    Fields fields(header);
    if (fields.take<std::uint32_t>() != kContigTreeMagic) throw damaged("there are no contigs where they should be");
    fields.skip(4);
    const std::size_t key = fields.take<std::uint32_t>();
    fields.skip(4);
    const auto count = fields.take<std::uint64_t>();
    if (count > std::min(kMostContigs, file_.size()) || key > file_.size()) throw damaged("its contigs are too many");
    std::vector<std::pair<std::string, std::uint32_t>> contigs(count);
    walk(
        offset + kContigTreeHeaderBytes, key + 8, key + 8,
        [&](std::span<const std::byte> item) {
          std::string name(reinterpret_cast<const char*>(item.data()), key);
          name.resize(std::min(name.find('\0'), name.size()));
          Fields numbers(item.subspan(key));
          const auto id = numbers.take<std::uint32_t>();
          const auto length = numbers.take<std::uint32_t>();
          const bool printable = std::none_of(name.begin(), name.end(),
                                              [](char letter) { return static_cast<unsigned char>(letter) < ' '; });
          if (id >= count || name.empty() || !printable || length == 0) {
            throw damaged("a contig has no name, number or length");
          }
          contigs[id] = {std::move(name), length};
        },
        [](std::span<const std::byte>) { return true; });
    for (auto& [name, length] : contigs) {
      if (name.empty() || contigs_.names.find(name)) throw damaged("a contig is missing or comes twice");
      contigs_.add(std::move(name), length);
    }
  }

  // The blocks with items in [start, end), by place.
  std::vector<Block> find_blocks(Place start, Place end) const {
    std::vector<Block> blocks;
    std::uint64_t bytes = 0;
    const auto overlaps = [&](Fields& fields, Place& first) {
      first.first = fields.take<std::uint32_t>();
      first.second = fields.take<std::uint32_t>();
      Place last;
      last.first = fields.take<std::uint32_t>();
      last.second = fields.take<std::uint32_t>();
      return first < end && start < last;
    };
    walk(
        index_, kIndexLeafItemBytes, kIndexInnerItemBytes,
        [&](std::span<const std::byte> item) {
          Fields fields(item);
          Block block{};
          if (!overlaps(fields, block.start)) return;
          block.offset = fields.take<std::uint64_t>();
          block.size = fields.take<std::uint64_t>();
          bytes += std::min(block.size, file_.size());
          if (bytes > file_.size()) throw damaged("its index names blocks twice");
          blocks.push_back(block);
        },
        [&](std::span<const std::byte> item) {
          Fields fields(item);
          Place first;
          return overlaps(fields, first);
        });
    std::sort(blocks.begin(), blocks.end(), [](const Block& a, const Block& b) { return a.start < b.start; });
    return blocks;
  }

  void read_runs(const Block& block, std::uint32_t id, std::int64_t start, std::int64_t end,
                 std::vector<std::byte>& packed, std::vector<std::byte>& unpacked, std::vector<SignalRun>& runs) const {
    if (block.size > file_.size()) throw damaged("a block is larger than the whole");
    packed.resize(block.size);
    file_.read(block.offset, packed);
    std::span<const std::byte> bytes = packed;
    if (block_bytes_ > 0) {
      unpacked.resize(block_bytes_);
      uLongf size = block_bytes_;
      if (uncompress(reinterpret_cast<Bytef*>(unpacked.data()), &size, reinterpret_cast<const Bytef*>(packed.data()),
                     static_cast<uLong>(packed.size())) != Z_OK) {
        throw damaged_at(id, "a block cannot be decompressed");
      }
      bytes = std::span<const std::byte>(unpacked).first(size);
    }
    if (bytes.size() < kBlockHeaderBytes) throw damaged_at(id, "a block has no header");
    Fields fields(bytes);
    if (fields.take<std::uint32_t>() != id) return;  // its range in the index covers several contigs
    const std::int64_t first = fields.take<std::uint32_t>();
    fields.skip(4);
    const std::int64_t step = fields.take<std::uint32_t>(), span = fields.take<std::uint32_t>();
    const auto kind = fields.take<std::uint8_t>();
    fields.skip(1);
    const std::size_t count = fields.take<std::uint16_t>();
    if (item_bytes(kind) == 0 || fields.rest().size() < count * item_bytes(kind)) {
      throw damaged_at(id, "a block has fewer items than it says");
    }
    for (std::size_t i = 0; i < count; ++i) {
      SignalRun run;
      run.start = kind == kFixedStep ? first + static_cast<std::int64_t>(i) * step : fields.take<std::uint32_t>();
      run.end = kind == kRuns ? fields.take<std::uint32_t>() : run.start + span;
      run.value = fields.take<float>();
      if (run.start >= run.end) throw damaged_at(id, "an item holds no base");
      run.start = std::max(run.start, start);
      run.end = std::min(run.end, end);
      if (run.start < run.end) runs.push_back(run);
    }
  }

  Error damaged_at(std::uint32_t contig, const char* why) const {
    return Error(ErrorKind::input_file, "{} is damaged: on '{}', {}; copy or download it again", source(),
                 contigs_.names[static_cast<std::int32_t>(contig)], why);
  }

  RandomFile file_;
  std::uint64_t index_ = 0;        // of the root of the tree of blocks
  std::uint32_t block_bytes_ = 0;  // of the largest block; 0: nothing is compressed
};

}  // namespace

bool is_bigwig(const std::string& path) {
  // A pipe is none, and must keep its first bytes.
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;
  const std::uint32_t magic = read_magic(RandomFile(path));
  return magic == kMagic || magic == kSwappedMagic;
}

std::unique_ptr<SignalTrack> open_bigwig(const std::string& path) { return std::make_unique<BigWig>(path); }

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "learn/motifs/scanner.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "core/ops/activation.h"
#include "core/ops/conv1d.h"
#include "core/ops/matmul.h"
#include "core/ops/one_hot.h"
#include "core/ops/onehot_conv1d_pool.h"
#include "core/ops/pooling.h"
#include "core/passes.h"

namespace genocuda {
namespace {

/// Windows of a pool. Longer pools are fewer numbers to look at, but more windows to score again for each hit.
constexpr std::int64_t kPool = 32;

/// Filters of an executable: what the CPU's convolution keeps in registers at once, and a multiple of a GPU's tile.
constexpr std::size_t kFilters = 96;

/// Windows that a run looks at. On the CPU the convolution's result stays in the second-level cache; a GPU wants many.
constexpr std::int64_t kWindowsOnHost = 4096, kWindowsOnDevice = 1 << 20;
constexpr std::int64_t kLongestChunk = 2048;

std::int64_t round_up(std::int64_t count, std::int64_t multiple) {
  return (count + multiple - 1) / multiple * multiple;
}

/// A stretch of a region whose windows are looked at together, the last row of a batch cut short.
struct Chunk {
  std::int64_t region, first, windows;
};

struct Filter {
  std::int32_t motif;
  Strand strand;
  Pssm pssm;
  std::int32_t threshold;
};

/// The bases of a chunk, and where the next unknown base comes.
class ChunkBases {
 public:
  void read(const SequenceRegion& region, std::int64_t first, std::int64_t count) {
    const std::int64_t inside = std::min(count, region.length - first);
    codes_.resize(static_cast<std::size_t>(inside));
    known_.resize(codes_.size());
    std::int64_t run = 0;
    for (std::int64_t i = inside - 1; i >= 0; --i) {
      codes_[i] = region.sequence->code(region.start + first + i);
      run = codes_[i] < dna::kBases ? run + 1 : 0;
      known_[i] = run;
    }
  }
  std::int64_t size() const { return static_cast<std::int64_t>(codes_.size()); }
  /// Whether all bases of the window are known and lie in the region.
  bool has_window(std::int64_t position, std::int64_t width) const { return known_[position] >= width; }
  std::span<const std::uint8_t> codes() const { return codes_; }

 private:
  std::vector<std::uint8_t> codes_;
  std::vector<std::int64_t> known_;  // known bases from each position on
};

bool fuses(const Device& device) {
  return std::ranges::any_of(fusion_rules(device),
                             [](const FusionRule& rule) { return rule.makes == &ops::kOnehotConv1dPool; });
}

/// Filters that run together, and what runs them.
struct Group {
  std::vector<Filter> filters;
  std::vector<float> least = {};  ///< that a pool of each filter has where there is a hit
  std::int64_t width = 0;
  std::unique_ptr<Executable> executable = nullptr;
  std::int64_t batch = 0, chunk = 0;  ///< that the executable was built for
  std::vector<std::uint32_t> rows = {};
  std::vector<float> pooled = {};

  std::int64_t row_length() const { return chunk + width - 1; }
};

}  // namespace

class MotifScanner::State {
 public:
  State(std::vector<ScannedMotif> motifs, Device& device, const MotifScanOptions& options)
      : motifs_(std::move(motifs)), options_(options), device_(device), variables_(device), fuses_(fuses(device)) {
    if (motifs_.empty()) throw Error(ErrorKind::invalid_argument, "there is no motif to scan for");
    std::vector<std::int32_t> order(motifs_.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, {}, [&](std::int32_t i) { return motifs_[i].pssm.width(); });
    for (const std::int32_t i : order) {
      add({i, Strand::forward, motifs_[i].pssm, motifs_[i].threshold});
      if (options_.both_strands) {
        add({i, Strand::reverse, motifs_[i].pssm.reverse_complement(), motifs_[i].threshold});
      }
      widest_ = std::max(widest_, motifs_[i].pssm.width());
    }
    for (std::size_t g = 0; g < groups_.size(); ++g) upload(g);
  }

  void scan(std::span<const SequenceRegion> regions, const Sink& sink) {
    std::int64_t longest = 1;
    for (const SequenceRegion& region : regions) longest = std::max(longest, region.length);
    const std::int64_t chunk = std::min(round_up(longest, kPool), kLongestChunk);
    const std::int64_t windows = device_.memory_is_host() ? kWindowsOnHost : kWindowsOnDevice;
    const std::int64_t batch = std::max<std::int64_t>(1, windows / chunk);
    for (std::size_t g = 0; g < groups_.size(); ++g) build(g, batch, chunk);

    std::vector<Chunk> chunks;
    std::int64_t bases = 0;
    const auto flush = [&] {
      if (chunks.empty()) return;
      std::vector<MotifHit> hits = hits_of(regions, chunks);
      sink(hits, bases);
      chunks.clear();
    };
    for (std::size_t r = 0; r < regions.size(); ++r) {
      for (std::int64_t first = 0; first < regions[r].length; first += chunk) {
        chunks.push_back({static_cast<std::int64_t>(r), first, std::min(chunk, regions[r].length - first)});
        bases += chunks.back().windows;
        if (static_cast<std::int64_t>(chunks.size()) == batch) flush();
      }
    }
    flush();
  }

 private:
  void add(Filter filter) {
    if (groups_.empty() || groups_.back().filters.size() == kFilters) groups_.emplace_back();
    groups_.back().width = std::max(groups_.back().width, filter.pssm.width());
    // The bias of a fused layer makes the least hit 1.
    groups_.back().least.push_back(static_cast<float>(fuses_ ? 1 : filter.threshold));
    groups_.back().filters.push_back(std::move(filter));
  }

  static std::string name(std::string_view what, std::size_t group) { return fmt::format("{}{}", what, group); }
  static TensorType filters_type(const Group& group) {
    return {DType::f32, Shape{group.width, dna::kBases, static_cast<std::int64_t>(group.filters.size())}};
  }
  static TensorType biases_type(const Group& group) {
    return {DType::f32, Shape{static_cast<std::int64_t>(group.filters.size())}};
  }

  /// Whole numbers as floats: their sums are exact.
  void upload(std::size_t g) {
    const Group& group = groups_[g];
    const std::size_t count = group.filters.size();
    std::vector<float> filters(static_cast<std::size_t>(group.width) * dna::kBases * count), biases;
    for (std::size_t f = 0; f < count; ++f) {
      const std::vector<Pssm::Row>& rows = group.filters[f].pssm.rows();
      for (std::size_t k = 0; k < rows.size(); ++k) {
        for (std::size_t base = 0; base < dna::kBases; ++base) {
          filters[(k * dna::kBases + base) * count + f] = static_cast<float>(rows[k][base]);
        }
      }
      biases.push_back(static_cast<float>(1 - group.filters[f].threshold));
    }
    variables_.ensure(name("filters", g), filters_type(group));
    variables_.ensure(name("biases", g), biases_type(group));
    variables_.write(name("filters", g), std::as_bytes(std::span(filters)));
    variables_.write(name("biases", g), std::as_bytes(std::span(biases)));
  }

  void build(std::size_t g, std::int64_t batch, std::int64_t chunk) {
    Group& group = groups_[g];
    if (group.executable != nullptr && group.batch == batch && group.chunk == chunk) return;
    group.batch = batch;
    group.chunk = chunk;
    Graph graph;
    const Value dna = graph.input("dna", {DType::dna, {batch, group.row_length()}});
    const Value filters = graph.variable(name("filters", g), filters_type(group));
    const Value biases = graph.variable(name("biases", g), biases_type(group));
    Value scores = conv1d(one_hot(dna), filters, {.width = group.width});
    if (fuses_) scores = relu(add_bias(scores, biases));
    graph.output("strongest", max_pool1d(scores, {.width = kPool, .stride = kPool}));
    group.executable =
        std::make_unique<Executable>(fuse(graph, fusion_rules(device_)), variables_, options_.executable);
    group.rows.assign(static_cast<std::size_t>(batch * dna::row_words(group.row_length())), 0);
    group.pooled.resize(static_cast<std::size_t>(group.executable->output("strongest").elements()));
  }

  std::vector<MotifHit> hits_of(std::span<const SequenceRegion> regions, std::span<const Chunk> chunks) {
    std::vector<MotifHit> hits;
    std::vector<ChunkBases> bases(chunks.size());
    for (Group& group : groups_) {
      const std::int64_t row_words = dna::row_words(group.row_length());
      for (std::size_t c = 0; c < chunks.size(); ++c) {
        const SequenceRegion& region = regions[chunks[c].region];
        region.sequence->extract(region.start + chunks[c].first, group.row_length(), Strand::forward,
                                 group.rows.data() + static_cast<std::int64_t>(c) * row_words);
      }
      group.executable->write<std::uint32_t>("dna", group.rows);
      group.executable->run();
      group.executable->read("strongest", std::as_writable_bytes(std::span(group.pooled)));
      for (std::size_t c = 0; c < chunks.size(); ++c) collect(group, regions, chunks[c], c, bases[c], hits);
    }
    std::ranges::sort(hits, {},
                      [](const MotifHit& hit) { return std::tuple(hit.region, hit.position, hit.motif, hit.strand); });
    return hits;
  }

  void collect(const Group& group, std::span<const SequenceRegion> regions, const Chunk& chunk, std::size_t c,
               ChunkBases& bases, std::vector<MotifHit>& hits) const {
    const auto count = static_cast<std::int64_t>(group.filters.size()), pools = group.chunk / kPool;
    const float* strongest = group.pooled.data() + static_cast<std::int64_t>(c) * pools * count;
    const std::int64_t used = round_up(chunk.windows, kPool) / kPool * count;
    for (std::int64_t i = 0, f = 0; i < used; ++i, f = f + 1 < count ? f + 1 : 0) {
      if (!(strongest[i] >= group.least[f])) continue;
      const Filter& filter = group.filters[f];
      if (bases.size() == 0) bases.read(regions[chunk.region], chunk.first, chunk.windows + widest_ - 1);
      const std::int64_t first = i / count * kPool, end = std::min(first + kPool, chunk.windows);
      for (std::int64_t window = first; window < end; ++window) {
        if (!bases.has_window(window, filter.pssm.width())) continue;
        const std::int32_t steps = filter.pssm.score(bases.codes(), window);
        if (steps < filter.threshold) continue;
        hits.push_back({chunk.region, chunk.first + window, filter.motif, filter.strand, steps});
      }
    }
  }

  std::vector<ScannedMotif> motifs_;
  MotifScanOptions options_;
  Device& device_;
  VariableStore variables_;
  bool fuses_;  // convolution, bias, ReLU and pool in one operator; elsewhere bias and ReLU would be passes over memory
  std::vector<Group> groups_;
  std::int64_t widest_ = 0;
};

MotifScanner::MotifScanner(std::vector<ScannedMotif> motifs, Device& device, const MotifScanOptions& options)
    : state_(std::make_unique<State>(std::move(motifs), device, options)) {}
MotifScanner::~MotifScanner() = default;
MotifScanner::MotifScanner(MotifScanner&&) noexcept = default;

void MotifScanner::scan(std::span<const SequenceRegion> regions, const Sink& sink) { state_->scan(regions, sink); }

std::vector<MotifHit> MotifScanner::scan(std::span<const SequenceRegion> regions) {
  std::vector<MotifHit> all;
  scan(regions, [&](std::span<const MotifHit> hits, std::int64_t) { all.insert(all.end(), hits.begin(), hits.end()); });
  return all;
}

}  // namespace genocuda

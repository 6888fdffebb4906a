// SPDX-License-Identifier: Apache-2.0
#include "draw/layered_layout.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace genocuda {
namespace {

constexpr int kOrderSweeps = 12, kPlaceSweeps = 2000;
constexpr double kStill = 1e-3;      // pixels by which places still move when the sweeps end
constexpr double kThreadWidth = 16;  // what a long edge takes in a layer that it crosses

/// A box, or the place of a long edge in a layer that it crosses: a thread.
struct Item {
  double width = 0;
  bool thread = false;
  int layer = 0;
  double x = 0;
  std::vector<int> above, below;  // items
};

/// How much it matters that an edge between two items is upright: most for long ones, which have no box to bend at.
double straightness(const Item& a, const Item& b) { return a.thread && b.thread ? 8 : a.thread || b.thread ? 2 : 1; }

class LayeredLayout {
 public:
  LayeredLayout(std::span<const BoxSize> boxes, std::span<const LayoutEdge> edges, const LayoutOptions& options)
      : boxes_(boxes), edges_(edges), options_(options) {}

  Layout run() {
    assign_layers();
    thread_edges();
    order_layers();
    place_items();
    return finish();
  }

 private:
  void assign_layers() {
    for (const BoxSize& box : boxes_) items_.push_back({.width = box.width, .above = {}, .below = {}});
    // A box uses earlier ones alone, so that one pass over the edges by their ends finds the longest ways.
    std::vector<int> by_end(edges_.size());
    std::iota(by_end.begin(), by_end.end(), 0);
    std::ranges::stable_sort(by_end, {}, [&](int e) { return edges_[e].to; });
    std::vector<bool> source(boxes_.size(), true);
    for (const int e : by_end) {
      Item& to = items_[edges_[e].to];
      to.layer = std::max(to.layer, items_[edges_[e].from].layer + 1);
      source[edges_[e].to] = false;
    }
    std::vector<int> nearest(boxes_.size(), -1);
    for (const LayoutEdge& edge : edges_) {
      const int layer = items_[edge.to].layer;
      if (nearest[edge.from] < 0 || layer < nearest[edge.from]) nearest[edge.from] = layer;
    }
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
      if (source[i] && nearest[i] > 0) items_[i].layer = nearest[i] - 1;
    }
  }

  void thread_edges() {
    for (const LayoutEdge& edge : edges_) {
      std::vector<int> way{edge.from};
      for (int layer = items_[edge.from].layer + 1; layer < items_[edge.to].layer; ++layer) {
        way.push_back(static_cast<int>(items_.size()));
        items_.push_back({.width = kThreadWidth, .thread = true, .layer = layer, .above = {}, .below = {}});
      }
      way.push_back(edge.to);
      for (std::size_t i = 0; i + 1 < way.size(); ++i) {
        items_[way[i]].below.push_back(way[i + 1]);
        items_[way[i + 1]].above.push_back(way[i]);
      }
      ways_.push_back(std::move(way));
    }
    for (int i = 0; i < static_cast<int>(items_.size()); ++i) {
      const auto layer = static_cast<std::size_t>(items_[i].layer);
      if (layers_.size() <= layer) layers_.resize(layer + 1);
      layers_[layer].push_back(i);
    }
  }

  std::vector<double> ranks() const {
    std::vector<double> rank(items_.size());
    for (const std::vector<int>& layer : layers_) {
      for (std::size_t i = 0; i < layer.size(); ++i) rank[layer[i]] = static_cast<double>(i);
    }
    return rank;
  }

  int crossings() const {
    const std::vector<double> rank = ranks();
    int count = 0;
    for (const std::vector<int>& layer : layers_) {
      std::vector<std::pair<double, double>> segments;
      for (const int item : layer) {
        for (const int below : items_[item].below) segments.emplace_back(rank[item], rank[below]);
      }
      for (std::size_t i = 0; i < segments.size(); ++i) {
        for (std::size_t j = i + 1; j < segments.size(); ++j) {
          count += (segments[i].first - segments[j].first) * (segments[i].second - segments[j].second) < 0;
        }
      }
    }
    return count;
  }

  void order_layers() {
    std::vector<std::vector<int>> best = layers_;
    int fewest = crossings();
    for (int sweep = 0; sweep < kOrderSweeps && fewest > 0; ++sweep) {
      const bool down = sweep % 2 == 0;
      for (std::size_t step = 0; step < layers_.size(); ++step) {
        const std::vector<double> rank = ranks();
        std::vector<int>& layer = layers_[down ? step : layers_.size() - 1 - step];
        const auto barycentre = [&](int item) {
          const std::vector<int>& others = down ? items_[item].above : items_[item].below;
          if (others.empty()) return rank[item];
          double sum = 0;
          for (const int other : others) sum += rank[other];
          return sum / static_cast<double>(others.size());
        };
        std::ranges::stable_sort(layer, {}, barycentre);
      }
      if (const int now = crossings(); now < fewest) {
        fewest = now;
        best = layers_;
      }
    }
    layers_ = std::move(best);
  }

  /// How far apart the centres of two neighbours must be.
  double distance(int left, int right) const {
    return (items_[left].width + items_[right].width) / 2 + options_.column_gap;
  }

  /// Where the neighbours pull an item, and how strongly.
  struct Pull {
    double x = 0, weight = 1;
  };

  Pull pull_of(int item) const {
    double sum = 0, weight = 0;
    for (const std::vector<int>* side : {&items_[item].above, &items_[item].below}) {
      for (const int other : *side) {
        const double w = straightness(items_[item], items_[other]);
        sum += w * items_[other].x;
        weight += w;
      }
    }
    return weight == 0 ? Pull{items_[item].x, 1} : Pull{sum / weight, weight};
  }

  /// The places nearest to the pulls by least squares that keep order and distance: isotonic regression by pooling
  /// neighbours that are too close. Returns how far any item went.
  double place_layer(const std::vector<int>& layer) {
    struct Pool {
      double sum = 0, weight = 0;
      std::size_t end = 0;
    };
    std::vector<double> offset(layer.size());
    for (std::size_t i = 1; i < layer.size(); ++i) offset[i] = offset[i - 1] + distance(layer[i - 1], layer[i]);
    std::vector<Pool> pools;
    for (std::size_t i = 0; i < layer.size(); ++i) {
      const Pull pull = pull_of(layer[i]);
      pools.push_back({(pull.x - offset[i]) * pull.weight, pull.weight, i + 1});
      while (pools.size() > 1) {
        const Pool last = pools.back();
        Pool& before = pools[pools.size() - 2];
        if (before.sum * last.weight <= last.sum * before.weight) break;
        before = {before.sum + last.sum, before.weight + last.weight, last.end};
        pools.pop_back();
      }
    }
    double moved = 0;
    std::size_t i = 0;
    for (const Pool& pool : pools) {
      for (; i < pool.end; ++i) {
        const double x = pool.sum / pool.weight + offset[i];
        moved = std::max(moved, std::abs(x - items_[layer[i]].x));
        items_[layer[i]].x = x;
      }
    }
    return moved;
  }

  void place_items() {
    double moved = 1;
    for (int sweep = 0; sweep < kPlaceSweeps && moved > kStill; ++sweep) {
      moved = 0;
      for (std::size_t step = 0; step < layers_.size(); ++step) {
        moved = std::max(moved, place_layer(layers_[sweep % 2 == 0 ? step : layers_.size() - 1 - step]));
      }
    }
    double left = 0;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const double edge = items_[i].x - items_[i].width / 2;
      left = i == 0 ? edge : std::min(left, edge);
    }
    for (Item& item : items_) item.x -= left;
  }

  /// Where along a side of a box its edges touch it, in the order of their other ends.
  std::vector<double> touches(bool below) const {
    std::vector<double> result(edges_.size());
    for (int box = 0; box < static_cast<int>(boxes_.size()); ++box) {
      std::vector<int> mine;
      for (int e = 0; e < static_cast<int>(edges_.size()); ++e) {
        if ((below ? edges_[e].from : edges_[e].to) == box) mine.push_back(e);
      }
      const auto other_end = [&](int e) { return items_[below ? ways_[e][1] : ways_[e][ways_[e].size() - 2]].x; };
      std::ranges::stable_sort(mine, {}, other_end);
      const double step = boxes_[box].width / static_cast<double>(mine.size() + 1);
      for (std::size_t i = 0; i < mine.size(); ++i) {
        result[mine[i]] = items_[box].x - boxes_[box].width / 2 + step * static_cast<double>(i + 1);
      }
    }
    return result;
  }

  Layout finish() const {
    std::vector<double> height(layers_.size()), top(layers_.size());
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
      double& tallest = height[items_[i].layer];
      tallest = std::max(tallest, boxes_[i].height);
    }
    for (std::size_t i = 1; i < layers_.size(); ++i) top[i] = top[i - 1] + height[i - 1] + options_.layer_gap;

    Layout layout;
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
      const int layer = items_[i].layer;
      layout.boxes.push_back({items_[i].x, top[layer] + height[layer] / 2});
    }
    const std::vector<double> starts = touches(true), ends = touches(false);
    for (std::size_t e = 0; e < edges_.size(); ++e) {
      const int from = edges_[e].from, to = edges_[e].to;
      std::vector<Point> way{{starts[e], layout.boxes[from].y + boxes_[from].height / 2}};
      for (std::size_t i = 1; i + 1 < ways_[e].size(); ++i) {
        const Item& item = items_[ways_[e][i]];
        way.push_back({item.x, top[item.layer]});
        way.push_back({item.x, top[item.layer] + height[item.layer]});
      }
      way.push_back({ends[e], layout.boxes[to].y - boxes_[to].height / 2});
      layout.edges.push_back(std::move(way));
    }
    for (const Item& item : items_) layout.width = std::max(layout.width, item.x + item.width / 2);
    if (!layers_.empty()) layout.height = top.back() + height.back();
    return layout;
  }

  std::span<const BoxSize> boxes_;
  std::span<const LayoutEdge> edges_;
  LayoutOptions options_;
  std::vector<Item> items_;             // the boxes first
  std::vector<std::vector<int>> ways_;  // of each edge, its items
  std::vector<std::vector<int>> layers_;
};

}  // namespace

Layout lay_out(std::span<const BoxSize> boxes, std::span<const LayoutEdge> edges, const LayoutOptions& options) {
  return LayeredLayout(boxes, edges, options).run();
}

}  // namespace genocuda

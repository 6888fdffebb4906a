// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

/// Where the boxes of a graph without cycles stand when its edges all run from the top down.
namespace genocuda {

struct Point {
  double x = 0, y = 0;
};

struct BoxSize {
  double width = 0, height = 0;
};

/// From a box to a later one: `from` < `to`.
struct LayoutEdge {
  int from = 0, to = 0;
};

struct LayoutOptions {
  double column_gap = 40;  ///< between neighbours of a layer
  double layer_gap = 60;   ///< between layers
};

struct Layout {
  std::vector<Point> boxes;  ///< centres
  std::vector<std::vector<Point>>
      edges;                     ///< of each edge: from the lower side of a box, by way points, to an upper side
  double width = 0, height = 0;  ///< everything lies within [0, width] x [0, height]
};

/// Layers by the longest way from a source, sources beside what reads them; long edges take a place in each layer that
/// they cross; layers are ordered by sweeps of barycentres, and the order with the fewest crossings is kept; places in
/// a layer are the least squares from those of the neighbours under the order. (Sugiyama, Tagawa, Toda, "Methods for
/// visual understanding of hierarchical system structures", IEEE Trans. SMC 1981.) The same input gives the same
/// layout.
Layout lay_out(std::span<const BoxSize> boxes, std::span<const LayoutEdge> edges, const LayoutOptions& options = {});

}  // namespace genocuda

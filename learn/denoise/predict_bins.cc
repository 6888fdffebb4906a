// SPDX-License-Identifier: Apache-2.0
#include "learn/denoise/predict_bins.h"

#include <algorithm>

namespace genocuda {

std::vector<std::vector<float>> predict_bins(Predictor& predictor, const Examples& signals, const BinList& bins,
                                             const WindowShape& shape,
                                             const std::function<void(std::int64_t)>& progress) {
  const std::vector<Tile> tiles = tile(bins, shape);
  Examples examples = signals;
  examples.length = shape.length;
  for (const Tile& each : tiles) examples.windows.push_back(each.window);
  std::vector<std::vector<float>> values(predictor.heads().size(),
                                         std::vector<float>(static_cast<std::size_t>(bins.size())));
  const auto columns = static_cast<std::size_t>(predictor.columns());
  predictor.predict(examples, [&](std::int64_t first, std::span<const float> rows) {
    for (std::size_t row = 0; row < rows.size() / columns; ++row) {
      const Tile& own = tiles[static_cast<std::size_t>(first) + row];
      for (std::size_t head = 0; head < values.size(); ++head) {
        const auto from = rows.begin() + static_cast<std::ptrdiff_t>(row * columns) + predictor.heads()[head].first;
        std::copy_n(from, own.count, values[head].begin() + own.number);
      }
      if (progress) progress(own.number + own.count);
    }
  });
  return values;
}

}  // namespace genocuda

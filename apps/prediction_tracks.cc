// SPDX-License-Identifier: Apache-2.0
#include "apps/prediction_tracks.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include "core/error.h"

namespace genocuda::apps {
namespace {

bool predicts_values(const HeadColumns& head) { return head.signal && head.signal->measure == TargetMeasure::values; }

/// The column of the logarithm of a profile's total.
std::optional<std::int64_t> total_of(const HeadColumns& profile, std::span<const HeadColumns> heads) {
  if (profile.loss != LossKind::multinomial_nll) return std::nullopt;
  for (const HeadColumns& head : heads) {
    if (head.signal && head.signal->measure == TargetMeasure::log_total && head.signal->name == profile.signal->name &&
        head.signal->bases == profile.signal->bases) {
      return head.first;
    }
  }
  return std::nullopt;
}

/// "out.bw" and "reads" make "out.reads.bw", and "out.bedgraph.gz" "out.reads.bedgraph.gz".
std::string with_channel(const std::string& path, const std::string& channel) {
  if (channel.empty()) return path;
  std::filesystem::path stem = path;
  std::string ending;
  if (stem.extension() == ".gz") {
    ending = ".gz";
    stem.replace_extension();
  }
  ending.insert(0, stem.extension().string());
  return fmt::format("{}.{}{}", stem.replace_extension().string(), channel, ending);
}

}  // namespace

PredictionTracks::PredictionTracks(const ModelSpec& model, std::span<const HeadColumns> heads,
                                   const ContigSizes& contigs, const std::string& path) {
  for (std::size_t i = 0; i < heads.size(); ++i) {
    const HeadColumns& head = heads[i];
    columns_ = std::max(columns_, head.first + head.count);
    if (!predicts_values(head)) continue;
    const TargetSpec& target = model.outputs[i].target;
    const TileShape shape{.length = model.input.length, .bases = head.signal->bases, .bin = target.bin};
    if (!outputs_.empty() && (shape.bases != shape_.bases || shape.bin != shape_.bin)) {
      throw Error(ErrorKind::invalid_argument,
                  "outputs '{}' and '{}' of model '{}' predict other stretches or bins and cannot be written together; "
                  "predict into a table with --regions and -o FILE.tsv",
                  outputs_.front().head.name, head.name, model.name);
    }
    shape_ = shape;
    outputs_.push_back({head, target.transform, total_of(head, heads)});
  }
  if (outputs_.empty()) {
    throw Error(ErrorKind::invalid_argument,
                "{}: no output of model '{}' predicts values along the genome; predict into a table with --regions and "
                "-o FILE.tsv",
                path, model.name);
  }
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    const HeadColumns& head = outputs_[i].head;
    const std::int64_t channels = head.signal->channels;
    for (std::int64_t channel = 0; channel < channels; ++channel) {
      std::string name = outputs_.size() > 1 ? head.name : "";
      if (channels > 1) name += fmt::format("{}{}", name.empty() ? "" : ".", channel + 1);
      files_.push_back(std::make_unique<File>(i, channel, contigs, with_channel(path, name)));
    }
  }
}

std::vector<std::string> PredictionTracks::paths() const {
  std::vector<std::string> paths;
  for (const std::unique_ptr<File>& file : files_) paths.push_back(file->file.path());
  return paths;
}

float PredictionTracks::value(const Output& output, std::span<const float> row, std::int64_t column) const {
  const float predicted = row[static_cast<std::size_t>(column)];
  if (output.head.loss == LossKind::bce_with_logits) return predicted;
  if (output.head.loss != LossKind::multinomial_nll) return undo(output.transform, predicted);
  if (!output.total) return predicted;
  const double total = std::max(std::expm1(double{row[static_cast<std::size_t>(*output.total)]}), 0.0);
  return undo(output.transform, static_cast<float>(predicted * total));
}

void PredictionTracks::add(const Tiles& tiles, std::int64_t first, std::span<const float> predictions) {
  const auto columns = static_cast<std::size_t>(columns_);
  const std::size_t rows = predictions.size() / columns;
  for (const std::unique_ptr<File>& file : files_) {
    const Output& output = outputs_[file->output];
    const std::int64_t channels = output.head.signal->channels, positions = output.head.signal->positions;
    for (std::size_t i = 0; i < rows; ++i) {
      const std::size_t tile = static_cast<std::size_t>(first) + i;
      const Window& window = tiles.examples.windows[tile];
      const std::int64_t begin = window.middle(shape_.length, shape_.bases).start;
      const auto& [part_start, part_end] = tiles.parts[tile];
      runs_.clear();
      for (std::int64_t position = 0; position < positions; ++position) {
        const std::int64_t at = begin + position * shape_.bin;
        const std::int64_t start = std::max(at, part_start), end = std::min(at + shape_.bin, part_end);
        if (start >= end) continue;
        const float predicted = value(output, predictions.subspan(i * columns, columns),
                                      output.head.first + position * channels + file->channel);
        if (!runs_.empty() && runs_.back().value == predicted) {
          runs_.back().end = end;
        } else {
          runs_.push_back({start, end, predicted});
        }
      }
      file->track.append(window.contig, runs_);
    }
  }
}

void PredictionTracks::write() {
  for (const std::unique_ptr<File>& file : files_) file->file.write(file->track);
}

}  // namespace genocuda::apps

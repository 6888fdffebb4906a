// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <memory>

#include <CLI/CLI.hpp>

#include "apps/command.h"
#include "apps/figure.h"
#include "apps/input_sequences.h"
#include "apps/scoring_matrices.h"
#include "core/error.h"
#include "draw/chart.h"

namespace genocuda::apps {
namespace {

constexpr std::int64_t kLongest = 100000;  // bases: a point each, more than any screen has

struct ScanFigure {
  ScoringOptions scoring;
  SequenceOptions sequences;
  std::string out;
  bool forward = false, relu = false;
};

/// The score of the window at each position; NaN where it holds an unknown base.
ChartSeries scores(std::string name, const Pssm& pssm, const SequenceRegion& region, std::int64_t origin) {
  ChartSeries series{std::move(name), {}, {}};
  std::vector<std::uint8_t> codes;
  for (std::int64_t i = 0; i < region.length; ++i) codes.push_back(region.sequence->code(region.start + i));
  for (std::int64_t at = 0; at + pssm.width() <= region.length; ++at) {
    const bool known = std::ranges::none_of(std::span(codes).subspan(at, pssm.width()),
                                            [](std::uint8_t code) { return code == dna::kUnknown; });
    series.x.push_back(static_cast<double>(origin + at));
    series.y.push_back(known ? pssm.value(pssm.score(codes, at)) : std::numeric_limits<double>::quiet_NaN());
  }
  return series;
}

Chart scan_chart(const Pssm& pssm, const ScanFigure& figure, const InputSequences& sequences) {
  const SequenceRegion& region = sequences.regions().front();
  const std::int64_t origin = sequences.place(0, 0).second;
  Chart chart{.title = pssm.name().empty() ? pssm.id() : fmt::format("{} {}", pssm.id(), pssm.name()),
              .x_label = fmt::format("start of the window on {}", sequences.place(0, 0).first),
              .series = {scores("W·x", pssm, region, origin)},
              .whole_x = true};
  const ChartSeries forward = chart.series.front();
  if (std::ranges::none_of(forward.y, [](double score) { return score == score; })) {
    throw Error(ErrorKind::input_file, "{} has no window of {} known bases, the width of motif '{}'", sequences.name(0),
                pssm.width(), pssm.id());
  }
  if (!figure.forward) {
    chart.series.push_back(scores("W·x, reverse strand", pssm.reverse_complement(), region, origin));
  }
  if (figure.relu) {
    ChartSeries fires{"max(0, W·x)", forward.x, forward.y, true};
    for (double& score : fires.y) score = score < 0 ? 0 : score;  // NaN stays
    chart.series.push_back(std::move(fires));
  }
  return chart;
}

void draw(const ScanFigure& figure) {
  Notices notices;
  const InputSequences sequences(figure.sequences, notices);
  const auto regions = sequences.regions();
  if (regions.size() != 1 || regions.front().length > kLongest) {
    throw Error(ErrorKind::invalid_argument,
                "a figure shows one sequence of at most {} bases, and there are {} sequences of {} bases in all",
                kLongest, regions.size(), sequences.total_length());
  }
  std::vector<Chart> charts;
  for (const Pssm& pssm : scoring_matrices(figure.scoring, background_of(figure.scoring.motifs))) {
    charts.push_back(scan_chart(pssm, figure, sequences));
  }
  print_notices(notices);
  write_text(figure.out, chart_svg(charts, std::min(2, static_cast<int>(charts.size()))));
}

}  // namespace

void add_scan_figure(CLI::App& parent) {
  CLI::App* command = parent.add_subcommand("scan", "The score of a motif at every place of a sequence");
  auto figure = std::make_shared<ScanFigure>();
  add_scoring_options(*command, figure->scoring, false);
  add_sequence_options(*command, figure->sequences);
  command->add_flag("--forward", figure->forward, "the forward strand only");
  command->add_flag("--relu", figure->relu, "also max(0, W x) of the forward strand");
  add_svg_file(*command, figure->out);
  command->callback([figure] { draw(*figure); });
}

}  // namespace genocuda::apps

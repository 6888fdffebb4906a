// SPDX-License-Identifier: Apache-2.0
#include "core/ops/lookup.h"

#include <limits>

#include "tests/ops/cases/families.h"

namespace genocuda::op_test {
namespace {

/// An i64 input.
CaseInput coordinates(std::string name, Shape shape, std::vector<double> values) {
  return {std::move(name), shape, exactly(std::move(values)), DType::i64, false};
}

/// Two contigs, of bases [0, 90) and [96, 150), with an N here and there.
OperatorCase windows(std::string name, std::int64_t length, std::vector<double> places) {
  const auto batch = static_cast<std::int64_t>(places.size() / 4);
  return {.name = "extract_dna/" + name,
          .inputs = {whole("codes", {10}, integers(-2147483647, 2147483647)),
                     whole("mask", {5}, exactly({0x40, 0, 0x10001, 0x6000, 0})),
                     coordinates("places", {batch, 4}, std::move(places))},
          .build = [=](const CaseValues& in) {
            return std::vector{extract_dna(in["codes"], in["mask"], in["places"], length)};
          }};
}

/// Signals on contigs of positions [0, 23) and [23, 40): the bases' windows cannot touch, these do. Channels 0 and 1,
/// 2 and 3, ... are strands of one another, a last odd one is both.
OperatorCase signals(std::string name, std::int64_t channels, std::int64_t positions, std::vector<double> places,
                     float missing = 0) {
  const auto batch = static_cast<std::int64_t>(places.size() / 4);
  std::vector<double> other;
  for (std::int64_t c = 0; c < channels; ++c) other.push_back(static_cast<double>((c ^ 1) < channels ? c ^ 1 : c));
  return {.name = "extract_tracks/" + name,
          .inputs = {fixed("values", {40, channels}), whole("other", {channels}, exactly(std::move(other))),
                     coordinates("places", {batch, 4}, std::move(places))},
          .build = [=](const CaseValues& in) {
            return std::vector{extract_tracks(in["values"], in["other"], in["places"], positions, missing)};
          }};
}

OperatorCase rows_of(std::string name, CaseInput table, std::vector<double> rows) {
  const auto count = static_cast<std::int64_t>(rows.size());
  return {.name = "gather_rows/" + name,
          .inputs = {std::move(table), coordinates("rows", {count}, std::move(rows))},
          .build = [](const CaseValues& in) { return std::vector{gather_rows(in["table"], in["rows"], in.dtype())}; }};
}

CaseInput bytes(const Shape& shape, std::vector<double> values) {
  return {"table", shape, exactly(std::move(values)), DType::u8, false};
}

OperatorCase written(std::string name, const Shape& shape, int step) {
  return {.name = "write_row/" + name,
          .inputs = {fixed("table", shape), whole("step", {}, exactly({static_cast<double>(step)})),
                     fixed("row", {shape[1]})},
          .build = [](const CaseValues& in) { return std::vector{write_row(in["table"], in["step"], in["row"])}; }};
}

}  // namespace

void add_lookup_cases(std::vector<OperatorCase>& cases) {
  for (const double reverse : {0.0, 1.0}) {
    const std::string strand = reverse == 0 ? "forward" : "reverse";
    cases.push_back(windows(strand + "_inside", 37, {3, 0, 90, reverse, 101, 96, 150, reverse, 0, 0, 90, reverse}));
    cases.push_back(windows(strand + "_over_the_ends", 40,
                            {-7, 0, 90, reverse, 70, 0, 90, reverse, 85, 96, 150, reverse, 140, 96, 150, reverse}));
    cases.push_back(windows(strand + "_outside", 20, {-50, 0, 90, reverse, 200, 96, 150, reverse}));
    cases.push_back(windows(strand + "_longer_than_the_contig", 100, {80, 96, 150, reverse}));
    cases.push_back(windows(strand + "_one_base", 1, {96, 96, 150, reverse, 38, 0, 90, reverse}));
  }
  cases.push_back(windows("no_windows", 9, {}));

  const float missing = std::numeric_limits<float>::quiet_NaN();
  for (const double reverse : {0.0, 1.0}) {
    const std::string strand = reverse == 0 ? "forward" : "reverse";
    const std::vector<double> inside{3, 0, 23, reverse, 25, 23, 40, reverse, 0, 0, 23, reverse, 28, 23, 40, reverse};
    const std::vector<double> over{-5, 0, 23, reverse, 17, 0, 23, reverse, 19, 23, 40, reverse, 33, 23, 40, reverse};
    for (const std::int64_t channels : {1, 2, 3, 4, 33}) {
      const std::string name = strand + "_" + std::to_string(channels) + "_channels";
      cases.push_back(signals(name, channels, 12, inside));
      cases.push_back(signals(name + "_over_the_ends", channels, 12, over, missing));
      cases.push_back(signals(name + "_odd", channels, 11, over, 0.5f));
    }
    cases.push_back(
        signals(strand + "_outside", 2, 6, {-50, 0, 23, reverse, 90, 23, 40, reverse, 17, 23, 40, reverse}));
    cases.push_back(signals(strand + "_longer_than_the_contig", 2, 30, {20, 23, 40, reverse, -3, 0, 23, reverse}));
    cases.push_back(signals(strand + "_one_position", 2, 1, {22, 0, 23, reverse, 23, 23, 40, reverse}));
    cases.push_back(signals(strand + "_many_channels", 1500, 4, {-2, 0, 23, reverse, 30, 23, 40, reverse}));
  }
  cases.push_back(signals("both_strands", 2, 10, {3, 0, 23, 0, 3, 0, 23, 1, 15, 0, 23, 0, 15, 0, 23, 1}, missing));
  cases.push_back(signals("no_contig", 2, 8, {0, 0, 0, 0, 0, 0, 0, 1}, missing));
  cases.push_back(signals("no_windows", 2, 8, {}));
  cases.push_back(signals("no_channels", 0, 8, {0, 0, 23, 0}));

  cases.push_back(rows_of("floats", fixed("table", {5, 3}), {4, 0, 0, 2}));
  cases.push_back(rows_of("fillers", fixed("table", {5, 3}), {1, -1, -1}));
  cases.push_back(rows_of("bytes", bytes({4, 3}, {0, 1, 255, 1, 1, 0}), {3, 2, 1, 0, -1}));
  cases.push_back(rows_of("many", fixed("table", {40, 33}), std::vector<double>(300, 17)));
  cases.push_back(rows_of("none", fixed("table", {5, 3}), {}));
  cases.push_back(rows_of("no_columns", fixed("table", {5, 0}), {1, 2}));

  cases.push_back(written("first", {4, 3}, 1));
  cases.push_back(written("last", {4, 3}, 4));
  cases.push_back(written("round_again", {4, 3}, 11));
  cases.push_back(written("one_row", {1, 2}, 5));
  cases.push_back(written("wide", {2, 1000}, 2));
}

}  // namespace genocuda::op_test

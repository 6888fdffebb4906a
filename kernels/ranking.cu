// SPDX-License-Identifier: Apache-2.0
#include "kernels/ranking.h"

#include <thrust/copy.h>
#include <thrust/count.h>
#include <thrust/functional.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/iterator/discard_iterator.h>
#include <thrust/iterator/transform_iterator.h>
#include <thrust/iterator/zip_iterator.h>
#include <thrust/reduce.h>
#include <thrust/scan.h>
#include <thrust/sort.h>
#include <thrust/transform_reduce.h>
#include <thrust/tuple.h>

#include <cmath>
#include <limits>

#include "kernels/thrust_policy.cuh"

namespace genocuda::kernels {
namespace {

/// Examples of equal score; sums of them are what lies above a threshold.
struct TieGroup {
  std::int64_t positives, negatives;
  friend KERNEL_BOTH TieGroup operator+(const TieGroup& a, const TieGroup& b) {
    return {a.positives + b.positives, a.negatives + b.negatives};
  }
};

/// What groups add to the two areas.
struct Areas {
  std::uint64_t twice_right;  ///< twice the pairs in the right order, so that ties count in whole numbers
  double precision;           ///< Σ positives · precision
  friend KERNEL_BOTH Areas operator+(const Areas& a, const Areas& b) {
    return {a.twice_right + b.twice_right, a.precision + b.precision};
  }
};

template <typename T>
struct Sum {
  KERNEL_BOTH T operator()(const T& a, const T& b) const { return a + b; }
};

struct IsNumber {
  KERNEL_BOTH bool operator()(float x) const { return x == x; }
};

struct IsNotNumber {
  KERNEL_BOTH bool operator()(float x) const { return x != x; }
};

/// Example i's score and whether it is positive. Adding 0 makes −0 a +0, which is the same score, but not the same
/// bits, which sorting may go by.
struct Example {
  const float *scores, *labels;
  std::int64_t stride;
  KERNEL_BOTH thrust::tuple<float, std::uint8_t> operator()(std::int64_t i) const {
    return thrust::make_tuple(scores[i * stride] + 0.0f, static_cast<std::uint8_t>(labels[i * stride] > 0.5f));
  }
};

struct Label {
  const float* labels;
  std::int64_t stride;
  KERNEL_BOTH float operator()(std::int64_t i) const { return labels[i * stride]; }
};

struct GroupOfOne {
  KERNEL_BOTH TieGroup operator()(std::uint8_t positive) const { return {positive, 1 - positive}; }
};

/// Of group i, which with those above it makes up `until[i]`.
struct AreasOfGroup {
  const TieGroup *groups, *until;
  KERNEL_BOTH Areas operator()(std::int64_t i) const {
    const TieGroup here = groups[i], called = until[i];
    const auto above = static_cast<std::uint64_t>(called.positives - here.positives);
    const auto positives = static_cast<std::uint64_t>(here.positives);
    const double precision =
        static_cast<double>(called.positives) / static_cast<double>(called.positives + called.negatives);
    return {static_cast<std::uint64_t>(here.negatives) * (2 * above + positives),
            static_cast<double>(here.positives) * precision};
  }
};

/// The arrays that the scratch holds, each of as many elements as there are examples.
struct Arrays {
  TieGroup *groups, *until;
  float* scores;
  std::uint8_t* positive;

  Arrays(void* scratch, std::int64_t examples)
      : groups(static_cast<TieGroup*>(scratch)),
        until(groups + examples),
        scores(reinterpret_cast<float*>(until + examples)),
        positive(reinterpret_cast<std::uint8_t*>(scores + examples)) {}
};

}  // namespace

Ranking rank_scores(const Scores& task, void* scratch, Stream stream) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  const auto policy = thrust_policy(stream);
  const Arrays arrays(scratch, task.examples);
  const auto indices = thrust::make_counting_iterator<std::int64_t>(0);
  const auto examples = thrust::make_transform_iterator(indices, Example{task.scores, task.labels, task.stride});
  const auto labels = thrust::make_transform_iterator(indices, Label{task.labels, task.stride});
  const auto ranked = thrust::make_zip_iterator(thrust::make_tuple(arrays.scores, arrays.positive));
  const auto labelled =
      thrust::copy_if(policy, examples, examples + task.examples, labels, ranked, IsNumber{}) - ranked;

  Ranking result{0, 0, kNaN, kNaN};
  result.positives = thrust::count(policy, arrays.positive, arrays.positive + labelled, std::uint8_t{1});
  result.negatives = labelled - result.positives;
  if (result.positives == 0) return result;
  if (thrust::count_if(policy, arrays.scores, arrays.scores + labelled, IsNotNumber{}) > 0) return result;

  thrust::sort_by_key(policy, arrays.scores, arrays.scores + labelled, arrays.positive, thrust::greater<float>());
  const auto ones = thrust::make_transform_iterator(arrays.positive, GroupOfOne{});
  const auto groups =
      thrust::reduce_by_key(policy, arrays.scores, arrays.scores + labelled, ones, thrust::make_discard_iterator(),
                            arrays.groups, thrust::equal_to<float>(), Sum<TieGroup>{})
          .second -
      arrays.groups;
  thrust::inclusive_scan(policy, arrays.groups, arrays.groups + groups, arrays.until, Sum<TieGroup>{});
  const Areas areas = thrust::transform_reduce(policy, indices, indices + groups,
                                               AreasOfGroup{arrays.groups, arrays.until}, Areas{0, 0}, Sum<Areas>{});
  const auto positives = static_cast<double>(result.positives), negatives = static_cast<double>(result.negatives);
  result.average_precision = areas.precision / positives;
  if (result.negatives > 0) result.auroc = static_cast<double>(areas.twice_right) / (2 * positives * negatives);
  return result;
}

std::size_t ranking_scratch(std::int64_t examples) {
  return static_cast<std::size_t>(examples) * (2 * sizeof(TieGroup) + sizeof(float) + sizeof(std::uint8_t));
}

}  // namespace genocuda::kernels

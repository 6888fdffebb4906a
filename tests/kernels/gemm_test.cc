// SPDX-License-Identifier: Apache-2.0
// What the operator cases miss of matrix products and convolutions: sizes around the edges of tiles, windows that tiles
// share, splits, long sums. Small whole numbers are exact in bf16 and so are their sums in float: most of these tests
// ask for the very numbers, in every arithmetic.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <span>
#include <tuple>

#include <fmt/format.h>

#include "kernels/conv1d.h"
#include "kernels/matmul.h"
#include "tests/kernels/device_array.h"

namespace genocuda::kernel_test {
namespace {

using kernels::Arithmetic;
using kernels::Conv1d;
using kernels::Matmul;
using kernels::Storage;

struct Mode {
  Arithmetic arithmetic;
  Storage storage;
};
constexpr Mode kModes[] = {{Arithmetic::fp32, Storage::f32},
                           {Arithmetic::fp32, Storage::bf16},
                           {Arithmetic::tf32, Storage::f32},
                           {Arithmetic::bf16, Storage::f32},
                           {Arithmetic::bf16, Storage::bf16}};

std::string name_of(const Mode& mode) {
  static constexpr const char* kNames[] = {"fp32", "tf32", "bf16"};
  return fmt::format("{} on {}", kNames[static_cast<int>(mode.arithmetic)],
                     mode.storage == Storage::f32 ? "f32" : "bf16");
}

/// Random whole numbers from −3 to 3, the same for the same seed.
std::vector<float> whole_numbers(std::int64_t size, std::uint32_t seed) {
  std::vector<float> values(size);
  for (float& value : values) {
    seed = seed * 1664525u + 1013904223u;
    value = static_cast<float>(seed >> 16) / 65536.0f * 7.0f;
    value = std::floor(value) - 3.0f;
  }
  return values;
}

float round_to_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return std::bit_cast<float>((bits + 0x7fffu + (bits >> 16 & 1u)) & 0xffff0000u);
}

/// Numbers in device memory in either storage, `shift` elements after an address that is a multiple of 256.
class Numbers {
 public:
  Numbers(std::int64_t size, Storage storage) : storage_(storage), size_(size), bytes_(size * element()) {}
  Numbers(const std::vector<float>& values, Storage storage, int shift = 0)
      : storage_(storage), size_(static_cast<std::int64_t>(values.size())), shift_(shift), bytes_(encode(values)) {}

  std::byte* data() const { return bytes_.data() + shift_ * element(); }
  std::vector<float> read() const {
    const std::vector<std::byte> bytes = bytes_.read();
    std::vector<float> values(size_);
    for (std::int64_t i = 0; i < size_; ++i) {
      std::uint32_t bits = 0;
      std::memcpy(&bits, &bytes[i * element()], element());
      values[i] = std::bit_cast<float>(storage_ == Storage::f32 ? bits : bits << 16);
    }
    return values;
  }

 private:
  std::size_t element() const { return storage_ == Storage::f32 ? 4 : 2; }
  std::vector<std::byte> encode(const std::vector<float>& values) const {
    std::vector<std::byte> bytes((values.size() + shift_) * element());
    for (std::size_t i = 0; i < values.size(); ++i) {
      auto bits = std::bit_cast<std::uint32_t>(values[i]);
      if (storage_ == Storage::bf16) bits >>= 16;
      std::memcpy(&bytes[(i + shift_) * element()], &bits, element());
    }
    return bytes;
  }

  Storage storage_;
  std::int64_t size_;
  int shift_ = 0;
  DeviceArray<std::byte> bytes_;
};

/// What a result must be in memory where it is `exact`.
std::vector<float> stored(const std::vector<double>& exact, Storage storage) {
  std::vector<float> values(exact.begin(), exact.end());
  if (storage == Storage::bf16) {
    for (float& value : values) value = round_to_bf16(value);
  }
  return values;
}

std::vector<double> product(const Matmul& n, const std::vector<float>& a, const std::vector<float>& b) {
  std::vector<double> y(n.m * n.n);
  for (std::int64_t i = 0; i < n.m; ++i) {
    for (std::int64_t t = 0; t < n.k; ++t) {
      const double left = a[n.transpose_a ? t * n.m + i : i * n.k + t];
      for (std::int64_t j = 0; j < n.n; ++j) y[i * n.n + j] += left * b[n.transpose_b ? j * n.k + t : t * n.n + j];
    }
  }
  return y;
}

std::vector<float> run(const Matmul& n, const Mode& mode, const std::vector<float>& a, const std::vector<float>& b,
                       int shift = 0, const kernels::Epilogue& epilogue = {}) {
  const Numbers on_device_a(a, mode.storage, shift), on_device_b(b, mode.storage, shift);
  const Numbers y(n.m * n.n, mode.storage);
  const DeviceArray<std::byte> scratch(kernels::matmul_scratch_bytes(n, mode.arithmetic));
  kernels::matmul(n, mode.arithmetic, mode.storage, on_device_a.data(), on_device_b.data(), y.data(), epilogue,
                  scratch.data(), native_stream());
  return y.read();
}

void expect_exact(const Matmul& n, int shift = 0, std::span<const Mode> modes = kModes) {
  const std::vector<float> a = whole_numbers(n.m * n.k, 1), b = whole_numbers(n.k * n.n, 2);
  const std::vector<double> expected = product(n, a, b);
  for (const Mode& mode : modes) {
    EXPECT_EQ(run(n, mode, a, b, shift), stored(expected, mode.storage)) << fmt::format(
        "{} x {} x {}, transposed {} {}, {}", n.m, n.n, n.k, n.transpose_a, n.transpose_b, name_of(mode));
  }
}

constexpr std::pair<bool, bool> kTransposes[] = {{false, false}, {false, true}, {true, false}, {true, true}};

TEST(Gemm, RowsAroundTheEdgesOfTiles) {
  for (const auto& [a, b] : kTransposes) {
    for (const std::int64_t m : {17, 31, 32, 33, 127, 128, 129}) expect_exact({m, 24, 16, a, b});
  }
}

TEST(Gemm, ColumnsAroundTheEdgesOfTiles) {
  for (const auto& [a, b] : kTransposes) {
    for (const std::int64_t n : {1, 15, 16, 17, 63, 64, 65, 103, 104, 105, 111, 112, 113, 209}) {
      expect_exact({20, n, 16, a, b});
    }
  }
}

TEST(Gemm, TermsAroundTheEdgesOfSteps) {
  for (const auto& [a, b] : kTransposes) {
    for (const std::int64_t k : {1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 97, 128}) {
      expect_exact({40, 24, k, a, b});
    }
  }
}

TEST(Gemm, NoTermsGiveZeros) {
  for (const auto& [a, b] : kTransposes) {
    expect_exact({3, 5, 0, a, b});
    expect_exact({40, 24, 0, a, b});
  }
}

TEST(Gemm, OperandsThatDoNotLieOnSixteenBytes) {
  for (const auto& [a, b] : kTransposes) expect_exact({40, 24, 48, a, b}, 1);
  for (const int shift : {1, 2, 4}) expect_exact({5, 24, 48, false, false}, shift);
}

TEST(Gemm, SplitsOfTheTerms) {
  for (const auto& [a, b] : kTransposes) {
    expect_exact({40, 24, 1000, a, b});
    expect_exact({40, 23, 1029, a, b});
  }
}

TEST(Gemm, FewRows) {
  for (const std::int64_t m : {1, 2, 4, 5, 15, 16}) {
    expect_exact({m, 132, 40, false, false});
    expect_exact({m, 127, 255, false, false});
    expect_exact({m, 128, 256, false, false});
    expect_exact({m, 129, 257, false, false});
    expect_exact({m, 1, 1031, false, false});
  }
  // More blocks of columns than are wanted: no split.
  expect_exact({1, 33801, 264, false, false}, 0, std::span(kModes).first(2));
}

/// Splits too have their bias once and their activation after the sum.
TEST(Gemm, BiasAndRampAfterAllTerms) {
  using kernels::ActivationKind;
  for (const Matmul& n : {Matmul{40, 24, 64, false, false}, Matmul{40, 23, 1000, false, false},
                          Matmul{5, 130, 1000, false, false}, Matmul{40, 24, 0, false, false}}) {
    const std::vector<float> a = whole_numbers(n.m * n.k, 1), b = whole_numbers(n.k * n.n, 2),
                             bias = whole_numbers(n.n, 3);
    for (const auto& [kind, alpha, threshold, slope] :
         {std::tuple(ActivationKind::relu, 0.0f, 0.0, 0.0), std::tuple(ActivationKind::leaky_relu, 0.5f, 0.0, 0.5),
          std::tuple(ActivationKind::thresholded_relu, 2.0f, 2.0, 0.0)}) {
      std::vector<double> expected = product(n, a, b);
      for (std::int64_t i = 0; i < n.m * n.n; ++i) {
        expected[i] += bias[i % n.n];
        if (expected[i] <= threshold) expected[i] = slope * expected[i] + 0.0;  // no −0
      }
      for (const Mode& mode : kModes) {
        const Numbers on_device_bias(bias, mode.storage);
        EXPECT_EQ(run(n, mode, a, b, 0, {on_device_bias.data(), kernels::Activation{kind, alpha}}),
                  stored(expected, mode.storage))
            << fmt::format("{} x {} x {}, {}", n.m, n.n, n.k, name_of(mode));
      }
    }
  }
}

/// All three convolutions of a shape in all modes.
void expect_exact(const Conv1d& n, int shift = 0) {
  const std::vector<float> x = whole_numbers(n.batch * n.length * n.in, 3),
                           filters = whole_numbers(n.width * n.in * n.out, 4),
                           dy = whole_numbers(n.batch * n.out_length * n.out, 5);
  std::vector<double> y(dy.size()), dx(x.size()), dfilters(filters.size());
  for (std::int64_t b = 0; b < n.batch; ++b) {
    for (std::int64_t o = 0; o < n.out_length; ++o) {
      for (std::int64_t k = 0; k < n.width; ++k) {
        const std::int64_t i = o * n.stride - n.pad_left + k * n.dilation;
        if (i < 0 || i >= n.length) continue;
        for (std::int64_t c = 0; c < n.in; ++c) {
          const std::int64_t at_x = (b * n.length + i) * n.in + c, at_filter = (k * n.in + c) * n.out,
                             at_y = (b * n.out_length + o) * n.out;
          for (std::int64_t f = 0; f < n.out; ++f) {
            y[at_y + f] += static_cast<double>(x[at_x]) * filters[at_filter + f];
            dx[at_x] += static_cast<double>(dy[at_y + f]) * filters[at_filter + f];
            dfilters[at_filter + f] += static_cast<double>(x[at_x]) * dy[at_y + f];
          }
        }
      }
    }
  }
  for (const Mode& mode : kModes) {
    const auto [arithmetic, storage] = mode;
    const std::string what =
        fmt::format("{} x {} x {} -> {} x {}, width {}, stride {}, dilation {}, padding {}, {}", n.batch, n.length,
                    n.in, n.out_length, n.out, n.width, n.stride, n.dilation, n.pad_left, name_of(mode));
    const Numbers x_in(x, storage, shift), filters_in(filters, storage, shift), dy_in(dy, storage, shift);
    const Numbers y_out(y.size(), storage), dx_out(dx.size(), storage), dfilters_out(dfilters.size(), storage);
    const auto scratch = [](std::size_t bytes) { return DeviceArray<std::byte>(bytes); };
    kernels::conv1d(n, arithmetic, storage, x_in.data(), filters_in.data(), y_out.data(), {},
                    scratch(kernels::conv1d_scratch_bytes(n, arithmetic)).data(), native_stream());
    EXPECT_EQ(y_out.read(), stored(y, storage)) << what;
    kernels::conv1d_backward_input(n, arithmetic, storage, dy_in.data(), filters_in.data(), dx_out.data(),
                                   scratch(kernels::conv1d_backward_input_scratch_bytes(n, arithmetic)).data(),
                                   native_stream());
    EXPECT_EQ(dx_out.read(), stored(dx, storage)) << what;
    kernels::conv1d_backward_filters(n, arithmetic, storage, x_in.data(), dy_in.data(), dfilters_out.data(),
                                     scratch(kernels::conv1d_backward_filters_scratch_bytes(n, arithmetic)).data(),
                                     native_stream());
    EXPECT_EQ(dfilters_out.read(), stored(dfilters, storage)) << what;
  }
}

Conv1d same(std::int64_t batch, std::int64_t length, std::int64_t in, std::int64_t out, std::int64_t width,
            std::int64_t dilation = 1) {
  return {batch, length, in, length, out, width, 1, dilation, (width - 1) * dilation / 2};
}

// The terms are too few for a split (at 256), so that tiles of the tensor cores share the windows.

TEST(Gemm, WindowsSharedWithinAndAcrossSequences) {
  expect_exact(same(1, 300, 8, 16, 3));
  expect_exact(same(3, 50, 8, 24, 5));
  expect_exact(same(7, 19, 16, 16, 4));
  expect_exact(same(40, 5, 8, 16, 3));
}

TEST(Gemm, WindowsOfSeveralChunksOfChannels) {
  expect_exact(same(2, 70, 40, 40, 3));
  expect_exact(same(2, 70, 33, 35, 3));
}

TEST(Gemm, WindowsWithDilation) {
  expect_exact(same(2, 90, 8, 8, 3, 16));
  expect_exact(same(2, 90, 8, 8, 3, 64));  // too far apart to be shared
}

TEST(Gemm, WindowsOfOddChannels) {
  expect_exact(same(2, 70, 5, 3, 4));
  expect_exact(same(2, 70, 1, 1, 9));
}

TEST(Gemm, ConvolutionsWithoutPadding) {
  expect_exact(Conv1d{3, 64, 8, 58, 16, 7, 1, 1, 0});
  expect_exact(Conv1d{3, 9, 8, 1, 16, 9, 1, 1, 0});
}

TEST(Gemm, Strides) {
  expect_exact(Conv1d{2, 61, 8, 20, 16, 4, 3, 1, 1});
  expect_exact(Conv1d{2, 61, 8, 15, 16, 7, 4, 2, 6});   // a stride that shares a factor with the dilation
  expect_exact(Conv1d{2, 61, 5, 8, 9, 2, 8, 1, 0});     // positions that no window covers
  expect_exact(Conv1d{2, 130, 8, 64, 16, 9, 2, 1, 3});  // taps enough for each residue to share windows
}

TEST(Gemm, ConvolutionsOfOperandsThatDoNotLieOnSixteenBytes) {
  for (const int shift : {1, 2, 4}) expect_exact(same(2, 40, 8, 16, 3), shift);
}

TEST(Gemm, ChannelsOfPiecesShorterThanSixteenBytes) {
  for (const std::int64_t channels : {2, 4, 6, 12, 20, 36}) expect_exact(same(2, 40, channels, channels + 24, 3));
}

TEST(Gemm, FilterGradientsSplitTheirPositions) { expect_exact(same(6, 200, 8, 16, 3)); }

/// Of numbers that are not exact, and of one sign, so that rounding errors are those of a large running sum.
void expect_accurate(const Matmul& n) {
  std::vector<float> a = whole_numbers(n.m * n.k, 6), b = whole_numbers(n.k * n.n, 7);
  for (float& value : a) value = 1.0f + value / 13.0f;
  for (float& value : b) value = 1.0f + value / 17.0f;
  const std::vector<double> expected = product(n, a, b);
  const std::vector<float> actual = run(n, {Arithmetic::fp32, Storage::f32}, a, b);
  double largest = 0, worst = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    largest = std::max(largest, std::abs(expected[i]));
    worst = std::max(worst, std::abs(expected[i] - actual[i]));
  }
  EXPECT_LE(worst, 1e-5 * largest);
}

TEST(Gemm, LongSumsAreAccurate) {
  expect_accurate({17, 3, 20000, false, false});
  expect_accurate({5, 3, 20000, false, true});
  expect_accurate({3, 17, 20000, true, false});
  expect_accurate({2, 9, 20000, false, false});
}

TEST(Gemm, GivesTheSameBitsEveryTime) {
  const Matmul n{33, 20, 3000, true, false};
  std::vector<float> a = whole_numbers(n.m * n.k, 8), b = whole_numbers(n.k * n.n, 9);
  for (float& value : a) value /= 7.0f;
  for (const Mode& mode : {kModes[0], kModes[2], kModes[3]}) {
    EXPECT_EQ(run(n, mode, a, b), run(n, mode, a, b)) << name_of(mode);
  }
}

TEST(Gemm, RefusesMoreRowsThanItCanCount) {
  const Matmul n{std::int64_t{1} << 31, 1, 1, true, false};
  EXPECT_THROW(
      kernels::matmul(n, Arithmetic::fp32, Storage::f32, nullptr, nullptr, nullptr, {}, nullptr, native_stream()),
      std::runtime_error);
}

TEST(Gemm, RefusesLongerSequencesThanItCanCount) {
  const Conv1d n{1, std::int64_t{1} << 30, 1, std::int64_t{1} << 30, 1, 1, 1, 1, 0};
  EXPECT_THROW(
      kernels::conv1d(n, Arithmetic::fp32, Storage::f32, nullptr, nullptr, nullptr, {}, nullptr, native_stream()),
      std::runtime_error);
}

TEST(Divisor31, DividesEveryNumberBelowTwoToTheThirtyOne) {
  for (const std::uint32_t divisor : {1u, 2u, 3u, 5u, 7u, 64u, 100u, 300u, 65537u, 0x40000001u, 0x7fffffffu}) {
    const kernels::Divisor31 by(divisor);
    for (const std::uint32_t near : {0u, divisor, 2 * divisor, 1000 * divisor, 0x3fffffffu, 0x7ffffff0u}) {
      for (std::uint32_t i = 0; i < 16; ++i) {
        const std::uint32_t number = (near + i - (near >= 8 ? 8 : 0)) & 0x7fffffffu;
        EXPECT_EQ(by.quotient(number), number / divisor) << number << " / " << divisor;
      }
    }
  }
}

}  // namespace
}  // namespace genocuda::kernel_test

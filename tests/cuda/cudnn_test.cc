// SPDX-License-Identifier: Apache-2.0
// The rows of cuDNN over a stand-in for the library (fake_cudnn.h), in host memory, with the kernels emulated.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "core/ops/conv1d.h"
#include "cuda/libraries/cudnn_convolution.h"
#include "tests/emu/emulated_device.h"
#include "tests/ops/case_program.h"
#include "tests/ops/case_test.h"
#include "tests/ops/devices.h"
#include "tests/support/expect_error.h"

namespace genocuda::cuda {
namespace {

using op_test::CaseProgram;
using op_test::HostTensor;
using op_test::Mode;
using op_test::OperatorCase;

// Before anything asks for the library.
[[maybe_unused]] const int kLibrarySet = setenv("GENOCUDA_CUDNN", GENOCUDA_FAKE_CUDNN, 1);

/// A variable of the environment, as long as this lives.
class Setting {
 public:
  Setting(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  ~Setting() { unsetenv(name_); }
  Setting(const Setting&) = delete;
  Setting& operator=(const Setting&) = delete;

 private:
  const char* name_;
};

Device& device() {
  static const ImplementationTable table = [] {
    ImplementationTable rows = cuda_implementations();
    add_cudnn_conv1d(rows);
    return rows;
  }();
  static const std::unique_ptr<Device> device = make_emulated_device(table);
  return *device;
}

class CudnnConv1d : public testing::TestWithParam<const OperatorCase*> {};

TEST_P(CudnnConv1d, AgreesWithTheReference) {
  const OperatorCase& one = *GetParam();
  const bool empty = one.name == "conv1d/empty_batch";
  for (const Mode& mode : {Mode{DType::f32, Precision::fp32, 1e-5}, Mode{DType::f32, Precision::tf32, 1e-3},
                           Mode{DType::f32, Precision::bf16, 1e-3}, Mode{DType::bf16, Precision::bf16, 2e-2},
                           Mode{DType::bf16, Precision::fp32, 2e-2}}) {
    SCOPED_TRACE(testing::Message() << name_of(mode.dtype) << ", precision " << name_of(mode.precision));
    CaseProgram expected(one, op_test::oracle(), {.data = mode.dtype, .implementation = "reference"});
    CaseProgram actual(one, device(), {.dtype = mode.dtype, .precision = mode.precision, .implementation = "cudnn"});
    for (const std::string& line : actual.schedule()) {
      if (!line.starts_with("conv1d") && line.find("(conv1d") == std::string::npos) continue;
      EXPECT_EQ(line.ends_with(": cudnn"), !empty) << line;
    }
    expected.run();
    actual.run();
    for (const std::string& output : expected.outputs()) {
      if (output == "loss") continue;  // a scaffold in which much cancels
      EXPECT_EQ(difference(expected.read(output), actual.read(output), mode.tolerance * one.tolerance), "") << output;
    }
  }
}

std::vector<const OperatorCase*> convolutions() {
  std::vector<const OperatorCase*> cases;
  for (const OperatorCase& one : op_test::all_cases()) {
    if (one.name.starts_with("conv1d")) cases.push_back(&one);
  }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Cases, CudnnConv1d, testing::ValuesIn(convolutions()), op_test::CaseName());

/// A convolution whose plan no other test has asked for.
class OneConvolution {
 public:
  explicit OneConvolution(Precision precision = Precision::fp32, SlidingWindow window = {.width = 3, .pad_left = 1})
      : precision_(precision), window_(window) {}

  /// y of a run with the implementation of that name.
  std::vector<float> run(const std::string& implementation) const {
    VariableStore variables(device());
    Executable executable(graph(), variables,
                          {.precision = precision_, .implementations = {{"conv1d", implementation}}});
    for (const auto& [name, count] :
         {std::pair{"x", batch_ * kLength * kIn}, {"filters", window_.width * kIn * kOut}}) {
      std::vector<float> numbers(static_cast<std::size_t>(count));
      for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i * 7919 % 1009) / 1009 - 0.4f;
      executable.write(name, std::span<const float>(numbers));
    }
    executable.run();
    return executable.read<float>("y");
  }
  /// What runs without a word of ours.
  std::string choice() const {
    VariableStore variables(device());
    return Executable(graph(), variables, {.precision = precision_}).schedule().back();
  }

 private:
  static constexpr std::int64_t kLength = 12, kIn = 5, kOut = 6;

  Graph graph() const {
    Graph graph;
    const Value x = graph.input("x", {DType::f32, {batch_, kLength, kIn}});
    const Value filters = graph.input("filters", {DType::f32, {window_.width, kIn, kOut}});
    graph.output("y", conv1d(x, filters, window_));
    return graph;
  }

  static inline std::int64_t batches = 1;
  std::int64_t batch_ = ++batches;
  Precision precision_;
  SlidingWindow window_;
};

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(double{a[i]} - double{b[i]}));
  return largest;
}

TEST(CudnnEngines, AreTakenByWhatPrecisionAllows) {
  const OneConvolution strict, in_tf32(Precision::tf32), in_bf16(Precision::bf16);
  EXPECT_LT(largest_difference(strict.run("cudnn"), strict.run("direct")), 1e-6);
  for (const OneConvolution& rounded : {in_tf32, in_bf16}) {
    const double error = largest_difference(rounded.run("cudnn"), rounded.run("direct"));
    EXPECT_GT(error, 1e-6) << "not rounded to TF32";
    EXPECT_LT(error, 1e-3) << "rounded to less";
  }
}

TEST(CudnnEngines, AreDeterministicOfModestSizeAndWork) {
  const Setting engines("FAKE_CUDNN_ENGINES", "nondeterministic,winograd,fft,reduced,huge,broken,silent,fp32");
  const OneConvolution one;
  const std::vector<float> first = one.run("cudnn");
  EXPECT_EQ(one.run("cudnn"), first);
  EXPECT_LT(largest_difference(first, one.run("direct")), 1e-6);
}

TEST(CudnnEngines, ComeFromTheOtherModesWhereTheFirstHasNone) {
  const Setting none("FAKE_CUDNN_ENGINES", "");
  {
    const Setting second("FAKE_CUDNN_ENGINES_B", "fp32");
    OneConvolution().run("cudnn");
  }
  const Setting unusable("FAKE_CUDNN_ENGINES_B", "nondeterministic");
  const Setting last("FAKE_CUDNN_ENGINES_FALLBACK", "fp32");
  const OneConvolution one;
  EXPECT_LT(largest_difference(one.run("cudnn"), one.run("direct")), 1e-6);
}

TEST(CudnnEngines, LeaveTheProblemToOtherRowsWhereNoneDoes) {
  const Setting engines("FAKE_CUDNN_ENGINES", "nondeterministic,huge,broken");
  const OneConvolution one;
  expect_error(
      ErrorKind::invalid_argument, [&] { one.run("cudnn"); }, "no implementation 'cudnn' of conv1d");
  EXPECT_EQ(one.choice(), "conv1d: direct");
}

TEST(CudnnEngines, GetPaddingsAlikeWhereThatComesToTheSame) {
  const Setting engines("FAKE_CUDNN_ENGINES", "symmetric");
  // 12 positions and one before: the last window ends at the last position or would at the next.
  const OneConvolution even(Precision::fp32, {.width = 3, .stride = 2, .pad_left = 1, .pad_right = 0});
  EXPECT_LT(largest_difference(even.run("cudnn"), even.run("direct")), 1e-6);
  const OneConvolution uneven(Precision::fp32, {.width = 4, .pad_left = 1, .pad_right = 2});
  expect_error(
      ErrorKind::invalid_argument, [&] { uneven.run("cudnn"); }, "no implementation 'cudnn'");
}

TEST(CudnnConvolution, PadsOnTheRightAsNearToTheLeftAsTheLengthAllows) {
  for (std::int64_t length = 1; length < 8; ++length) {
    for (const std::int64_t width : {1, 2, 3}) {
      for (const std::int64_t stride : {1, 2, 3, 5}) {
        for (const std::int64_t left : {0, 1, 2}) {
          for (std::int64_t right = 0; right < 6; ++right) {
            const SlidingWindow window{
                .width = width, .stride = stride, .dilation = 2, .pad_left = left, .pad_right = right};
            if (left + length + right < window.span()) continue;
            const std::int64_t out_length = window.output_length(length);
            std::int64_t expected = right;
            for (std::int64_t other = 0; other < 20; ++other) {
              const SlidingWindow same{
                  .width = width, .stride = stride, .dilation = 2, .pad_left = left, .pad_right = other};
              const bool fits = left + length + other >= window.span() && same.output_length(length) == out_length;
              if (fits && std::abs(other - left) < std::abs(expected - left)) expected = other;
            }
            const CudnnConvolution n{ConvolutionKind::forward, 1, length, 1, out_length, 1, width, stride, 2, left};
            ASSERT_EQ(n.pad_right(), expected)
                << length << ", width " << width << ", stride " << stride << ", " << left << " and " << right;
          }
        }
      }
    }
  }
}

TEST(CudnnPlans, AreNoneWhereTheGpuRefusesAHandle) {
  const Setting setting("FAKE_CUDNN_NO_HANDLE", "1");
  Context context(7);
  const CudnnConvolution n{ConvolutionKind::forward, 1, 9, 4, 7, 8, 3, 1, 1, 0};
  EXPECT_EQ(CudnnPlans::of(context).find(context, n), nullptr);
}

TEST(CudnnPlans, AreMadeOnce) {
  Context context(8);
  CudnnPlans& plans = CudnnPlans::of(context);
  const CudnnConvolution n{ConvolutionKind::forward, 1, 9, 4, 7, 8, 3, 1, 1, 0};
  const CudnnPlan* const plan = plans.find(context, n);
  ASSERT_NE(plan, nullptr);
  const Setting engines("FAKE_CUDNN_ENGINES", "");  // none would be found now
  EXPECT_EQ(plans.find(context, n), plan);
}

TEST(CudnnPlans, ServeSeveralThreads) {
  const std::vector<OneConvolution> convolutions(4);
  std::vector<std::vector<float>> results(convolutions.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < convolutions.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 20; ++round) results[i] = convolutions[i].run("cudnn");
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < convolutions.size(); ++i) {
    EXPECT_LT(largest_difference(results[i], convolutions[i].run("direct")), 1e-6);
  }
}

TEST(Cudnn, SaysWhichItIs) {
  EXPECT_EQ(describe_cudnn(), fmt::format("cuDNN {}.{}.{}", CUDNN_MAJOR, CUDNN_MINOR, CUDNN_PATCHLEVEL));
}

TEST(CudnnDeathTest, SaysWhatIsMissingAndLeavesTheProblemToOtherRows) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // a process of its own, which has not looked for the library
  const auto without_library = [] {
    setenv("GENOCUDA_CUDNN", "/nowhere/libcudnn.so.9", 1);
    const bool told = describe_cudnn().find("no cuDNN (/nowhere/libcudnn.so.9") == 0;
    std::exit(told && OneConvolution().choice() == "conv1d: direct" ? 0 : 1);
  };
  EXPECT_EXIT(without_library(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace genocuda::cuda

// SPDX-License-Identifier: Apache-2.0
#include "learn/model/setting.h"

#include <array>
#include <limits>

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace genocuda {
namespace {

std::string problem(const SettingTable& table, std::span<const KeyRule> rules) {
  const auto found = find_problem(table, rules, "it");
  return found ? found->message : "";
}

TEST(Setting, NearestWordIsNearEnoughOrNone) {
  constexpr std::string_view kWords[] = {"filters", "width", "stride", "l1"};
  EXPECT_EQ(nearest("filter", kWords), "filters");
  EXPECT_EQ(nearest("widht", kWords), "width");
  EXPECT_EQ(nearest("wdth", kWords), "width");
  EXPECT_EQ(nearest("wit", kWords), "");
  EXPECT_EQ(nearest("strides", kWords), "stride");
  EXPECT_EQ(nearest("dilation", kWords), "");
  EXPECT_EQ(nearest("l2", kWords), "l1");
  EXPECT_EQ(nearest("", kWords), "");
}

TEST(Setting, NumbersTakeIntegersAndKeepTheirRange) {
  const std::array rules = {KeyRule{.key = "rate", .least = 0, .most = 1}};
  EXPECT_EQ(problem({{"rate", 0.5}}, rules), "");
  EXPECT_EQ(problem({{"rate", std::int64_t{1}}}, rules), "");
  EXPECT_EQ(problem({{"rate", 1.5}}, rules), "it: 'rate' must be a number from 0 to 1, not 1.5");
  EXPECT_NE(problem({{"rate", std::numeric_limits<double>::quiet_NaN()}}, rules), "");
  EXPECT_NE(problem({{"rate", "half"}}, rules), "");
  EXPECT_NE(problem({{"rate", true}}, rules), "");
}

TEST(Setting, WordsMayStandForNumbers) {
  const std::array rules = {KeyRule{.key = "units", .kind = SettingKind::integer, .least = 1, .choices = {"tasks"}}};
  EXPECT_EQ(problem({{"units", "tasks"}}, rules), "");
  EXPECT_EQ(problem({{"units", std::int64_t{3}}}, rules), "");
  EXPECT_EQ(problem({{"units", "task"}}, rules),
            "it: 'units' must be a whole number of at least 1 or 'tasks', not 'task'");
  EXPECT_NE(problem({{"units", 3.0}}, rules), "");
}

TEST(Setting, ListsKeepLengthAndRange) {
  const std::array rules = {KeyRule{.key = "sides", .kind = SettingKind::integers, .least = 0, .count = 2}};
  EXPECT_EQ(problem({{"sides", std::vector<double>{1, 2}}}, rules), "");
  EXPECT_NE(problem({{"sides", std::vector<double>{1}}}, rules), "");
  EXPECT_NE(problem({{"sides", std::vector<double>{1, -2}}}, rules), "");
  EXPECT_NE(problem({{"sides", std::vector<double>{1, 2.5}}}, rules), "");
  const std::array texts = {KeyRule{.key = "tasks", .kind = SettingKind::texts}};
  EXPECT_EQ(problem({{"tasks", std::vector<double>{}}}, texts), "");
  EXPECT_EQ(problem({{"tasks", std::vector<std::string>{"a"}}}, texts), "");
}

TEST(Setting, CheckThrowsTheProblem) {
  const std::array rules = {KeyRule{.key = "a", .required = true}, KeyRule{.key = "b"}};
  expect_error(
      ErrorKind::invalid_argument, [&] { check_settings({}, rules, "it"); }, "it needs the key 'a'");
  expect_error(
      ErrorKind::invalid_argument,
      [&] {
        check_settings({{"a", 1.0}, {"gamma", 1.0}}, rules, "it");
      },
      "it has no key 'gamma'; it knows 'a' and 'b'");
}

TEST(Setting, ReadingAnotherTypeIsADefect) {
  expect_error(
      ErrorKind::internal,
      [] {
        get_integer({{"a", 1.5}}, "a", 0);
      },
      "'a'");
  EXPECT_EQ(get_number({{"a", std::int64_t{2}}}, "a", 0), 2);
  EXPECT_EQ(get_text({}, "a", "none"), "none");
}

}  // namespace
}  // namespace genocuda

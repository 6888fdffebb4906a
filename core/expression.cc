// SPDX-License-Identifier: Apache-2.0
#include "core/expression.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>

#include "core/error.h"
#include "core/ops/activation.h"
#include "core/ops/arithmetic.h"

namespace genocuda {
namespace {

const TensorType kScalar{DType::f64, {}};
constexpr int kDeepest = 200;  // parentheses in each other

struct Function {
  ActivationKind kind;
  std::optional<double> alpha = {};  ///< its default, where it takes one
};
constexpr std::array<Function, 10> kFunctions{{
    {ActivationKind::sigmoid},
    {ActivationKind::tanh},
    {ActivationKind::relu},
    {ActivationKind::thresholded_relu, 1},
    {ActivationKind::leaky_relu, 0.01},
    {ActivationKind::softplus},
    {ActivationKind::elu, 1},
    {ActivationKind::gelu},
    {ActivationKind::exp},
    {ActivationKind::log1p},
}};

const Function* find_function(std::string_view name) {
  const auto found = std::ranges::find(kFunctions, name, [](const Function& f) { return name_of(f.kind); });
  return found == kFunctions.end() ? nullptr : &*found;
}

bool begins_name(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool within_name(char c) { return begins_name(c) || std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// A number, or an index into Expression::values.
struct Operand {
  double number = 0;
  int value = -1;
  bool is_number() const { return value < 0; }
};

/// A part of a formula: text, or what a value will be called when all names that the user gives are known.
struct Piece {
  std::string text;
  int value = -1;
};

struct Draft {
  Value value;
  std::string name;  ///< empty as long as it has none
  std::vector<Piece> formula;
};

class Parser {
 public:
  Parser(Graph& graph, std::string_view text) : graph_(graph), text_(text) {}

  Expression run() {
    do {
      skip_blanks();
      if (at_ == text_.size() && !drafts_.empty()) break;  // a semicolon at the end
      parse_statement();
    } while (take(';'));
    name_all();
    Expression result;
    for (const Draft& draft : drafts_) result.values.push_back({draft.value, draft.name, written(draft.formula)});
    return result;
  }

 private:
  template <typename... Args>
  [[noreturn]] void fail(std::size_t at, fmt::format_string<Args...> format, Args&&... args) const {
    throw Error(ErrorKind::invalid_argument, "'{}', column {}: {}", text_, at + 1,
                fmt::format(format, std::forward<Args>(args)...));
  }

  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }

  bool take(char c) {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::string take_name() {
    skip_blanks();
    const std::size_t begin = at_;
    if (at_ < text_.size() && begins_name(text_[at_])) {
      while (at_ < text_.size() && within_name(text_[at_])) ++at_;
    }
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::optional<double> take_number() {
    skip_blanks();
    if (at_ == text_.size() || (text_[at_] != '.' && std::isdigit(static_cast<unsigned char>(text_[at_])) == 0))
      return {};
    double number = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), number);
    if (error != std::errc() || !std::isfinite(number)) return std::nullopt;
    at_ = static_cast<std::size_t>(end - text_.data());
    return number;
  }

  /// NAME = SUM, or a SUM alone.
  void parse_statement() {
    const std::size_t begin = at_;
    std::string name = take_name();
    if (name.empty() || !take('=')) {
      name.clear();
      at_ = begin;
    }
    if (find(name) >= 0 || find_function(name) != nullptr) fail(begin, "'{}' has a meaning already", name);
    const int before = static_cast<int>(drafts_.size());
    const Operand operand = parse_sum();
    skip_blanks();
    if (at_ < text_.size() && text_[at_] != ';') fail(at_, "'{}' does not belong here", text_.substr(at_, 1));
    if (operand.is_number() || operand.value < before || drafts_[operand.value].formula.empty()) {
      fail(begin, "this computes nothing: write a formula such as e = (a + b) * (b + 1)");
    }
    if (name.empty()) return;
    if (find(name) >= 0) fail(begin, "'{}' is computed from itself", name);
    drafts_[operand.value].name = std::move(name);
  }

  Operand parse_sum() {
    Operand left = parse_product();
    for (;;) {
      if (take('+')) {
        left = add_operands(left, parse_product());
      } else if (take('-')) {
        left = subtract_operands(left, parse_product());
      } else {
        return left;
      }
    }
  }

  Operand parse_product() {
    Operand left = parse_factor();
    for (;;) {
      if (take('*')) {
        left = multiply_operands(left, parse_factor());
      } else if (const std::size_t at = at_; take('/')) {
        const Operand right = parse_factor();
        if (!right.is_number()) fail(at, "the engine divides by numbers alone");
        if (right.number == 0) fail(at, "a division by 0");
        left = divide_operands(left, right.number);
      } else {
        return left;
      }
    }
  }

  Operand parse_factor() {
    if (++depth_ > kDeepest) fail(at_, "more than {} parentheses or signs in each other", kDeepest);
    const Operand result = parse_deeper();
    --depth_;
    return result;
  }

  Operand parse_deeper() {
    if (take('-')) return multiply_operands({.number = -1}, parse_factor());
    if (take('(')) {
      const Operand inside = parse_sum();
      expect(')');
      return inside;
    }
    if (const std::optional<double> number = take_number()) return {.number = *number};
    const std::size_t begin = at_;
    const std::string name = take_name();
    if (name.empty()) {
      if (at_ == text_.size()) fail(at_, "a name, a number or '(' is missing at the end");
      fail(at_, "a name, a number or '(' is missing before '{}'", text_.substr(at_, 1));
    }
    if (take('(')) return parse_call(name, begin);
    if (find_function(name) != nullptr) fail(begin, "the function '{}' needs an argument: {}(x)", name, name);
    if (const int known = find(name); known >= 0) return {.value = known};
    return append(graph_.input(name, kScalar), {}, name);
  }

  Operand parse_call(const std::string& name, std::size_t begin) {
    const Function* function = find_function(name);
    if (function == nullptr) {
      std::string known;
      for (const Function& each : kFunctions)
        known += fmt::format("{}{}", known.empty() ? "" : ", ", name_of(each.kind));
      fail(begin, "there is no function '{}'; there are {}", name, known);
    }
    const Operand x = parse_sum();
    if (x.is_number()) fail(begin, "{} of a number: write an input and give it a value", name);
    double alpha = function->alpha.value_or(0);
    std::vector<Piece> formula{{name + "("}, called(x)};
    if (function->alpha && take(',')) {
      const std::optional<double> given = take_number();
      if (!given) fail(at_, "the second argument of {} is a number", name);
      alpha = *given;
      formula.push_back({fmt::format(", {:.6g}", alpha)});
    }
    expect(')');
    formula.push_back({")"});
    return append(activation(value(x), function->kind, alpha), std::move(formula));
  }

  void expect(char c) {
    if (!take(c)) fail(at_, "a '{}' is missing", c);
  }

  Operand add_operands(Operand a, Operand b) {
    if (a.is_number() && b.is_number()) return {.number = a.number + b.number};
    const std::vector<Piece> formula{called(a), {" + "}, called(b)};
    if (b.is_number()) return append(value(a) + b.number, formula);
    if (a.is_number()) return append(value(b) + a.number, formula);
    return append(value(a) + value(b), formula);
  }

  Operand subtract_operands(Operand a, Operand b) {
    if (a.is_number() && b.is_number()) return {.number = a.number - b.number};
    const std::vector<Piece> formula{called(a), {" − "}, called(b)};
    if (b.is_number()) return append(value(a) + -b.number, formula);
    if (a.is_number()) return append(scale(value(b), -1, a.number), formula);
    return append(value(a) - value(b), formula);
  }

  Operand multiply_operands(Operand a, Operand b) {
    if (a.is_number() && b.is_number()) return {.number = a.number * b.number};
    std::vector<Piece> formula{called(a), {" · "}, called(b)};
    if (a.is_number() && a.number == -1) formula = {{"−"}, called(b)};
    if (b.is_number()) return append(value(a) * b.number, formula);
    if (a.is_number()) return append(value(b) * a.number, formula);
    return append(value(a) * value(b), formula);
  }

  Operand divide_operands(Operand a, double b) {
    if (a.is_number()) return {.number = a.number / b};
    return append(value(a) * (1 / b), {called(a), {fmt::format(" / {:.6g}", b)}});
  }

  Operand append(Value value, std::vector<Piece> formula, std::string name = "") {
    drafts_.push_back({value, std::move(name), std::move(formula)});
    return {.value = static_cast<int>(drafts_.size()) - 1};
  }

  const Value& value(Operand operand) const { return drafts_[operand.value].value; }

  int find(std::string_view name) const {
    const auto found = std::ranges::find(drafts_, name, &Draft::name);
    return found == drafts_.end() || name.empty() ? -1 : static_cast<int>(found - drafts_.begin());
  }

  static Piece called(Operand operand) {
    if (operand.is_number()) return {fmt::format("{:.6g}", operand.number)};
    return {"", operand.value};
  }

  void name_all() {
    int number = 0;
    for (Draft& draft : drafts_) {
      while (draft.name.empty()) {
        std::string name = fmt::format("v{}", ++number);
        if (find(name) < 0) draft.name = std::move(name);
      }
    }
  }

  std::string written(const std::vector<Piece>& formula) const {
    std::string text;
    for (const Piece& piece : formula) text += piece.value < 0 ? piece.text : drafts_[piece.value].name;
    return text;
  }

  Graph& graph_;
  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::vector<Draft> drafts_;
};

}  // namespace

Expression parse_expression(Graph& graph, std::string_view text) { return Parser(graph, text).run(); }

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "learn/model/model_spec.h"

#include <fstream>
#include <iterator>
#include <sstream>

#include "core/error.h"
#include "learn/model/spec_tree.h"

namespace genocuda {

std::string_view name_of(Strands strands) {
  switch (strands) {
    case Strands::forward:
      return "forward";
    case Strands::mean:
      return "mean";
    case Strands::max:
      return "max";
  }
  throw Error(ErrorKind::internal, "unknown way to read strands");
}

std::string_view name_of(TargetMeasure measure) { return measure == TargetMeasure::values ? "values" : "log_total"; }

std::string_view name_of(UnknownBase unknown) { return unknown == UnknownBase::zeros ? "zeros" : "quarters"; }

ModelSpec parse_model_toml(std::string_view text, std::string_view source) {
  return spec_from_tree(parse_toml(text, source), source);
}

ModelSpec parse_model_json(std::string_view text, std::string_view source) {
  return spec_from_tree(parse_json(text, source), source);
}

std::string to_toml(const ModelSpec& spec) { return write_toml(spec_to_tree(spec)); }
std::string to_json(const ModelSpec& spec) { return write_json(spec_to_tree(spec)); }

ModelSpec read_model_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || (file.peek() != std::ifstream::traits_type::eof() && !(text << file.rdbuf())) || file.bad()) {
    throw Error(ErrorKind::input_file, "{}: the model file cannot be read", path);
  }
  return parse_model_toml(text.str(), path);
}

ModelSpec load_model(const std::string& name_or_path) {
  const std::string_view name = name_or_path;
  const bool is_path = name.find('/') != std::string_view::npos || name.ends_with(".toml");
  return is_path ? read_model_file(name_or_path) : zoo_model(name);
}

}  // namespace genocuda

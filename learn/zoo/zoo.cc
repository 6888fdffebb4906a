// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/error.h"
#include "learn/model/model_spec.h"
#include "learn/zoo/zoo_texts.h"

namespace genocuda {

std::vector<std::string_view> zoo_names() {
  std::vector<std::string_view> names;
  for (const ZooText& text : zoo_texts()) names.push_back(text.name);
  return names;
}

std::string_view zoo_text(std::string_view name) {
  const auto texts = zoo_texts();
  const auto found = std::ranges::find(texts, name, &ZooText::name);
  if (found != texts.end()) return found->toml;
  const std::vector<std::string_view> names = zoo_names();
  const std::string_view near = nearest(name, names);
  if (!near.empty()) {
    throw Error(ErrorKind::invalid_argument, "there is no model '{}'; did you mean '{}'?", name, near);
  }
  throw Error(ErrorKind::invalid_argument, "there is no model '{}'; there are {}, or give a file ending in .toml", name,
              one_of(names));
}

ModelSpec zoo_model(std::string_view name) { return parse_model_toml(zoo_text(name), name); }

}  // namespace genocuda

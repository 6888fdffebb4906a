// SPDX-License-Identifier: Apache-2.0
#include "genomics/check.h"

#include <memory>

#include <CLI/CLI.hpp>

#include "apps/command.h"
#include "apps/data_set.h"
#include "core/error.h"

namespace genocuda::apps {
namespace {

struct CheckOptions {
  SourceOptions source;
  SplitOptions split;
  std::string out;
};

void run(const CheckOptions& options) {
  Notices notices;
  const DataSet data = read_data_set(options.source, options.split, {}, notices);
  std::vector<CheckedSet> sets;
  for (const auto& [name, examples] :
       {std::pair{"train", &data.train}, std::pair{"valid", &data.valid}, std::pair{"test", &data.test}}) {
    if (examples->size() > 0) sets.push_back({name, examples});
  }
  if (sets.size() == 1) sets.front().name = "data";
  const CheckReport report = check(sets);

  std::string text;
  for (const std::string& line : notices.lines()) text += fmt::format("info\tnotice\t{}\n", line);
  for (const Finding& finding : report.findings) {
    text += fmt::format("{}\t{}\t{}\n", name_of(finding.severity), finding.subject, finding.message);
  }
  write_text(options.out, text);
  if (report.fatal()) {
    throw Error(ErrorKind::input_file,
                "these data would ruin training: {} fatal finding{} (see the rows that begin with 'fatal')",
                report.count(Severity::fatal), report.count(Severity::fatal) == 1 ? "" : "s");
  }
}

}  // namespace

void add_check(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "check", "Look for what would ruin training: contigs, bounds, N, duplicates, leakage, class balance");
  auto options = std::make_shared<CheckOptions>();
  command->add_option("-o,--out", options->out, "file for the findings (default: standard output)");
  add_source_options(*command, options->source);
  add_label_options(*command, options->source);
  add_split_options(*command, options->split);
  command->callback([options] { run(*options); });
}

}  // namespace genocuda::apps

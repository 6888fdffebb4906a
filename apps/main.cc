// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <cstdio>
#include <new>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "apps/command.h"
#include "apps/interrupt.h"
#include "core/error.h"
#include "core/version.h"
#include "host/cpu_device.h"

namespace {

constexpr int kFailed = 1;      // while running
constexpr int kWrongInput = 2;  // usage, files, data, device

int exit_status(genocuda::ErrorKind kind) {
  const bool ours = kind == genocuda::ErrorKind::internal || kind == genocuda::ErrorKind::out_of_memory;
  return ours ? kFailed : kWrongInput;
}

int fail(int status, const char* message) {
  fmt::print(stderr, "genocuda: {}\n", message);
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  genocuda::shorten_openmp_waits(argv);
#ifdef SIGXFSZ
  std::signal(SIGXFSZ, SIG_IGN);  // a file past the size limit is an error of write(), which says which file
#endif
  genocuda::apps::end_on_signals();
  CLI::App app("Deep learning on DNA: train networks on sequences and their assays, evaluate them, predict with them.");
  app.name("genocuda");
  app.set_version_flag("--version", std::string(genocuda::version()));
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return fmt::format("genocuda: {} (genocuda --help, or genocuda VERB --help)\n", error.what());
  });
  using namespace genocuda::apps;
  add_train(app);
  add_evaluate(app);
  add_predict(app);
  add_check(app);
  add_init(app);
  add_scan(app);
  add_motifs(app);
  add_simulate(app);
  add_kmers(app);
  add_coverage(app);
  add_graph(app);
  add_figure(app);
  add_denoise(app);
  add_devices(app);
  for (CLI::App* command : app.get_subcommands({})) spare_positionals(*command);
  require_subcommand(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::RuntimeError& error) {  // a verb that has said itself why it ends
    return error.get_exit_code();
  } catch (const CLI::ExtrasError&) {
    return fail(kWrongInput, describe_extra_words(app).c_str());
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongInput;
  } catch (const genocuda::Error& error) {
    return fail(exit_status(error.kind()), error.what());
  } catch (const std::bad_alloc&) {
    return fail(kFailed, "out of memory: use a smaller batch (--batch), or fewer or shorter sequences");
  } catch (const std::exception& error) {
    return fail(kFailed, error.what());
  }
  return 0;
}

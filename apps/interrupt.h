// SPDX-License-Identifier: Apache-2.0
#pragma once

/// How the program ends on SIGINT and SIGTERM.
namespace genocuda::apps {

/// From now on the first of them removes unfinished files (AtomicFile), says so in a line on standard error and ends
/// the program with status 1. One that the program was started to ignore, as in the background of a script, stays
/// ignored.
void end_on_signals();

}  // namespace genocuda::apps

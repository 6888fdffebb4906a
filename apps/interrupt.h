// SPDX-License-Identifier: Apache-2.0
#pragma once

/// How the program ends on SIGINT and SIGTERM. A signal that it was started to ignore, as in the background of a
/// script, stays ignored.
namespace genocuda::apps {

/// From now on the first of them removes unfinished files (AtomicFile), says so in a line on standard error and ends
/// the program with status 1.
void end_on_signals();

/// From now on the first of them makes stop_asked() true, for a run that can be gone on with; the next one ends the
/// program as above.
void stop_softly_on_signals();
bool stop_asked();

}  // namespace genocuda::apps

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/device.h"

namespace genocuda {

/// The CPU. `threads` is the number of OpenMP threads, 0 for all that the process may use. Results do not depend on
/// timing; another number of threads may change them within rounding. The number belongs to the process: that of the
/// device made last holds for all, so make it before the executables.
std::unique_ptr<Device> make_cpu_device(int threads = 0);

/// To be called first thing in a program's main. Threads of OpenMP spin for milliseconds when they wait for each other,
/// which on a machine that has other work to do makes a training step three times slower. OpenMP reads its settings
/// when it is loaded; so this starts the program again, in the same process, with a short wait. Does nothing where the
/// user has set OMP_WAIT_POLICY, GOMP_SPINCOUNT or KMP_BLOCKTIME, and returns where the program cannot be started
/// again.
void shorten_openmp_waits(char** argv);

}  // namespace genocuda

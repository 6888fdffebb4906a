// SPDX-License-Identifier: Apache-2.0
#define GENOCUDA_LEVEL baseline
#include "host/fast/kernels/level.h"

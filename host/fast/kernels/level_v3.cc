// SPDX-License-Identifier: Apache-2.0
#define GENOCUDA_LEVEL v3
#include "host/fast/kernels/level.h"

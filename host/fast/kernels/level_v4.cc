// SPDX-License-Identifier: Apache-2.0
#define GENOCUDA_LEVEL v4
#include "host/fast/kernels/level.h"

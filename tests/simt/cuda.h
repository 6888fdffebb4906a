// SPDX-License-Identifier: Apache-2.0
#pragma once

/// CUDA for a host compiler: what a kernel may use of it, run by the emulator of this folder. See README.md.

#include <cstddef>
#include <cstdint>

#include "simt/atomics.h"
#include "simt/barrier.h"
#include "simt/error.h"
#include "simt/float16.h"
#include "simt/global_memory.h"
#include "simt/intrinsics.h"
#include "simt/launch.h"
#include "simt/options.h"
#include "simt/qualifiers.h"
#include "simt/shared_memory.h"
#include "simt/thread.h"
#include "simt/vector_types.h"
#include "simt/warp.h"

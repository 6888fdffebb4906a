// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <htslib/hts_log.h>

namespace genocuda {

/// htslib writes to standard error what this library throws; its log level is one for the whole process.
inline void quieten_htslib() {
  static const bool done = [] {
    hts_set_log_level(HTS_LOG_OFF);
    return true;
  }();
  static_cast<void>(done);
}

}  // namespace genocuda

// SPDX-License-Identifier: Apache-2.0
#include "genomics/quiet_htslib.h"

#include <htslib/hts_log.h>

namespace genocuda {

void quieten_htslib() {
  static const bool done = [] {
    hts_set_log_level(HTS_LOG_OFF);
    return true;
  }();
  static_cast<void>(done);
}

}  // namespace genocuda

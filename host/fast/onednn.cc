// SPDX-License-Identifier: Apache-2.0
#include "host/fast/onednn.h"

#include <fmt/format.h>

#ifdef GENOCUDA_HAVE_ONEDNN
#include <oneapi/dnnl/dnnl.h>
#endif

namespace genocuda::fast {

std::string onednn_version() {
#ifdef GENOCUDA_HAVE_ONEDNN
  const dnnl_version_t& version = *dnnl_version();
  return fmt::format("oneDNN {}.{}.{}", version.major, version.minor, version.patch);
#else
  return "no oneDNN";
#endif
}

}  // namespace genocuda::fast

// SPDX-License-Identifier: Apache-2.0
#include "library/gpus.h"

#include <utility>

#include "cuda/device.h"

namespace genocuda {

int count_gpus() { return cuda_device_count(); }

std::vector<DeviceReport> list_gpus() {
  std::vector<DeviceReport> reports;
  for (CudaReport& report : report_cuda_devices()) {
    reports.push_back({std::move(report.name), report.usable, std::move(report.description)});
  }
  return reports;
}

std::unique_ptr<Device> make_gpu(int number) { return make_cuda_device(number); }

}  // namespace genocuda

# SPDX-License-Identifier: Apache-2.0
"""What the machine has: the GPU by the driver's own interface, CUDA's tools, the libraries that PyTorch brings."""

import ctypes
import glob
import importlib.util
import os
import pathlib
import re
import shutil
import subprocess

# CUdevice_attribute
ATTRIBUTES = {"multiprocessors": 16, "l2_bytes": 38, "major": 75, "minor": 76}


def find_gpu():
    """The first GPU as a dictionary, or a line that says why there is none."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return "no driver (libcuda.so.1)"
    status, count = driver.cuInit(0), ctypes.c_int(0)
    if status == 0:
        status = driver.cuDeviceGetCount(ctypes.byref(count))
    if status != 0 or count.value == 0:
        return f"the driver sees none (CUDA error {status})"
    device, version = ctypes.c_int(), ctypes.c_int()
    name, memory, value = ctypes.create_string_buffer(200), ctypes.c_size_t(), ctypes.c_int()
    driver.cuDeviceGet(ctypes.byref(device), 0)
    driver.cuDeviceGetName(name, len(name), device)
    driver.cuDeviceTotalMem_v2(ctypes.byref(memory), device)
    driver.cuDriverGetVersion(ctypes.byref(version))
    found = {}
    for key, attribute in ATTRIBUTES.items():
        driver.cuDeviceGetAttribute(ctypes.byref(value), attribute, device)
        found[key] = value.value
    capability = f"{found.pop('major')}.{found.pop('minor')}"
    return {"name": name.value.decode(), "memory_bytes": memory.value, "compute_capability": capability, **found,
            "driver": driver_version(), "cuda": f"{version.value // 1000}.{version.value % 1000 // 10}"}


def driver_version():
    try:
        text = pathlib.Path("/proc/driver/nvidia/version").read_text()
        return re.search(r"\b(\d+\.\d+(\.\d+)?)\b", text)[1]
    except (OSError, TypeError):
        pass
    try:
        command = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
        return subprocess.run(command, capture_output=True, text=True, timeout=20).stdout.split("\n")[0].strip()
    except (OSError, subprocess.SubprocessError):
        return "unknown"


def find_sanitizer():
    places = [shutil.which("compute-sanitizer"), "/usr/local/cuda/bin/compute-sanitizer",
              *glob.glob("/usr/local/cuda*/compute-sanitizer/compute-sanitizer")]
    return next((place for place in places if place and os.access(place, os.X_OK)), None)


def has_pytorch():
    return importlib.util.find_spec("torch") is not None


def library_folders():
    """Where PyTorch's packages keep cuDNN and cuBLAS: folders for LD_LIBRARY_PATH."""
    folders = []
    for package in ("nvidia", "torch"):
        spec = importlib.util.find_spec(package)
        for place in (spec.submodule_search_locations or []) if spec else []:
            folders += sorted(glob.glob(os.path.join(place, "*", "lib"))) if package == "nvidia" else [os.path.join(place, "lib")]
    return [folder for folder in folders if os.path.isdir(folder)]

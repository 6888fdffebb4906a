// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "simt/block.h"

namespace simt {

/// The texts of errors: FILE:LINE first, as compilers write it.
std::string at(Site site);
std::string triple(uint3 index);
std::string triple(dim3 sizes);
/// What the thread waits for, or that it has returned.
std::string whereabouts(const Thread& thread);
/// The function at an address without its arguments, from the symbol table of the program; "kernel" where it is
/// unknown.
std::string function_name(const void* address);

}  // namespace simt

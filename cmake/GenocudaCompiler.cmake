# SPDX-License-Identifier: Apache-2.0
# Language level, warnings, optimisation, sanitizers, coverage and ccache, for everything in this tree.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Release keeps assert() out and the portable instruction set: the binary runs on any x86-64. Files in host/fast that need
# more get their flags one by one and are called after a check of the CPU.
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -DNDEBUG")
# Sanitizer and fuzz builds: line numbers in reports, but no variables, which halves compile time and size.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1 -fno-omit-frame-pointer")

find_program(GENOCUDA_CCACHE ccache)
mark_as_advanced(GENOCUDA_CCACHE)
if(GENOCUDA_CCACHE)
  foreach(language IN ITEMS CXX CUDA)
    if(NOT DEFINED CMAKE_${language}_COMPILER_LAUNCHER)
      set(CMAKE_${language}_COMPILER_LAUNCHER "${GENOCUDA_CCACHE}")
    endif()
  endforeach()
endif()

# Warnings and instrumentation apply to this project's targets and not to a project that includes it.
add_library(genocuda_compile_options INTERFACE)
target_compile_options(
  genocuda_compile_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wpedantic;-Wshadow>
                                     $<$<AND:$<BOOL:${GENOCUDA_WERROR}>,$<COMPILE_LANGUAGE:CXX>>:-Werror>)

if(GENOCUDA_SANITIZE)
  list(JOIN GENOCUDA_SANITIZE "," _sanitizers)
  target_compile_options(genocuda_compile_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=${_sanitizers}>)
  target_link_options(genocuda_compile_options INTERFACE -fsanitize=${_sanitizers})
  if("undefined" IN_LIST GENOCUDA_SANITIZE)
    target_compile_options(genocuda_compile_options INTERFACE
                           $<$<COMPILE_LANGUAGE:CXX>:-fno-sanitize-recover=undefined>)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 reports false maybe-uninitialized warnings in instrumented code.
    target_compile_options(genocuda_compile_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-maybe-uninitialized>)
  else()
    # clang says where a loop marked for SIMD was not vectorised, which is so of all of them in instrumented code.
    target_compile_options(genocuda_compile_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-pass-failed>)
  endif()
endif()
if(GENOCUDA_COVERAGE)
  target_compile_options(genocuda_compile_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:--coverage>)
  target_link_options(genocuda_compile_options INTERFACE --coverage)
endif()
if(GENOCUDA_BUILD_FUZZERS AND NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(STATUS "genocuda: fuzz targets are left out, they need clang (this is ${CMAKE_CXX_COMPILER_ID})")
endif()

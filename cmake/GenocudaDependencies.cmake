# SPDX-License-Identifier: Apache-2.0
# Third-party libraries, all of them distribution packages; `./run build` installs what is missing.

find_package(fmt REQUIRED)
find_package(nlohmann_json 3.10 REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(CLI11 REQUIRED)
if(GENOCUDA_HEADER_ONLY_PACKAGES)
  set(ZLIB_USE_STATIC_LIBS ON)
endif()
find_package(ZLIB REQUIRED)
find_package(HTSlib REQUIRED)
find_package(Threads REQUIRED)

if(GENOCUDA_HEADER_ONLY_PACKAGES)
  # fmt and toml++ come as shared libraries, but can be compiled in.
  set_property(TARGET fmt::fmt PROPERTY INTERFACE_COMPILE_DEFINITIONS FMT_HEADER_ONLY=1)
  set_property(TARGET tomlplusplus::tomlplusplus PROPERTY INTERFACE_COMPILE_OPTIONS -DTOML_HEADER_ONLY=1)
endif()

find_package(OpenMP QUIET COMPONENTS CXX)
if(NOT OpenMP_CXX_FOUND)
  message(STATUS "genocuda: no OpenMP for ${CMAKE_CXX_COMPILER_ID}: the CPU backend runs on one thread")
endif()

find_package(OneDNN 2.6 QUIET)
if(OneDNN_FOUND)
  message(STATUS "genocuda: oneDNN ${OneDNN_VERSION} (${OneDNN_LIBRARY})")
else()
  message(STATUS "genocuda: no oneDNN 2.6 or newer found (Debian: libdnnl-dev): the plain CPU implementations run instead")
endif()

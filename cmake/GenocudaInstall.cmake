# SPDX-License-Identifier: Apache-2.0
# Installs the library, the program, the public headers and the CMake package, for find_package(genocuda).
include(CMakePackageConfigHelpers)

set(_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/genocuda")

install(TARGETS genocuda EXPORT genocudaTargets)
if(TARGET genocuda_cli)
  # The program finds its library beside itself, wherever the prefix is.
  file(RELATIVE_PATH _lib_from_bin "/${CMAKE_INSTALL_BINDIR}" "/${CMAKE_INSTALL_LIBDIR}")
  set_target_properties(genocuda_cli PROPERTIES INSTALL_RPATH "$ORIGIN/${_lib_from_bin}")
  install(TARGETS genocuda_cli)
endif()
# The public headers include a few of core's, as "core/error.h": core lies below include/genocuda, and both are on the
# include path of genocuda::genocuda.
install(DIRECTORY include/genocuda DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.h")
install(DIRECTORY core DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/genocuda" FILES_MATCHING PATTERN "*.h")

install(EXPORT genocudaTargets NAMESPACE genocuda:: DESTINATION "${_package_dir}")
configure_package_config_file(cmake/genocudaConfig.cmake.in genocudaConfig.cmake INSTALL_DESTINATION "${_package_dir}")
write_basic_package_version_file(genocudaConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/genocudaConfig.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/genocudaConfigVersion.cmake" DESTINATION "${_package_dir}")
if(NOT BUILD_SHARED_LIBS)
  install(FILES cmake/GenocudaDependencies.cmake cmake/FindHTSlib.cmake cmake/FindOneDNN.cmake
          DESTINATION "${_package_dir}")
endif()

# SPDX-License-Identifier: Apache-2.0
# libgenocuda: the objects of every folder in one library, which is what a host application links.

get_property(_folders GLOBAL PROPERTY GENOCUDA_FOLDERS)
set(_objects)
set(_third_party)
foreach(_folder IN LISTS _folders)
  get_target_property(_type ${_folder} TYPE)
  if(_type STREQUAL "STATIC_LIBRARY")
    list(APPEND _objects $<TARGET_OBJECTS:${_folder}>)
    get_target_property(_links ${_folder} LINK_LIBRARIES)
    if(_links)
      list(APPEND _third_party ${_links})
    endif()
  endif()
endforeach()
list(REMOVE_ITEM _third_party ${_folders})
list(REMOVE_DUPLICATES _third_party)

add_library(genocuda ${_objects})
add_library(genocuda::genocuda ALIAS genocuda)
set_target_properties(genocuda PROPERTIES LINKER_LANGUAGE CXX VERSION ${PROJECT_VERSION}
                                          SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
target_compile_features(genocuda PUBLIC cxx_std_20)
target_include_directories(
  genocuda PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
                  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/genocuda>)
# Installed headers use fmt; everything else is linked behind the library.
list(REMOVE_ITEM _third_party fmt::fmt genocuda_compile_options)
target_link_libraries(genocuda PUBLIC fmt::fmt PRIVATE ${_third_party} $<BUILD_INTERFACE:genocuda_compile_options>)
if(GENOCUDA_HAVE_CUDA)
  # The CUDA runtime inside is this library's own: another in the same process must not be bound to it.
  target_link_options(genocuda PRIVATE -Wl,--exclude-libs,libcudart_static.a)
endif()

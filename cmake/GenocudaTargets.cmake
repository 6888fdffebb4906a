# SPDX-License-Identifier: Apache-2.0
# The functions by which folders, tests and fuzz targets are declared.

# genocuda_add_folder(<name> SOURCES ... [PUBLIC targets] [PRIVATE targets])
# One folder of the library as target genocuda_<name>. PUBLIC targets are the folders whose headers this one's headers
# include; PRIVATE ones are third-party libraries seen in .cc files only. A folder with no source yet is an interface.
function(genocuda_add_folder name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "SOURCES;PUBLIC;PRIVATE")
  set(target genocuda_${name})
  if(ARG_SOURCES)
    add_library(${target} STATIC ${ARG_SOURCES})
    target_include_directories(${target} PUBLIC "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/include")
    target_link_libraries(${target} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE} genocuda_compile_options)
    if(GENOCUDA_BUILD_FUZZERS AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
      target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
      target_link_options(${target} INTERFACE -fsanitize=fuzzer-no-link)
    endif()
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/include")
    target_link_libraries(${target} INTERFACE ${ARG_PUBLIC})
  endif()
  set_property(GLOBAL APPEND PROPERTY GENOCUDA_FOLDERS ${target})
endfunction()

# genocuda_add_test(<name> SOURCES ... [LIBRARIES ...] [TIMEOUT seconds] [LABELS ...] [NUMBERS patterns])
# A GoogleTest program whose test cases ctest runs one by one. The label emu makes it part of the target emu_tests; where
# a sanitizer watches, a process and the threads of its kernels cost more than most test cases on the emulated device do,
# and ctest runs such a program in four parts (GoogleTest's shards) instead. They leave out the test cases that NUMBERS
# names: long ones that only ask how near numbers come, of code that others run.
function(genocuda_add_test name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "TIMEOUT" "SOURCES;LIBRARIES;LABELS;NUMBERS")
  if(NOT GENOCUDA_BUILD_TESTS)
    return()
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} GTest::gtest GTest::gtest_main genocuda_compile_options)
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  if(GENOCUDA_SANITIZE)
    # Instrumented test code takes half as long to compile so; what it tests is optimised as the build type says.
    target_compile_options(${name} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-O0>)
  endif()
  # Tests run side by side: waiting OpenMP threads must sleep, not spin on the cores of the others.
  set(properties TIMEOUT ${ARG_TIMEOUT} ENVIRONMENT OMP_WAIT_POLICY=passive)
  if(ARG_LABELS)
    list(APPEND properties LABELS "${ARG_LABELS}")
  endif()
  if("emu" IN_LIST ARG_LABELS)
    add_dependencies(emu_tests ${name})
  endif()
  if(GENOCUDA_SANITIZE AND "emu" IN_LIST ARG_LABELS)
    set(parts 4)
    set(filter "")
    if(ARG_NUMBERS)
      list(JOIN ARG_NUMBERS ":" patterns)
      set(filter "--gtest_filter=-${patterns}")
    endif()
    foreach(part RANGE 1 ${parts})
      math(EXPR index "${part} - 1")
      add_test(NAME ${name}.part_${part} COMMAND ${name} --gtest_brief=1 ${filter})
      set_tests_properties(
        ${name}.part_${part}
        PROPERTIES TIMEOUT 900
                   LABELS "${ARG_LABELS}"
                   ENVIRONMENT "OMP_WAIT_POLICY=passive;GTEST_TOTAL_SHARDS=${parts};GTEST_SHARD_INDEX=${index}")
    endforeach()
    return()
  endif()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 120 PROPERTIES ${properties})
endfunction()

# genocuda_add_fuzz_target(<name> SOURCES ... [LIBRARIES ...])
# A libFuzzer program where GENOCUDA_BUILD_FUZZERS is on and the compiler is clang. Everywhere else the same code becomes
# the test <name>.seeds, which runs every file of tests/fuzz/corpus/<name without _fuzz> once.
function(genocuda_add_fuzz_target name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "SOURCES;LIBRARIES")
  string(REGEX REPLACE "_fuzz$" "" subject ${name})
  set(corpus "${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${subject}")
  if(GENOCUDA_BUILD_FUZZERS AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    add_executable(${name} ${ARG_SOURCES})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  elseif(GENOCUDA_BUILD_TESTS AND EXISTS "${corpus}")
    add_executable(${name} ${ARG_SOURCES} "${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cc")
    add_test(NAME ${name}.seeds COMMAND ${name} "${corpus}")
  else()
    return()
  endif()
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/fuzz")
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} genocuda_compile_options)
endfunction()

# genocuda_folder_definitions(<name> definitions...): preprocessor definitions for the sources of that folder alone.
function(genocuda_folder_definitions name)
  get_target_property(type genocuda_${name} TYPE)
  if(NOT type STREQUAL "INTERFACE_LIBRARY")
    target_compile_definitions(genocuda_${name} PRIVATE ${ARGN})
  endif()
endfunction()

# SPDX-License-Identifier: Apache-2.0
# Writes the model files of the zoo into a source file, so that the library needs no data files at run time.
# Sets GENOCUDA_ZOO_SOURCE.

set(_zoo_models
    basenji
    basset
    basset-same
    bpnet
    bpnet-single
    chrombpnet
    chrombpnet-bias
    cnn
    cnn-genome
    cnn-genome-signal
    cnn-signal
    coda
    coda-linear
    coda-peaks
    deepbind
    deepbind-hidden
    deepsea
    dense
    dragonn
    kmer-dense
    kmer-logistic
    lecture-dense
    logistic)

set(_zoo_entries)
foreach(_model IN LISTS _zoo_models)
  set(_file "${CMAKE_CURRENT_LIST_DIR}/${_model}.toml")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${_file}")
  file(READ "${_file}" _text)
  string(APPEND _zoo_entries "    {\"${_model}\", R\"zoo(${_text})zoo\"},\n")
endforeach()

set(GENOCUDA_ZOO_SOURCE "${CMAKE_CURRENT_BINARY_DIR}/zoo_texts.cc")
file(CONFIGURE OUTPUT "${GENOCUDA_ZOO_SOURCE}" @ONLY CONTENT [[
// SPDX-License-Identifier: Apache-2.0
// Made by learn/zoo/embed.cmake from learn/zoo/*.toml.
#include "learn/zoo/zoo_texts.h"

namespace genocuda {

std::span<const ZooText> zoo_texts() {
  static constexpr ZooText kTexts[] = {
@_zoo_entries@  };
  return kTexts;
}

}  // namespace genocuda
]])

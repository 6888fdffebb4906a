#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Proves that check_includes.sh can fail: each case is a tree of one file with one #include, and what must become of it.
set -euo pipefail
checker=$(dirname "$(readlink -f "$0")")/check_includes.sh
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
passed=0
failed=0

# expect VERDICT FILE INCLUDE: VERDICT is allowed or refused.
expect() {
  local verdict=$1 file=$2 include=$3 got=allowed output
  rm -rf "${tree:?}"/*
  mkdir -p "$tree/$(dirname "$file")"
  printf '// first line\n#include %s\n' "$include" >"$tree/$file"
  output=$("$checker" "$tree" 2>&1) || got=refused
  if [ "$got" = "$verdict" ] && { [ "$got" = allowed ] || [[ $output == "$file:2: "* ]]; }; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED: $file with #include $include should be $verdict, was $got: $output"
  fi
}

expect allowed core/graph.h '<vector>'
expect allowed core/graph.h '<fmt/format.h>'
expect allowed core/ops/conv1d.cc '"core/graph.h"'
expect refused core/ops/conv1d.cc '"host/reference/conv1d.h"'
expect refused core/graph.cc '"learn/layers.h"'
expect refused core/graph.cc '"genocuda/model.h"'
expect refused core/graph.cc '<nlohmann/json.hpp>'
expect refused core/graph.cc '"graph.h"'
expect allowed draw/chart.cc '"draw/svg.h"'
expect refused draw/chart.cc '"core/error.h"'
expect refused draw/chart.cc '<nlohmann/json.hpp>'
expect allowed genomics/motif_logo.cc '"draw/svg.h"'
expect refused core/graph.cc '"draw/svg.h"'
expect allowed kernels/conv1d.cu '"kernels/conv1d.cuh"'
expect refused kernels/conv1d.cu '"core/error.h"'
expect allowed host/fast/dense.cc '<oneapi/dnnl/dnnl.hpp>'
expect refused host/fast/dense.h '<oneapi/dnnl/dnnl.hpp>'
expect allowed host/fast/exp.h '<immintrin.h>'
expect allowed host/device.h '"core/device.h"'
expect refused host/device.h '"cuda/device.h"'
expect allowed cuda/ops/conv1d.cc '"kernels/conv1d.cuh"'
expect refused cuda/ops/conv1d.cc '"host/device.h"'
expect allowed genomics/fasta.cc '<htslib/faidx.h>'
expect refused genomics/fasta.h '<htslib/faidx.h>'
expect refused genomics/fasta.cc '"learn/layers.h"'
expect refused genomics/fasta.cuh '<zlib.h>'
expect allowed learn/train.cc '"genomics/fasta.h"'
expect refused learn/train.cc '"host/device.h"'
expect refused learn/train.h '<toml++/toml.h>'
expect allowed learn/train.h '<nlohmann/json_fwd.hpp>'
expect refused learn/train.h '<nlohmann/json.hpp>'
expect allowed library/model.cc '"learn/train.h"'
expect allowed library/model.cc '"genocuda/model.h"'
expect refused library/model.cc '"apps/command.h"'
expect refused learn/train.cc '"genocuda/model.h"'
expect allowed apps/train.cc '"learn/train.h"'
expect allowed apps/train.cc '"host/device.h"'
expect refused apps/train.cc '"tests/helpers.h"'
expect refused apps/train.cc ' "../learn/train.h"'
expect allowed include/genocuda/model.h '"genocuda/version.h"'
expect allowed include/genocuda/model.h '"core/error.h"'
expect refused include/genocuda/model.h '"learn/train.h"'

rm -rf "${tree:?}"/*
if "$checker" "$tree" >/dev/null 2>&1; then
  failed=$((failed + 1))
  echo "FAILED: a tree without sources should be an error, not a pass"
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

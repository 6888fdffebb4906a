#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Files compiled for a newer CPU than the build's must define nothing that other files may be linked to: the linker keeps one
# copy of an inline function, and if it is theirs, the program dies of an illegal instruction on an older CPU.
# usage: kernel_symbols_test.sh NM OBJECT...
set -euo pipefail

nm=$1
shift
seen=0
failed=0
for object in "$@"; do
  case $object in
    *level_v*.o) ;;
    *) continue ;;
  esac
  seen=$((seen + 1))
  # Strong or weak, code or data, but for the one table of kernels.
  shared=$("$nm" -C --defined-only --extern-only "$object" | grep -v '::kKernels$' || true)
  if [[ -n $shared ]]; then
    echo "$object defines symbols that others may be linked to:"
    echo "$shared"
    failed=1
  fi
done
if [[ $(uname -m) == x86_64 && $seen -lt 2 ]]; then
  echo "found $seen objects of kernels, expected 2"
  failed=1
fi
exit $failed

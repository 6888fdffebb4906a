#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: keep_ptxas_report.sh NVCC ARGUMENTS... -o OBJECT ...
# Runs the compiler with what `-Xptxas -v` prints going to OBJECT.ptxas and everything else to standard error.
set -uo pipefail
object=
for ((i = 1; i < $#; ++i)); do
  if [ "${!i}" = -o ]; then next=$((i + 1)) object=${!next}; fi
done
[ -n "$object" ] || exec "$@"
"$@" 2>"$object.messages"
status=$?
grep -E '^ptxas info|bytes stack frame' "$object.messages" >"$object.ptxas"
grep -vE '^ptxas info|bytes stack frame|^$' "$object.messages" >&2
rm -f "$object.messages"
exit "$status"

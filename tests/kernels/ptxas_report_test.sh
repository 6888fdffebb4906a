#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: ptxas_report_test.sh PAGE OBJECT...
# Holds what ptxas said of every kernel (OBJECT.ptxas, see cmake/keep_ptxas_report.sh) against PAGE (docs/kernels.md): each kernel stands in a
# table there, uses at most the registers of its row on every architecture, and has no stack frame and no spills.
set -euo pipefail
page=${1:?usage: ptxas_report_test.sh PAGE OBJECT...}
shift
[ $# -gt 0 ] || { echo "ptxas_report_test.sh: no object; were the kernels built?" >&2; exit 2; }

cat "${@/%/.ptxas}" | c++filt | awk -v page="$page" '
  # The name of a kernel, from "void ns::(anonymous namespace)::name<T, 3>(P)": no types, no scopes.
  function bare(name, depth, i, letter, out) {
    gsub(/\(anonymous namespace\)/, "", name)
    sub(/^void /, "", name)
    depth = 0
    out = ""
    for (i = 1; i <= length(name); ++i) {
      letter = substr(name, i, 1)
      if (letter == "<") ++depth
      if (depth == 0) {
        if (letter == "(") break
        out = out letter
      }
      if (letter == ">") --depth
    }
    sub(/^.*:/, "", out)
    return out
  }
  BEGIN {
    # Rows "| `kernel` | ... |" of the page; the column of registers is the one so headed.
    while ((getline line < page) > 0) {
      if (line !~ /^\|/) { column = 0; continue }
      count = split(line, cells, "|")
      if (line ~ /^\| kernel /) {
        for (i = 1; i <= count; ++i) if (cells[i] ~ /^ *registers *$/) column = i
        continue
      }
      if (!column || cells[2] !~ /`/) continue
      name = cells[2]
      gsub(/[ `]/, "", name)
      promised[name] = cells[column] + 0
    }
  }
  /Compiling entry function/ {
    name = $0
    sub(/^[^\047]*\047/, "", name)
    architecture = name
    sub(/\047 for .*$/, "", name)
    sub(/^.*for \047/, "", architecture)
    sub(/\047.*$/, "", architecture)
    kernel = bare(name)
    ++seen[kernel]
    ++entries
    if (!(kernel in promised)) {
      if (!missing[kernel]++) { printf "%s: no row in %s\n", kernel, page; failed = 1 }
    }
  }
  /bytes stack frame/ {
    if ($1 + $5 + $9 > 0) { printf "%s on %s: %s\n", name, architecture, $0; failed = 1 }
  }
  /Used [0-9]+ registers/ {
    match($0, /Used [0-9]+/)
    used = substr($0, RSTART + 5, RLENGTH - 5) + 0
    if (used > most[kernel]) most[kernel] = used
    if ((kernel in promised) && used > promised[kernel]) {
      printf "%s on %s: %d registers, %d promised\n", name, architecture, used, promised[kernel]
      failed = 1
    }
  }
  END {
    if (!entries) { print "no kernel in the reports"; failed = 1 }
    for (kernel in promised) {
      if (!(kernel in seen)) { printf "%s: in %s, but no such kernel was compiled\n", kernel, page; failed = 1 }
      else if (promised[kernel] > most[kernel]) printf "%s: %d registers promised, %d used\n", kernel, promised[kernel], most[kernel]
    }
    for (kernel in seen) ++kernels
    printf "%d kernels in %d forms\n", kernels, entries
    exit failed
  }'

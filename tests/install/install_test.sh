#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: install_test.sh CMAKE GENERATOR SOURCE_DIR BUILD_DIR CXX VERSION SANITIZERS
# Installs BUILD_DIR to a temporary prefix, checks that every public header compiles alone from there, builds
# examples/host_app with find_package(genocuda) and runs it. Then configures it against a static package, with and without
# CUDA, where building that would take too long.
set -euo pipefail
cmake=$1 generator=$2 source_dir=$3 build_dir=$4 cxx=$5 version=$6 sanitizers=$7

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix

"$cmake" --install "$build_dir" --prefix "$prefix" >"$work/install.log" || { cat "$work/install.log"; exit 1; }

flags=()
[ -z "$sanitizers" ] || flags=("-fsanitize=$sanitizers")

count=0
for header in "$prefix"/include/genocuda/*.h; do
  echo "#include \"genocuda/$(basename "$header")\""
  count=$((count + 1))
done >"$work/headers.cc"
[ "$count" -gt 0 ] || { echo "no public header was installed"; exit 1; }
while read -r line; do
  echo "$line" | "$cxx" -std=c++20 -fsyntax-only -Wall -Wextra -Werror -I"$prefix/include" \
    -I"$prefix/include/genocuda" -x c++ - || { echo "not self-contained: $line"; exit 1; }
done <"$work/headers.cc"

cp -r "$source_dir/examples/host_app" "$work/host_app"
"$cmake" -G "$generator" -S "$work/host_app" -B "$work/build" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_COMPILER="$cxx" \
  -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS="${flags[*]}" >"$work/configure.log" ||
  { cat "$work/configure.log"; exit 1; }
"$cmake" --build "$work/build" >"$work/build.log" || { cat "$work/build.log"; exit 1; }

host_app=$work/build/host_app

# A model to run: the installed program trains one for a moment on sequences whose task is easy.
awk 'BEGIN {
  srand(1)
  print "sequence,task"
  for (i = 0; i < 60; ++i) {
    sequence = ""
    for (j = 0; j < 40; ++j) sequence = sequence substr("ACGT", 1 + int(4 * rand()), 1)
    if (i % 2) sequence = substr(sequence, 1, 16) "GATAAGAT" substr(sequence, 25)
    print sequence "," i % 2
  }
}' >"$work/table.csv"
cat >"$work/model.toml" <<'END'
name = "tiny"
tasks = 1
input = { length = 40 }
layers = [
  { type = "conv", filters = 4, width = 8 },
  { type = "relu" },
  { type = "global_max_pool" },
  { type = "dense", units = "tasks" },
]
outputs = [{ loss = "bce_with_logits" }]
END
"$prefix/bin/genocuda" train --sequences "$work/table.csv" --valid 0.2 --model "$work/model.toml" --epochs 1 --seed 1 \
  --device cpu --threads 1 -o "$work/run" 2>"$work/train.log" || { cat "$work/train.log"; exit 1; }
model=$work/run/model.safetensors

# What the host application says is what `genocuda predict` says, by one thread or by several.
tail -n +2 "$work/table.csv" | awk -F, '{ print ">window" NR " of the table\n" substr($1, 1, 25) "\n" substr($1, 26) }' >"$work/windows.fa"
"$prefix/bin/genocuda" predict --model "$model" --sequences "$work/table.csv" --device cpu -o "$work/predictions.tsv" \
  2>"$work/predict.log" || { cat "$work/predict.log"; exit 1; }
for threads in 1 3; do
  "$host_app" --device auto --threads "$threads" "$model" --fasta "$work/windows.fa" >"$work/found.$threads" 2>"$work/host_app.log" ||
    { cat "$work/host_app.log"; exit 1; }
done
grep -q "genocuda $version, 1 tasks, sequences of 40 bases, on ." "$work/host_app.log" ||
  { cat "$work/host_app.log"; echo "host_app should name version $version, 1 task, 40 bases and the device"; exit 1; }
cmp "$work/found.1" "$work/found.3" || { echo "three threads predict something else than one"; exit 1; }
paste "$work/found.1" <(cut -f2 "$work/predictions.tsv") | awk '
  NR == 1 { if ($2 != $3) { print $0; bad = 1; exit } next }
  $1 != "window" NR - 1 { print "line " NR ": " $0; bad = 1; exit }
  { difference = $2 - $3; if (difference < -1e-5 || difference > 1e-5) { print "line " NR ": " $0; bad = 1; exit } }
  END { if (bad) exit 1; if (NR != 61) { print NR " lines instead of 61"; exit 1 } }' ||
  { echo "host_app and genocuda predict differ"; exit 1; }
second=$(sed -n 2p "$work/table.csv" | cut -d, -f1)
"$host_app" --device cpu:1 "$model" "$second" "$second" 2>/dev/null | cut -f2 | tail -n +2 | cmp - <(sed -n 2p "$work/found.1" | cut -f2 | sed p) ||
  { echo "a sequence as an argument is predicted otherwise than in a file"; exit 1; }

# An error reaches the application as one line.
# refused WORD ARGUMENT...: host_app fails with one line that names WORD.
refused() {
  local word=$1
  shift
  if "$host_app" "$@" >/dev/null 2>"$work/error.log"; then
    echo "host_app $* should fail"
    exit 1
  fi
  { [ "$(grep -cvE '^(usage|genocuda [0-9])' "$work/error.log")" = 1 ] && grep -q -e "^host_app: .*$word" "$work/error.log"; } ||
    { cat "$work/error.log"; echo "the error should be one line that names $word"; exit 1; }
}
refused absent.safetensors "$work/absent.safetensors" "$second"
refused "sequence 2" "$model" "$second" ACGT
refused "behind sequence 1: sequence 1" --threads 2 "$model" "$second" ACGT
refused tpu --device tpu "$model" "$second"
refused --threads --threads 0 "$model" "$second"
refused "--fasta FILE or sequences" "$model"

# A static libgenocuda leaves its libraries to the host application, and CUDA's runtime with them.
for cuda in OFF AUTO; do
  static=$work/static.$cuda
  "$cmake" -G "$generator" -S "$source_dir" -B "$static" -DCMAKE_CXX_COMPILER="$cxx" -DBUILD_SHARED_LIBS=OFF \
    -DGENOCUDA_BUILD_TESTS=OFF -DGENOCUDA_CUDA="$cuda" >"$static.log" 2>&1 || { cat "$static.log"; exit 1; }
  # Stand-ins for what is not built here.
  ar rcs "$static/libgenocuda.a"
  mkdir -p "$static/bin" && cp "$prefix/bin/genocuda" "$static/bin/genocuda"
  "$cmake" --install "$static" --prefix "$static.prefix" >>"$static.log" 2>&1 || { cat "$static.log"; exit 1; }
  "$cmake" -G "$generator" -S "$work/host_app" -B "$static.app" -DCMAKE_PREFIX_PATH="$static.prefix" \
    -DCMAKE_CXX_COMPILER="$cxx" >"$static.app.log" 2>&1 || { cat "$static.app.log"; exit 1; }
  links_runtime=no built_with=no
  ! grep -rqs --include=build.ninja --include=link.txt cudart_static "$static.app" || links_runtime=yes
  ! grep -q "CUDA backend on" "$static.log" || built_with=yes
  [ "$links_runtime" = "$built_with" ] ||
    { echo "GENOCUDA_CUDA=$cuda, CUDA in the library: $built_with, its runtime linked to host_app: $links_runtime"; exit 1; }
done

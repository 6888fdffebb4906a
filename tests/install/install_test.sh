#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: install_test.sh CMAKE GENERATOR SOURCE_DIR BUILD_DIR CXX VERSION SANITIZERS
# Installs BUILD_DIR to a temporary prefix, checks that every public header compiles alone from there, builds
# examples/host_app with find_package(genocuda) and runs it.
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

output=$("$work/build/host_app")
echo "$output"
[[ $output == *"genocuda $version"* ]] || { echo "host_app should print the version, genocuda $version"; exit 1; }

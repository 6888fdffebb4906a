#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Trains on the real data sets of docs/results.md and prints a row a run: seconds and mean test figures.
# usage: benchmarks/real_data.sh DATA [NAME...]   DATA is a folder with gue_tf/, ctcf_pu1_demo/ and yeast/
#        names: tf0 tf1 tf2 tf3 tf4 ctcf pu1 yeast (default: all). THREADS=N sets the threads of a run (default: all).
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
genocuda=${GENOCUDA:-build/release/bin/genocuda}
out=build/real_data

[ -d "${1:-}" ] || { echo "usage: benchmarks/real_data.sh DATA [NAME...]" >&2; exit 2; }
data=$1
shift
[ $# -gt 0 ] || set -- tf0 tf1 tf2 tf3 tf4 ctcf pu1 yeast
mkdir -p "$out"

train() {  # NAME, then arguments of genocuda train
  local name=$1 start=$SECONDS
  shift
  "$genocuda" train "$@" --threads "${THREADS:-0}" -o "$out/$name" --overwrite >"$out/$name.txt" 2>"$out/$name.log" || { tail -n 1 "$out/$name.log" >&2; exit 1; }
  printf '%-6s %5d s   %s\n' "$name" $((SECONDS - start)) \
    "$(tr -d ' \n' <"$out/$name/test.json" | grep -oE '"mean":\{[^}]*\}' | tr -d '"{}' | sed 's/^mean://; s/,/  /g')"
}

unpack_peaks() {
  local peaks=$out/rossi2021
  [ -d "$peaks" ] || { mkdir -p "$peaks" && tar -xzf "$data/yeast/rossi2021_chexmix_399.tar.gz" -C "$peaks"; }
  find "$peaks" -name '*.bed' -size +0 | sort
}

for name in "$@"; do
  case "$name" in
    tf[0-4])
      set=$data/gue_tf/tf/${name#tf}
      train "$name" --sequences "$set/train.csv.gz" --valid "$set/dev.csv.gz" --test "$set/test.csv.gz" --model cnn
      ;;
    ctcf | pu1)
      train "$name" --positives "$data/ctcf_pu1_demo/$name.fa.gz" --negatives shuffle --valid chr7 --test chr8,chr9 --model cnn
      ;;
    yeast)
      mapfile -t peaks < <(unpack_peaks)
      train yeast --genome "$data/yeast/S_cerevisiae.fasta.gz" --peaks "${peaks[@]}" --min-sites 300 --bin 200 --length 600 --unlabelled 1 \
        --valid chrIX --test chrIV,chrXV --model cnn-genome
      ;;
    *) echo "real_data.sh: no run '$name'" >&2; exit 2 ;;
  esac
done

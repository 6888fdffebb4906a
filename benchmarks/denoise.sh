#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Denoises a tenth of the reads of real data sets, as docs/results.md has it, and prints the tables.
# usage: benchmarks/denoise.sh DATA [NAME...]   DATA is a folder with histone_tracks/ and yeast/
#        names: h3k4me3 h3k36me3 atac (default: all). THREADS=N sets the threads of a run (default: all).
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
genocuda=${GENOCUDA:-build/release/bin/genocuda}
out=build/denoise

[ -d "${1:-}" ] || { echo "usage: benchmarks/denoise.sh DATA [NAME...]" >&2; exit 2; }
data=$1
shift
[ $# -gt 0 ] || set -- h3k4me3 h3k36me3 atac
mkdir -p "$out"

# NAME.high.bw of all reads and NAME.low.bw of a tenth of the pairs.
make_pair() {  # NAME, then arguments of genocuda coverage
  local name=$1
  shift
  "$genocuda" coverage "$@" --bin 25 -q -o "$out/$name.high.bw"
  "$genocuda" coverage "$@" --bin 25 -q --subsample 0.1 --seed 1 -o "$out/$name.low.bw"
}

denoise() {  # NAME, then arguments of genocuda denoise
  local name=$1 start=$SECONDS
  shift
  "$genocuda" denoise "$@" --batch 20 --epochs 20 --threads "${THREADS:-0}" -o "$out/$name" --overwrite >"$out/$name.txt" 2>"$out/$name.log" ||
    { tail -n 1 "$out/$name.log" >&2; exit 1; }
  printf '%s, %d s: ' "$name" $((SECONDS - start))
  cat "$out/$name.txt"
}

make_histones() {
  [ -f "$out/Input.low.bw" ] && return
  for mark in H3K4me3 H3K36me3 Input; do
    make_pair "$mark" "$data/histone_tracks/K562_$mark.bam" --count fragments
  done
}

denoise_histone() {  # NAME, MARK, the other mark
  make_histones
  denoise "$1" --low "$out/$2.low.bw,$out/$3.low.bw,$out/Input.low.bw" --high "$out/$2.high.bw" --windows 2000 \
    --train chr1:22500000-24000000 --valid chr1:24000000-24400000 --test chr1:24400000-25000000
}

for name in "$@"; do
  case "$name" in
    h3k4me3) denoise_histone "$name" H3K4me3 H3K36me3 ;;
    h3k36me3) denoise_histone "$name" H3K36me3 H3K4me3 ;;
    atac)
      printf 'chrXII\t450000\t491500\n' >"$out/rdna.bed"
      make_pair atac "$data/yeast/SRR1822137_ATAC_500k.bedpe.gz" -g "$data/yeast/S_cerevisiae.fasta.gz" --skip-contigs chrmt
      denoise "$name" --low "$out/atac.low.bw" --high "$out/atac.high.bw" --peaks "$data/yeast/SRR1822137_hmmratac.narrowPeak" \
        --blacklist "$out/rdna.bed" --valid chrXI,chrXIII --test chrIV,chrXV
      ;;
    *) echo "denoise.sh: no run '$name'" >&2; exit 2 ;;
  esac
done

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Trains on the real data sets of docs/results.md and prints a row a run: seconds and mean test figures.
# usage: benchmarks/real_data.sh DATA [NAME...]   DATA is a folder with gue_tf/, ctcf_pu1_demo/ and yeast/
#        names: tf0 tf1 tf2 tf3 tf4 ctcf pu1 yeast, and of signals yeast-dna yeast-atac yeast-both yeast-bpnet (default: all).
#        THREADS=N sets the threads of a run (default: all).
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
genocuda=${GENOCUDA:-build/release/bin/genocuda}
out=build/real_data

[ -d "${1:-}" ] || { echo "usage: benchmarks/real_data.sh DATA [NAME...]" >&2; exit 2; }
data=$1
shift
[ $# -gt 0 ] || set -- tf0 tf1 tf2 tf3 tf4 ctcf pu1 yeast yeast-dna yeast-atac yeast-both yeast-bpnet
mkdir -p "$out"

train() {  # NAME, then arguments of genocuda train
  local name=$1 start=$SECONDS
  shift
  "$genocuda" train "$@" --threads "${THREADS:-0}" -o "$out/$name" --overwrite >"$out/$name.txt" 2>"$out/$name.log" || { tail -n 1 "$out/$name.log" >&2; exit 1; }
  printf '%-11s %5d s   %s\n' "$name" $((SECONDS - start)) \
    "$(tr -d ' \n' <"$out/$name/test.json" | grep -oE '"mean":\{[^}]*\}' | tr -d '"{}' | sed 's/^mean://; s/,/  /g')"
}

unpack_peaks() {
  local peaks=$out/rossi2021
  [ -d "$peaks" ] || { mkdir -p "$peaks" && tar -xzf "$data/yeast/rossi2021_chexmix_399.tar.gz" -C "$peaks"; }
  find "$peaks" -name '*.bed' -size +0 | sort
}

# Tn5 cuts of the yeast ATAC-seq fragments, which are not shifted yet, without the rDNA and the mitochondrion.
make_cuts() {
  [ -f "$out/atac_cuts.bw" ] && return
  printf 'chrXII\t450000\t491500\n' >"$out/rdna.bed"
  "$genocuda" coverage "$data/yeast/SRR1822137_ATAC_500k.bedpe.gz" -g "$data/yeast/S_cerevisiae.fasta.gz" --count cuts --shift=4,-4 \
    --blacklist "$out/rdna.bed" --skip-contigs chrmt -o "$out/atac_cuts.bw" 2>"$out/atac_cuts.log"
}

train_yeast() {  # NAME, then further arguments
  local name=$1
  shift
  mapfile -t peaks < <(unpack_peaks)
  train "$name" --genome "$data/yeast/S_cerevisiae.fasta.gz" --peaks "${peaks[@]}" --min-sites 300 --bin 200 --length 600 --unlabelled 1 \
    --valid chrIX --test chrIV,chrXV "$@"
}

# What the net of accessibility predicts on the two test chromosomes: figures in the peaks of HMMRATAC, and a track, held
# against the cuts that were measured there.
predict_cuts() {
  printf 'chrIV\t0\t1531933\nchrXV\t0\t1091291\n' >"$out/test_chromosomes.bed"
  "$genocuda" predict -q --genome "$data/yeast/S_cerevisiae.fasta.gz" --model "$out/yeast-bpnet/model.safetensors" \
    --threads "${THREADS:-0}" --regions "$out/test_chromosomes.bed" -o "$out/predicted.bw"
  "$genocuda" evaluate -q --genome "$data/yeast/S_cerevisiae.fasta.gz" --model "$out/yeast-bpnet/model.safetensors" --threads "${THREADS:-0}" \
    --signal reads="$out/atac_cuts.bw" --regions "$data/yeast/SRR1822137_hmmratac.narrowPeak" --test chrIV,chrXV -o "$out/yeast-bpnet/peaks.json"
  python3 benchmarks/track_pearson.py "$out/predicted.bw" "$out/atac_cuts.bw" chrIV chrXV
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
    yeast) train_yeast yeast --model cnn-genome ;;
    yeast-dna) train_yeast "$name" --model cnn-genome --epochs 6 ;;
    yeast-atac)
      make_cuts
      train_yeast "$name" --model cnn-signal --signal "$out/atac_cuts.bw" --epochs 6
      ;;
    yeast-both)
      make_cuts
      train_yeast "$name" --model cnn-genome-signal --signal "$out/atac_cuts.bw" --epochs 6
      ;;
    yeast-bpnet)
      make_cuts
      train "$name" --genome "$data/yeast/S_cerevisiae.fasta.gz" --signal reads="$out/atac_cuts.bw" --bin 1000 --blacklist "$out/rdna.bed" \
        --skip-contigs chrmt --valid chrIX --test chrIV,chrXV --model benchmarks/bpnet-yeast.toml
      predict_cuts
      ;;
    *) echo "real_data.sh: no run '$name'" >&2; exit 2 ;;
  esac
done

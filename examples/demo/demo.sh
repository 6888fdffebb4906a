#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Trains a network on a real multi-task set, insulator proteins of the fly, and prints its test figures beside a k-mer
# baseline. Called by `./run demo` after building; usage: examples/demo/demo.sh [OUT]
#
# The data come from two Debian packages, which are unpacked and not installed: the 2-kb windows upstream of all fly genes
# (dm3, from r-bioc-biostrings) and the ChIP-chip peaks of four insulator proteins in two cell lines (Bushey et al. 2009,
# from python3-pybedtools). A window is positive for a task where the middle of a peak lies in it, as the baseline has it.
# Chromosome arm 3L is held out.
set -euo pipefail

genocuda=build/release/bin/genocuda
here=examples/demo
out=${1:-build/demo}
data=$out/data
tasks=(BEAF_Kc BEAF_Mbn2 CTCF_Kc CTCF_Mbn2 CP190_Kc CP190_Mbn2 SuHw_Kc SuHw_Mbn2)

fetch() {
  local packages=(r-bioc-biostrings python3-pybedtools) unpacked=$data/unpacked
  command -v apt-get >/dev/null || {
    echo "demo: the data come from the Debian packages ${packages[*]}, and there is no apt-get here" >&2
    exit 1
  }
  echo "demo: fetching ${packages[*]} (26 MB; unpacked, not installed)" >&2
  rm -rf "$unpacked" && mkdir -p "$unpacked"
  (cd "$unpacked" && { apt-get download -qq "${packages[@]}" 2>/dev/null ||
    { ${SUDO:-} apt-get update -qq && apt-get download -qq "${packages[@]}"; }; }) >&2
  local package
  for package in "$unpacked"/*.deb; do dpkg-deb -x "$package" "$unpacked"; done
  find "$unpacked" -name '*_Bushey_2009.bed' -exec cp {} "$data" \;
  find "$unpacked" -name dm3_upstream2000.fa.gz -exec cp {} "$data/dm3_upstream2000.fa.gz" \;
  rm -rf "$unpacked"
  [ -s "$data/dm3_upstream2000.fa.gz" ] || { echo "demo: dm3_upstream2000.fa.gz is not in ${packages[*]}" >&2; exit 1; }
}

mkdir -p "$data"
[ -s "$data/dm3_upstream2000.fa.gz" ] || fetch

peaks=()
for task in "${tasks[@]}"; do
  peaks+=("$task=$data/${task/CP190/Cp190}_Bushey_2009.bed")  # the file spells the protein another way
done

start=$SECONDS
"$genocuda" train --model "$here/fly.toml" --sequences "$data/dm3_upstream2000.fa.gz" --peaks "${peaks[@]}" \
  --peak-points --length 2000 --test chr3L --rc-average -o "$out/run" --overwrite >"$out/test.txt"

echo
echo "Test figures on chr3L, beside a logistic regression on 6-mers ($((SECONDS - start)) s of training):"
awk -F'\t' '
  FNR == NR { if ($0 !~ /^#/ && $1 != "task") { auroc[$1] = $2; auprc[$1] = $3 } next }
  { split($0, row, " +") }
  row[1] == "task" { printf "%-11s %9s %7s %9s %7s %9s\n", "task", "positives", "AUROC", "(6-mers)", "AUPRC", "(6-mers)"; next }
  { mean = row[1] == "mean"
    printf "%-11s %9s %7.3f %9s %7.3f %9s\n", row[1], mean ? "" : row[2], row[mean ? 2 : 3], auroc[row[1]],
           row[mean ? 3 : 4], auprc[row[1]] }
' "$here/kmer_baseline.tsv" "$out/test.txt"
echo
echo "Left in $out/run:"
echo "  model.safetensors       the trained network: genocuda predict --model $out/run/model.safetensors …"
echo "  test.json               the figures above, and more"
echo "  metrics.jsonl           a line an epoch"
echo "  config.toml             everything that was set: genocuda train --config $out/run/config.toml -o ANOTHER"
echo "  checkpoint.safetensors  where --resume goes on"

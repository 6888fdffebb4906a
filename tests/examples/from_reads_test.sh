#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: from_reads_test.sh GENOCUDA
# Runs examples/from_reads where its tools and reads are installed (else exit status 77, which ctest counts as skipped),
# and holds what it counts against samtools depth.
set -euo pipefail
export GENOCUDA=$1
here=$(dirname "$(readlink -f "$0")")
for tool in minimap2 bowtie2 samtools; do
  command -v "$tool" >/dev/null || { echo "skipped: there is no $tool"; exit 77; }
done
[ -e /usr/share/doc/bowtie2/examples/reads/reads_1.fq.gz ] || { echo "skipped: there is no bowtie2-examples"; exit 77; }

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
"$here/../../examples/from_reads/from_reads.sh" "$out"

for mapper in minimap2 bowtie2; do
  for signal in fragments cpm forward reverse; do
    [ -s "$out/$mapper.$signal.bw" ] || { echo "$mapper.$signal.bw is missing"; exit 1; }
  done
  # samtools also counts supplementary alignments, so it gets none of them, and it names bases that only deletions cover.
  samtools view -b -F 0x800 "$out/$mapper.bam" | samtools depth -Q 10 - | awk '$3 > 0' >"$out/depth"
  awk '{ for (at = $2; at < $3; ++at) print $1 "\t" at + 1 "\t" $4 }' "$out/$mapper.reads.bedgraph" >"$out/ours"
  [ -s "$out/ours" ] || { echo "$mapper: nothing is covered"; exit 1; }
  cmp "$out/depth" "$out/ours" || { echo "$mapper: coverage and samtools depth differ"; exit 1; }
  echo "$mapper: $(wc -l <"$out/ours") bases as samtools depth has them"
done
[ -s "$out/long.bw" ]

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From sequencing reads to signals: maps the reads of phage lambda that come with bowtie2 with minimap2 and with bowtie2,
# and counts them along the genome. docs/from-reads.md says why each step is there.
#
# usage: examples/from_reads/from_reads.sh [OUT]
#
# Needs minimap2 or bowtie2, samtools, and the Debian package bowtie2-examples (installed, or it is fetched and unpacked).
# GENOCUDA names the program where it is not build/release/bin/genocuda, THREADS how many threads to use.
set -euo pipefail

genocuda=${GENOCUDA:-build/release/bin/genocuda}
out=${1:-build/from_reads}
threads=${THREADS:-2}
examples=/usr/share/doc/bowtie2/examples
mkdir -p "$out"

if [ ! -e "$examples/reads/reads_1.fq.gz" ]; then
  command -v apt-get >/dev/null || { echo "from_reads: the reads are in the Debian package bowtie2-examples" >&2; exit 1; }
  echo "from_reads: fetching bowtie2-examples (unpacked, not installed)" >&2
  (cd "$out" && apt-get download -qq bowtie2-examples && dpkg-deb -x bowtie2-examples_*.deb unpacked)
  examples=$out/unpacked$examples
fi

genome=$out/lambda.fa
gzip -dc "$examples/reference/lambda_virus.fa.gz" >"$genome"
samtools faidx "$genome"

# signals NAME: what `genocuda coverage` makes of $out/NAME.bam.
signals() {
  "$genocuda" coverage "$out/$1.bam" --count fragments --min-mapq 10 -o "$out/$1.fragments.bw"
  "$genocuda" coverage "$out/$1.bam" --min-mapq 10 --bin 50 --cpm -o "$out/$1.cpm.bw"
  "$genocuda" coverage "$out/$1.bam" --min-mapq 10 -o "$out/$1.reads.bedgraph"
  for strand in forward reverse; do
    "$genocuda" coverage "$out/$1.bam" --count cuts --strand "$strand" --min-mapq 10 -o "$out/$1.$strand.bw"
  done
}

if command -v minimap2 >/dev/null; then
  minimap2 -ax sr -t "$threads" "$genome" "$examples/reads/reads_1.fq.gz" "$examples/reads/reads_2.fq.gz" \
    2>"$out/minimap2.log" | samtools sort -o "$out/minimap2.bam"
  signals minimap2
  # Long reads: one end each, no pairs.
  minimap2 -ax map-ont -t "$threads" "$genome" "$examples/reads/longreads.fq.gz" 2>>"$out/minimap2.log" |
    samtools sort -o "$out/long.bam"
  "$genocuda" coverage "$out/long.bam" --min-mapq 10 -o "$out/long.bw"
fi

if command -v bowtie2 >/dev/null; then
  bowtie2-build --quiet "$genome" "$out/lambda"
  bowtie2 -p "$threads" -x "$out/lambda" -1 "$examples/reads/reads_1.fq.gz" -2 "$examples/reads/reads_2.fq.gz" \
    2>"$out/bowtie2.log" | samtools sort -o "$out/bowtie2.bam"
  signals bowtie2
fi

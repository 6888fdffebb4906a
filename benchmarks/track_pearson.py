#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Pearson correlation of two bigWig files along contigs, at each base and of sums over bins, and of log(1 + sum).

usage: track_pearson.py A.bw B.bw CONTIG...     needs pyBigWig and numpy; bases without a value count as 0
"""
import sys

import numpy
import pyBigWig

BINS = (1, 10, 50, 200, 1000)


def values(path, contigs):
    track = pyBigWig.open(path)
    if track is None:
        sys.exit(f"{path}: cannot be opened")
    missing = [contig for contig in contigs if contig not in track.chroms()]
    if missing:
        sys.exit(f"{path}: there is no contig {missing[0]}")
    return [numpy.nan_to_num(numpy.array(track.values(contig, 0, track.chroms(contig)))) for contig in contigs]


def binned(tracks, size):
    return numpy.concatenate([x[: len(x) // size * size].reshape(-1, size).sum(axis=1) for x in tracks])


def pearson(x, y):
    return numpy.corrcoef(x, y)[0, 1]


def main(arguments):
    if len(arguments) < 3:
        sys.exit(__doc__)
    a, b = (values(path, arguments[2:]) for path in arguments[:2])
    if [len(x) for x in a] != [len(x) for x in b]:
        sys.exit("the files are of different assemblies")
    print("bases\tPearson\tof logs")
    for size in BINS:
        x, y = binned(a, size), binned(b, size)
        print(f"{size}\t{pearson(x, y):.4f}\t{pearson(numpy.log1p(x), numpy.log1p(y)):.4f}")


if __name__ == "__main__":
    main(sys.argv[1:])

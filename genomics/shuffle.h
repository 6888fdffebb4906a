// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "core/philox.h"
#include "genomics/packed_sequence.h"

namespace genocuda {

/// A random sequence with the same count of every dinucleotide (and so of every base, and the same first and last
/// base), drawn with equal probability from all of them. N counts as a fifth letter.
///
/// A sequence is a walk along edges base → next base; the walks that use the same edges are exactly those wanted, and
/// each is given by the last edge out of every base but the final one (these edges form a tree towards the final base)
/// and the order of its other edges (Altschul, Erickson 1985, Mol. Biol. Evol. 2, 526). The tree is drawn by Wilson's
/// loop-erased random walks (Propp, Wilson 1998, J. Algorithms 27, 170), without rejection.
PackedSequence dinucleotide_shuffle(const PackedSequence& sequence, philox::Generator& random);

/// The same in place for codes 0–3 and dna::kUnknown.
void dinucleotide_shuffle(std::span<std::uint8_t> codes, philox::Generator& random);

}  // namespace genocuda

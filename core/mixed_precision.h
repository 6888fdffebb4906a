// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "core/device.h"
#include "core/graph.h"

/// What the precision modes mean for a graph. fp32 and tf32 leave it as it is: they choose among implementations. bf16
/// also stores what is large in bf16, as nets over DNA are bound by memory more than by arithmetic.
namespace genocuda {

/// A forward graph, before it is differentiated, whose tensors along the sequence are stored in bf16 and everything
/// else as before:
///  - bf16: what convolutions make and what follows them up to one vector an example (a flatten, a pool over the whole
///    sequence); a one-hot tensor that they read. The filters and biases on the way are cast once a run.
///  - not: variables (so parameters and the optimizer's state stay what they are), batch norms' scales, shifts and
///    statistics, vectors an example and so dense layers (whose weights outweigh what they read: to cast those would
///    cost more than bf16 spares), losses, outputs and assignments.
/// The gradients that differentiation adds are stored like what they belong to. Nothing where the device lacks an
/// implementation that takes bf16 for some node. (Micikevicius et al. 2018; bf16 has the exponents of f32, so that no
/// loss needs scaling.)
std::optional<Graph> store_in_bf16(const Graph& forward, const Device& device);

/// A forward graph as suits device and precision: fused by the device's rules and, in bf16 and where it can, stored so.
Graph specialise(const Graph& forward, const Device& device, Precision precision);

/// Whether a device computes any faster in that precision than in fp32: has rows of its own for it.
bool offers(const Device& device, Precision precision);

}  // namespace genocuda

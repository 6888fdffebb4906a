// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "apps/genome_windows.h"
#include "apps/source_options.h"
#include "genomics/examples.h"
#include "genomics/notices.h"
#include "learn/model/model_spec.h"

/// Which data a command reads.
namespace genocuda::apps {

/// The topic of a notice of options that have nothing to act on.
inline constexpr const char* kIdleOptions = "options without effect here";

/// Reads all examples of the source with the signals that the model reads and is trained towards. The model's length is
/// used where the options leave the length open and the source does not say it (a genome). Errors are those of the
/// readers, and invalid_argument for options that do not go together. Options that have nothing to act on are said.
Examples read_source(const SourceOptions& options, const ModelSpec& model, Notices& notices);

/// Those to predict for: without labels where they come from a genome, and with the signals that the model reads alone.
Examples read_unlabelled(const SourceOptions& options, const ModelSpec& model, Notices& notices);

/// Whether the examples are windows of a genome.
bool is_along_genome(const SourceOptions& options, const ModelSpec& model);
/// The genome of the options. For a model that reads no DNA it may be left out: then it is the contigs that `sizes`
/// names or else those of the first signal, which must be bigWig, without their bases. Error (invalid_argument) where
/// none of them is given.
std::shared_ptr<const Genome> genome_for(const SourceOptions& options, const ModelSpec& model);
/// The places on the genome that the options name.
PlaceOptions places(const SourceOptions& options);
/// The signals of the options that the model reads and, where `targets`, is trained towards. Throws as read_signals().
SignalSet signals_for(const SourceOptions& options, const ModelSpec& model, const Genome& genome, bool targets,
                      Notices& notices);

/// Whether some output is trained towards labels, not a signal.
bool learns_labels(const ModelSpec& spec);
/// Error (input_file) naming file and line where the model learns labels and there are none, and of the first label
/// that is neither 0, 1 nor missing where its loss takes classes; (invalid_argument) for labels that it has no use for.
void require_labels_for(const ModelSpec& spec, const Examples& examples);
/// Error (input_file) naming the first example where the examples have another length than the model.
void require_length(std::int64_t length, const Examples& examples);

}  // namespace genocuda::apps

#pragma once

#include "core/exporter/export_options.h"
#include "core/models/model_package.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace lyceum::exporter {

/// What the card and the export's manifest tell about an export, beyond the package itself.
struct Provenance {
    std::string version; ///< Of Lyceum.
    std::string time;    ///< "2026-01-31T12:00:00Z"
    std::string dtype;   ///< Of the written weights.
    std::vector<Format> formats = {Format::HuggingFace};
    double max_difference = 0.0;
    std::size_t probe_tokens = 0;
    std::optional<models::CheckpointManifest>
        checkpoint;       ///< Empty: the model was not trained here.
    std::string run_yaml; ///< The run's resolved configuration; empty when there is none.
    std::string environment_json;
};

/// "HuggingFaceTB/SmolLM2-135M-Instruct" of a text with its address; empty when there is none.
[[nodiscard]] std::string hub_name(std::string_view source);

/// README.md with the front matter of Hugging Face's model cards.
[[nodiscard]] std::string make_model_card(const models::ModelPackage& package,
                                          const Provenance& provenance);

} // namespace lyceum::exporter

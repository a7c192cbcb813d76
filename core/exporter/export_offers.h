#pragma once

/// @file
/// What a model can be written as, and how large that is. From its description alone: no weight is
/// read.

#include "core/exporter/export_options.h"
#include "core/models/model_package.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace lyceum::exporter {

/// @return Unsupported saying what in the model this format cannot express.
[[nodiscard]] Result<void> check_format(const models::ModelPackage& package, Format format);

struct DtypeOffer {
    Dtype dtype = Dtype::Float32;
    std::uint64_t size_bytes = 0; ///< Of the weights; the tokenizer's few MiB come on top.
};

struct FormatOffer {
    Format format = Format::HuggingFace;
    std::vector<DtypeOffer> dtypes; ///< From the most exact to the smallest; none when refused.
    std::optional<Error> refusal;   ///< As check_format gives it.
};

/// Every format this version writes, in the order of their names' list.
[[nodiscard]] std::vector<FormatOffer> export_offers(const models::ModelPackage& package);

} // namespace lyceum::exporter

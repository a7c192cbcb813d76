#pragma once

/// @file
/// The sizes that New run offers for a model from scratch, in the family's own words.

#include "core/config/run_config.h"

#include <QString>

#include <optional>
#include <vector>

namespace lyceum::ui {

struct NewModelSize {
    QString key;    ///< "small"
    QString title;  ///< "Small"
    QString config; ///< As RunDraft takes model.config: "hidden_size: 256" a line.
};
/// From the smallest on. `family` is a model_type.
[[nodiscard]] std::vector<NewModelSize> newModelSizes(const QString& family);

/// The size whose config this is; -1 when it is none of them.
[[nodiscard]] int sizeOf(const std::vector<NewModelSize>& sizes, const QString& config);

/// Numbers the model has with `config` as its model.config. Without those of a vocabulary that is
/// another model's, which is not open here. Empty where the configuration is wrong.
[[nodiscard]] std::optional<std::int64_t> countNewModel(config::ModelConfig model,
                                                        const QString& config);

} // namespace lyceum::ui

#pragma once

/// @file
/// The sections of the field table, each of which adds its fields in order.

#include "core/config/field_builders.h"

#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace lyceum::config {

using Table = std::vector<Field>;

void add_run_fields(Table& table); ///< name, seed
void add_model_fields(Table& table);
void add_new_model_fields(Table& table); ///< model.family, model.config, model.tokenizer
void add_task_and_data_fields(Table& table);
void add_trainer_fields(Table& table);
void add_precision_fields(Table& table); ///< trainer.precision
void add_memory_fields(Table& table);    ///< trainer.activation_checkpointing, ...
void add_optimizer_fields(Table& table);
void add_checkpoint_fields(Table& table);
void add_callback_fields(Table& table);
void add_sample_fields(Table& table);

constexpr FieldRange at_least(double minimum)
{
    return {.minimum = minimum, .maximum = std::numeric_limits<double>::infinity()};
}
constexpr FieldRange between(double minimum, double maximum)
{
    return {.minimum = minimum, .maximum = maximum};
}
constexpr FieldRange above(double minimum, double maximum)
{
    return {.minimum = minimum, .maximum = maximum, .minimum_is_allowed = false};
}
constexpr FieldRange below(double minimum, double maximum)
{
    return {.minimum = minimum, .maximum = maximum, .maximum_is_allowed = false};
}

} // namespace lyceum::config

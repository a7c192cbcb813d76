#pragma once

/// @file
/// A LoRA as PEFT's adapter folder: adapter_config.json and adapter_model.safetensors.
/// Source: peft, LoraConfig and get_peft_model_state_dict.

#include "core/exporter/export_options.h"
#include "core/models/model_package.h"

#include <filesystem>

namespace lyceum::exporter {

inline constexpr const char* kAdapterConfig = "adapter_config.json";
inline constexpr const char* kAdapterWeights = "adapter_model.safetensors";

/// adapter_config.json. @param package with an adapter.
[[nodiscard]] std::string make_adapter_config(const models::ModelPackage& package);

/// @return Unsupported when the package has no adapter.
[[nodiscard]] Result<void> check_adapter(const models::ModelPackage& package);

/// Writes the adapter's tensors in `dtype`.
/// @return Unsupported when the package has no adapter, or naming a weight that does not fit;
/// DiskFull, Io.
[[nodiscard]] Result<void> write_adapter(const models::ModelPackage& package, Dtype dtype,
                                         const std::filesystem::path& folder);

/// The package with the adapter that was written in place of its own; every tensor is what
/// write_adapter had to write, bit for bit.
/// @return InvalidData naming the tensor that differs.
[[nodiscard]] Result<models::ModelPackage> reopen_adapter(const models::ModelPackage& package,
                                                          Dtype dtype,
                                                          const std::filesystem::path& folder);

} // namespace lyceum::exporter

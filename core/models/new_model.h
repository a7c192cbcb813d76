#pragma once

/// @file
/// A model from scratch (`model.base: none`): what the configuration says about it, checked, and
/// the package a run begins with: architecture and tokenizer, no tensors.

#include "core/config/run_config.h"
#include "core/models/model_package.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::models {

/// What `model.base` says for a model from scratch.
inline constexpr std::string_view kFromScratch = "none";

/// Families that can be trained from scratch to write text.
[[nodiscard]] std::vector<std::string> new_model_families();
/// Keys of config.json that `model.config` may hold for this family.
[[nodiscard]] std::vector<std::string> new_model_keys(std::string_view family);

/// What is wrong with family, config and tokenizer, as far as they alone show it, with the field's
/// path: "model.config.hidden_size". config::validate cannot tell: it knows no families. Empty for
/// a run with a base model.
[[nodiscard]] std::vector<config::Problem> check_new_model(const config::ModelConfig& model);

/// The architecture `model.config` describes. A size that it does not name is small (hidden_size
/// 256, 6 layers), and fits those it names; any other key has the default of the family's
/// configuration class in Transformers.
/// @param vocabulary_size of the tokenizer: the default of vocab_size, which must not be less.
/// @return InvalidConfig with the problems of check_new_model.
[[nodiscard]] Result<Architecture> new_architecture(const config::ModelConfig& model,
                                                    std::int64_t vocabulary_size);

/// Numbers a model of this architecture has; without making anything in proportion to them.
[[nodiscard]] std::int64_t count_parameters(const Architecture& architecture);

/// What a new model reads and writes with.
struct TextParts {
    std::shared_ptr<const text::Tokenizer> tokenizer;
    std::shared_ptr<const text::ChatTemplate> chat_template;
    std::vector<text::TokenId> stop_tokens;
};
/// The package without tensors. @return as new_architecture.
[[nodiscard]] Result<ModelPackage> make_new_model(const config::ModelConfig& model,
                                                  TextParts parts);

/// The package as far as it is known before the data is read: a tokenizer that is still to be
/// learnt is null, and its size the one asked for. @return as make_new_model; as open_model for a
/// tokenizer that is taken from elsewhere.
[[nodiscard]] Result<ModelPackage> plan_new_model(const config::ModelConfig& model,
                                                  const std::filesystem::path& workspace);

/// What `model.base` means: open_model, or plan_new_model for "none".
[[nodiscard]] Result<ModelPackage> open_or_plan_model(const config::ModelConfig& model,
                                                      const std::filesystem::path& workspace);

/// `<run>/model`, and beside the weights in each checkpoint: config.json, tokenizer.json,
/// tokenizer_config.json, special_tokens_map.json and generation_config.json of a model from
/// scratch.
struct NamedText {
    std::string name;
    std::string text;
};
[[nodiscard]] std::filesystem::path new_model_folder(const std::filesystem::path& run_folder);
/// Writes them whole or not at all. @return Io, DiskFull.
[[nodiscard]] Result<void> write_new_model(const std::filesystem::path& folder,
                                           const ModelPackage& package);
[[nodiscard]] Result<std::vector<NamedText>>
read_new_model_files(const std::filesystem::path& folder);
/// The package that write_new_model wrote. @return NotFound, InvalidData.
[[nodiscard]] Result<ModelPackage> open_new_model(const std::filesystem::path& folder);

} // namespace lyceum::models

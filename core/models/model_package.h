#pragma once

/// @file
/// ModelPackage: whatever `M` means on the command line, opened: configuration, tensors, tokenizer,
/// chat template. A model name (`smollm2-135m-instruct`), a Hugging Face folder, a .gguf file, a
/// run (its best checkpoint; without validation, its last), RUN@step, RUN@best, RUN@last, or a
/// checkpoint folder.

#include "core/base/result.h"
#include "core/formats/tensor_source.h"
#include "core/models/architecture.h"
#include "core/models/sentence_embedding.h"
#include "core/text/chat_template.h"
#include "core/text/tokenizer.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::models {

/// What B A is multiplied by: alpha / rank, or alpha / sqrt(rank) with rsLoRA (Kalajdzievski 2023,
/// arXiv:2312.03732).
[[nodiscard]] double lora_scale(int rank, double alpha, bool use_rslora);

/// LoRA weights on top of a base model (Hu et al. 2021, arXiv:2106.09685); tensors are named as
/// PEFT names them without the prefix: `model.layers.0.self_attn.q_proj.lora_A.weight` [rank, in],
/// `...lora_B.weight` [out, rank], with DoRA `...lora_magnitude_vector` [out].
struct Adapter {
    int rank = 0;
    double alpha = 0.0;
    std::vector<std::string> targets;
    bool use_rslora = false;
    bool use_dora = false;
    std::shared_ptr<const formats::TensorSource> tensors;
};

struct Licence {
    std::string name;   ///< "Apache-2.0"
    std::string source; ///< Where the model comes from, in words with its address.
};

struct ModelPackage {
    std::string name;                        ///< As asked for.
    std::filesystem::path path;              ///< The file or folder of the base tensors.
    std::filesystem::path checkpoint_folder; ///< Of a run's checkpoint; empty for other models.
    std::string base_name; ///< For a checkpoint: what model.base said; else `name`.
    Architecture architecture;
    std::shared_ptr<const formats::TensorSource>
        tensors; ///< Under Hugging Face's names: `model.embed_tokens.weight`.
    std::optional<Adapter> adapter;
    std::shared_ptr<const text::Tokenizer> tokenizer;
    std::shared_ptr<const text::ChatTemplate> chat_template; ///< Null when the model has none.
    std::vector<text::TokenId> stop_tokens;                  ///< eos and end-of-turn ids.
    std::optional<SentenceEmbedding> embedding;              ///< Of an encoder.
    std::string dtype; ///< Most of the weights, as stored: "Q4_1".
    std::int64_t num_parameters = 0;
    Licence licence;
    std::string sha256; ///< Of the weights file; empty unless asked for.
};

/// @return NotFound naming what was looked for and the known names nearest to it; InvalidData;
/// Unsupported (a family this version cannot run).
[[nodiscard]] Result<ModelPackage> open_model(std::string_view reference,
                                              const std::filesystem::path& workspace);

/// The tokenizer, chat template and stop tokens of a model, or of a folder that holds a tokenizer
/// and no model: nothing else of the package is to be relied on. @return as open_model.
[[nodiscard]] Result<ModelPackage> open_tokenizer(std::string_view reference,
                                                  const std::filesystem::path& workspace);

/// One line of `models list`.
struct ModelSummary {
    std::string name;
    std::string title; ///< "SmolLM2 135M Instruct"
    std::string architecture;
    std::int64_t num_parameters = 0;
    std::string dtype;
    std::uint64_t size_bytes = 0;
    Licence licence;
    std::filesystem::path path;
    bool present = false; ///< The file is on this machine.
    std::string problem;  ///< Why it cannot be used; empty when it can.
};
/// Known models (resources/models/*.yaml) and those in `<workspace>/models`.
[[nodiscard]] Result<std::vector<ModelSummary>> list_models(const std::filesystem::path& workspace);

/// Where a run keeps things; one place for the layout.
[[nodiscard]] std::filesystem::path runs_dir(const std::filesystem::path& workspace);
[[nodiscard]] std::filesystem::path run_dir(const std::filesystem::path& workspace,
                                            std::string_view run);

/// `<run>/checkpoints/index.json`, replaced atomically by the engine after each save.
struct CheckpointIndex {
    std::optional<std::string> best; ///< Folder names in `checkpoints/`: "step-000050".
    std::optional<std::string> last;
};
[[nodiscard]] Result<CheckpointIndex>
read_checkpoint_index(const std::filesystem::path& run_folder);
[[nodiscard]] Result<void> write_checkpoint_index(const std::filesystem::path& run_folder,
                                                  const CheckpointIndex& index);

/// `checkpoint.json` of a checkpoint folder: written last, so a folder with a valid one is whole.
/// LoRA and QLoRA: `adapter_model.safetensors`; full: `model.safetensors`; plus
/// `optimizer.safetensors` and `trainer_state.json`.
struct CheckpointManifest {
    struct File {
        std::string name;
        std::uint64_t size_bytes = 0;
        std::string sha256;
    };
    int format_version = 1;
    std::string run;
    std::int64_t step = 0;
    std::string base_model;
    std::string method; ///< "lora" | "full" | "qlora"
    int lora_rank = 0;
    double lora_alpha = 0.0;
    std::vector<std::string> lora_targets;
    bool use_rslora = false;
    bool use_dora = false;
    /// Patterns of the parameters that never changed: with any, `model.safetensors` holds the
    /// others only and the base model the rest.
    std::vector<std::string> frozen;
    [[nodiscard]] bool has_adapter() const { return method != "full"; }
    std::optional<double> val_loss; ///< nats per token
    double time = 0.0;              ///< Unix seconds.
    std::vector<File> files;
};
[[nodiscard]] Result<CheckpointManifest>
read_manifest(const std::filesystem::path& checkpoint_folder);
/// Checks every file's size and hash. @return InvalidData naming the first that differs.
[[nodiscard]] Result<void> verify_checkpoint(const std::filesystem::path& checkpoint_folder);
[[nodiscard]] std::string to_json(const CheckpointManifest& manifest);

} // namespace lyceum::models

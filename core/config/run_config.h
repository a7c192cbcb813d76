#pragma once

/// @file
/// RunConfig: one run, as `run.yaml` says it. Every field has a default; key names are Lightning's
/// under `trainer:` and Hugging Face's where they exist. What this version cannot do is not here:
/// naming it in a file is an error, never ignored.

#include "core/base/result.h"
#include "core/config/callbacks_config.h"
#include "core/config/check_interval.h"
#include "core/config/optimizer_config.h"
#include "core/config/tracker_config.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::config {

enum class Method : std::uint8_t { Lora, Full, Qlora };
/// "lora", "full", "qlora"
[[nodiscard]] std::string_view to_string(Method method);
/// Trains an addition to a frozen base.
[[nodiscard]] bool has_adapter(Method method);
enum class ClipAlgorithm : std::uint8_t { Norm, Value };

struct LoraConfig {
    int rank = 16;
    double alpha = 32.0;
    double dropout = 0.0;
    std::vector<std::string> targets; ///< Hugging Face module names ("q_proj"); empty = "auto", all
                                      ///< linear layers of the blocks.
    bool use_rslora = false;          ///< Scaled by alpha / sqrt(rank) in place of alpha / rank.
    bool use_dora = false;            ///< Learns lengths and directions apart.
    friend bool operator==(const LoraConfig&, const LoraConfig&) = default;
};

/// The tokenizer of a model from scratch.
struct TokenizerConfig {
    std::string source = "byte";    ///< byte | train | a folder or model whose tokenizer is taken.
    std::string kind = "bpe";       ///< With "train": bpe | wordpiece | unigram.
    std::int64_t vocab_size = 2048; ///< With "train": tokens learnt from the training data.
    friend bool operator==(const TokenizerConfig&, const TokenizerConfig&) = default;
};

struct ModelConfig {
    std::string base = "smollm2-135m-instruct"; ///< "none": from scratch.
    Method method = Method::Lora; ///< parse_yaml makes it Full from scratch if nothing is said.
    LoraConfig lora = {};
    std::vector<std::string> freeze =
        {}; ///< Parameters that stay as they are: names, with * and ?.
    // From scratch only; dormant otherwise: in no YAML, and equal to nothing said.
    std::string family = "llama"; ///< model_type
    /// Keys and values of Hugging Face's config.json as the text of one JSON object; empty: none.
    /// Which there are, models::check_new_model knows.
    std::string config = {};
    TokenizerConfig tokenizer = {};
    friend bool operator==(const ModelConfig&, const ModelConfig&) = default;
};

struct TaskConfig {
    std::string kind = "causal_lm";
    friend bool operator==(const TaskConfig&, const TaskConfig&) = default;
};

struct DataConfig {
    std::string train;               ///< Dataset name[@version][:split] or a file. Required.
    std::string validation = "auto"; ///< auto (the dataset's own validation split, else 10%),
                                     ///< "10%", a name, a file or "none".
    int max_length = 512;            ///< Tokens a sample keeps; the packed sequence length.
    bool packing = true;
    friend bool operator==(const DataConfig&, const DataConfig&) = default;
};

struct TrainerConfig {
    std::string accelerator = "auto"; ///< auto | cpu
    std::optional<int> devices;       ///< empty = "auto"; only 1 in this version.
    std::string strategy = "auto";    ///< auto | single
    std::string precision = "auto";   ///< auto | 32-true
    int max_epochs = 1;
    std::int64_t max_steps = -1; ///< Optimizer steps; -1 = no limit.
    std::string max_time = {}; ///< "DD:HH:MM:SS" of training, over all attempts; empty = no limit.
    std::optional<int>
        batch_size; ///< Samples (packed: sequences) a micro-step; empty = "auto" (4).
    int accumulate_grad_batches = 1;
    double gradient_clip_val = 1.0; ///< Global L2 norm, or of each value; 0 = off.
    ClipAlgorithm gradient_clip_algorithm = ClipAlgorithm::Norm;
    CheckInterval val_check_interval = 50;
    double limit_train_batches = 1.0; ///< Share of an epoch, (0, 1].
    double limit_val_batches = 1.0;   ///< Share of the validation batches, (0, 1].
    int num_sanity_val_steps = -1;    ///< Batches before the first step; -1: all, and recorded.
    int log_every_n_steps = 1;
    bool deterministic = true;
    friend bool operator==(const TrainerConfig&, const TrainerConfig&) = default;
};

struct SamplesConfig {
    std::vector<std::string> prompts;
    std::int64_t every_n_steps = 50;
    int max_new_tokens = 160;
    friend bool operator==(const SamplesConfig&, const SamplesConfig&) = default;
};

struct RunConfig {
    std::string name; ///< Empty: made from the dataset's name. Folder name of the run:
                      ///< [A-Za-z0-9._-], at most 64.
    std::uint64_t seed = 1234;
    ModelConfig model;
    TaskConfig task;
    DataConfig data;
    TrainerConfig trainer;
    OptimizerConfig optimizer;
    CheckpointConfig checkpoint;
    CallbacksConfig callbacks;
    SamplesConfig samples;
    /// The default makes a run's folder complete in itself: its curves are in no other file of it.
    std::vector<TrackerConfig> trackers = {{.name = "csv", .options = {}}};
    friend bool operator==(const RunConfig&, const RunConfig&) = default;
};

/// One thing wrong with a configuration.
struct Problem {
    std::string field;   ///< "optimizer.lr"; empty when it concerns the whole file.
    int line = 0;        ///< From 1 in the YAML text; 0 when it did not come from a file.
    std::string message; ///< One sentence with the offending value.
    std::string hint;
};

/// "SOURCE, line 3: optimizer.lr: ..." with its hint, one problem a line, as one InvalidConfig
/// error.
[[nodiscard]] Error to_error(const std::vector<Problem>& problems, std::string_view source);

/// What reading a configuration gave: `config` is usable only when `problems` is empty.
struct ParsedConfig {
    RunConfig config;
    std::vector<Problem> problems; ///< All of them, in the file's order.
};

/// An override of one field, as in `--set trainer.max_steps=50`. The value is YAML.
struct Override {
    std::string field;
    std::string value;
};
[[nodiscard]] Result<Override> parse_override(std::string_view text);

/// Reads YAML text (at most 1 MiB; anchors, tags and duplicate keys are problems), applies the
/// overrides, validates. Unknown keys are problems that name the nearest key.
[[nodiscard]] ParsedConfig parse_yaml(std::string_view yaml,
                                      const std::vector<Override>& overrides = {});

/// Every problem of a configuration made in code (the form of the studio), with its field path.
[[nodiscard]] std::vector<Problem> validate(const RunConfig& config);

/// The configuration with every "auto" this version can decide in place (batch size, devices,
/// strategy, precision, accelerator) and a name made from the data where it had none.
/// `data.validation: auto` and `model.lora.targets: auto` stay: they depend on the dataset and the
/// model. The one place for these defaults: the engine and every front end use it.
[[nodiscard]] RunConfig resolved(RunConfig config);

/// A name for a run made from any text: letters, digits, '.', '_' and '-', at most 56, never empty.
[[nodiscard]] std::string to_run_name(std::string_view wish);

/// The configuration as YAML in the order of DESIGN section 4; parse_yaml reads it back equal.
[[nodiscard]] std::string to_yaml(const RunConfig& config);

/// The text of a recipe ("starter") or of a file; a recipe is `<resources>/recipes/NAME.yaml`.
struct ConfigSource {
    std::string text;
    std::string name; ///< For messages: the file or "recipe starter".
};
[[nodiscard]] Result<ConfigSource> load_source(std::string_view recipe_or_file);
[[nodiscard]] std::vector<std::string> list_recipes();

} // namespace lyceum::config

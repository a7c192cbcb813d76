#include "core/train/training_inputs.h"

#include "core/base/log.h"
#include "core/data/encoding.h"
#include "core/infer/generator.h"
#include "core/infer/prompt.h"
#include "core/models/new_model.h"
#include "core/models/new_tokenizer.h"
#include "core/nn/initialise.h"
#include "core/runtime/guard.h"
#include "core/runtime/resources.h"
#include "core/train/signals.h"

#include <future>

namespace lyceum::train {

namespace {

struct EncodedData {
    data::EncodedDataset train;
    data::EncodedDataset validation;
    std::string train_sha256;
    std::string validation_sha256;
};

void tell(std::string_view split, const data::EncodingStats& stats)
{
    log::info(std::string(split) + ": " + std::to_string(stats.num_samples) + " samples, " +
              std::to_string(stats.num_tokens) + " tokens, " + std::to_string(stats.num_targets) +
              " of them learnt");
    if (stats.num_truncated_samples > 0)
        log::warning(std::string(split) + ": " + std::to_string(stats.num_truncated_samples) +
                     " samples are longer than data.max_length and lose " +
                     std::to_string(stats.num_truncated_tokens) + " tokens");
    if (stats.num_without_targets > 0)
        log::warning(std::string(split) + ": " + std::to_string(stats.num_without_targets) +
                     " samples have no token to learn and are left out");
}

Result<EncodedData> encode_data(const config::RunConfig& config,
                                const models::ModelPackage& package,
                                const data::TrainingData& records)
{
    const data::Encoder encoder{.tokenizer = package.tokenizer.get(),
                                .chat_template = package.chat_template.get(),
                                .max_length = static_cast<std::size_t>(config.data.max_length)};
    EncodedData encoded{.train_sha256 = records.train_sha256,
                        .validation_sha256 = records.validation_sha256};
    LYCEUM_ASSIGN(encoded.train, data::encode_all(records.train, encoder));
    LYCEUM_ASSIGN(encoded.validation, data::encode_all(records.validation, encoder));
    tell("training data", encoded.train.stats);
    tell("validation data", encoded.validation.stats);
    return encoded;
}

models::TokenizerTexts texts_of(const std::vector<data::Record>& records)
{
    models::TokenizerTexts texts;
    for (const auto& record : records) {
        if (record.messages.empty())
            texts.texts.push_back(record.text);
        for (const auto& message : record.messages)
            texts.texts.push_back(message.content);
        texts.has_dialogues = texts.has_dialogues || !record.messages.empty();
    }
    return texts;
}

/// Says every tenth part of the way, and stops on a signal.
std::function<bool(double)> tell_progress()
{
    return [told = 0](double share) mutable {
        constexpr int kParts = 10;
        if (const int part = static_cast<int>(share * kParts); part > told && part < kParts) {
            told = part;
            log::info("learning the tokenizer: " + std::to_string(part * kParts) + " %");
        }
        return !signal_received();
    };
}

Result<models::ModelPackage> make_new_package(const config::RunConfig& config,
                                              const InputOptions& options,
                                              const data::TrainingData& records)
{
    const auto report = [&options](const std::string& text) {
        log::info(text);
        if (options.report)
            options.report(text);
    };
    auto texts = texts_of(records.train);
    const bool learns = config.model.tokenizer.source == "train";
    if (learns) {
        report("Learning a tokenizer of " + std::to_string(config.model.tokenizer.vocab_size) +
               " tokens from the " + std::to_string(texts.texts.size()) +
               " texts of the training data.");
        texts.on_progress = tell_progress();
    }
    LYCEUM_ASSIGN(auto parts,
                  models::make_tokenizer(config.model.tokenizer, texts, options.workspace));
    const auto size = parts.tokenizer->vocabulary_size();
    LYCEUM_ASSIGN(auto package, models::make_new_model(config.model, std::move(parts)));
    report("A new model: " + package.name + " (" + std::to_string(package.num_parameters) +
           " numbers), with a tokenizer of " + std::to_string(size) + " tokens.");
    return package;
}

/// The model of a run from scratch: as its folder has it, else made and put there.
Result<models::ModelPackage> begin_new_model(const config::RunConfig& config,
                                             const InputOptions& options,
                                             const Result<data::TrainingData>& records)
{
    const auto folder = models::new_model_folder(options.run_folder);
    std::error_code ignored;
    if (std::filesystem::exists(folder / "config.json", ignored))
        return models::open_new_model(folder);
    models::ModelPackage package;
    if (!options.resume.empty()) {
        LYCEUM_ASSIGN(package, models::open_new_model(options.resume));
    } else {
        if (!records)
            return records.error();
        LYCEUM_ASSIGN(package, make_new_package(config, options, records.value()));
    }
    LYCEUM_TRY(models::write_new_model(folder, package));
    return models::open_new_model(folder); // as every later reader will see it
}

/// Every how many layers are checkpointed; 0: none.
std::int64_t checkpointed_layers(const config::TrainerConfig& trainer)
{
    if (trainer.activation_checkpointing == "full")
        return 1;
    return trainer.activation_checkpointing == "selective" ? trainer.activation_checkpointing_every
                                                           : 0;
}

Result<std::shared_ptr<nn::CausalLm>> load_weights(const config::RunConfig& config,
                                                   const models::ModelPackage& package)
{
    if (package.tensors == nullptr) {
        auto fresh = std::make_shared<nn::CausalLm>(package.architecture);
        nn::initialise(*fresh, package.architecture, config.seed);
        return fresh;
    }
    LYCEUM_ASSIGN(auto model, nn::load_causal_lm(package));
    if (config.model.method == config::Method::Lora) {
        const auto& lora = config.model.lora;
        LYCEUM_TRY(model->add_lora({.rank = lora.rank,
                                    .alpha = lora.alpha,
                                    .dropout = lora.dropout,
                                    .targets = lora.targets},
                                   config.seed));
    }
    return model;
}

Result<std::shared_ptr<nn::CausalLm>> load_model(const config::RunConfig& config,
                                                 const models::ModelPackage& package)
{
    LYCEUM_ASSIGN(auto model, load_weights(config, package));
    model->set_activation_checkpointing(checkpointed_layers(config.trainer));
    return model;
}

Result<void> check_length(const config::RunConfig& config, const models::ModelPackage& package)
{
    const auto context = package.architecture.context_length();
    if (config.data.max_length <= context)
        return {};
    return Error{ErrorCode::InvalidConfig,
                 "data.max_length is " + std::to_string(config.data.max_length) + ", but " +
                     package.name + " reads at most " + std::to_string(context) + " tokens.",
                 "Set data.max_length to " + std::to_string(context) + " or less."};
}

} // namespace

Result<TrainingInputs> load_inputs(const config::RunConfig& config, const InputOptions& options)
{
    const auto records =
        std::async(std::launch::async, [&] {
            return data::load_training_data(config.data.train, config.data.validation, config.seed,
                                            options.workspace);
        }).share();
    std::future<Result<checkpoint::Checkpoint>> saved;
    if (!options.resume.empty())
        saved = std::async(std::launch::async,
                           [&] { return checkpoint::load_checkpoint(options.resume); });

    TrainingInputs inputs;
    if (config.model.base == models::kFromScratch) {
        LYCEUM_ASSIGN(inputs.package, begin_new_model(config, options, records.get()));
    } else {
        LYCEUM_ASSIGN(inputs.package, models::open_model(config.model.base, options.workspace));
    }
    LYCEUM_TRY(check_length(config, inputs.package));
    auto encoding = std::async(std::launch::async, [&]() -> Result<EncodedData> {
        if (const auto& read = records.get(); !read)
            return read.error();
        return encode_data(config, inputs.package, records.get().value());
    });
    auto model =
        runtime::guard("loading the model", [&] { return load_model(config, inputs.package); });
    auto encoded = encoding.get();
    LYCEUM_ASSIGN(inputs.model, std::move(model));
    LYCEUM_ASSIGN(auto data, std::move(encoded));
    if (saved.valid()) {
        LYCEUM_ASSIGN(inputs.resume, saved.get());
    }

    inputs.train_sha256 = data.train_sha256;
    inputs.validation_sha256 = data.validation_sha256;
    inputs.data = std::make_unique<loader::DataModule>(
        std::move(data.train), std::move(data.validation), data::EncodedDataset{},
        loader::DataModuleOptions{.max_length = static_cast<std::size_t>(config.data.max_length),
                                  .packing = config.data.packing,
                                  .seed = config.seed,
                                  .batch_size = config.trainer.batch_size.value_or(kAutoBatchSize),
                                  .accumulate_grad_batches =
                                      config.trainer.accumulate_grad_batches});
    return inputs;
}

task::Predict make_predict(const models::ModelPackage& package, int max_new_tokens)
{
    return [&package, max_new_tokens](nn::CausalLm& model, const std::string& prompt,
                                      const task::OnText& on_text) -> Result<std::string> {
        std::vector<text::TokenId> ids;
        if (package.chat_template) {
            LYCEUM_ASSIGN(ids, infer::encode_chat(package, {{"user", prompt}}));
        } else {
            ids = infer::encode_text(package, prompt);
        }
        LYCEUM_ASSIGN(
            auto generation,
            infer::generate(model, package, ids, {.max_new_tokens = max_new_tokens}, on_text));
        if (generation.finish_reason == "cancelled")
            return Error{ErrorCode::Cancelled, "The answer was stopped.", ""};
        return std::move(generation.text);
    };
}

} // namespace lyceum::train

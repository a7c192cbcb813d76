#include "core/train/training_inputs.h"

#include "core/base/log.h"
#include "core/data/encoding.h"
#include "core/infer/generator.h"
#include "core/infer/prompt.h"
#include "core/runtime/guard.h"
#include "core/runtime/resources.h"

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

Result<std::shared_ptr<nn::CausalLm>> load_model(const config::RunConfig& config,
                                                 const models::ModelPackage& package)
{
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

Result<TrainingInputs> load_inputs(const config::RunConfig& config,
                                   const std::filesystem::path& workspace,
                                   const std::filesystem::path& resume)
{
    auto records = std::async(std::launch::async, [&] {
        return data::load_training_data(config.data.train, config.data.validation, config.seed,
                                        workspace);
    });
    std::future<Result<checkpoint::Checkpoint>> saved;
    if (!resume.empty())
        saved = std::async(std::launch::async, [&] { return checkpoint::load_checkpoint(resume); });

    TrainingInputs inputs;
    LYCEUM_ASSIGN(inputs.package, models::open_model(config.model.base, workspace));
    LYCEUM_TRY(check_length(config, inputs.package));
    auto encoding = std::async(std::launch::async, [&]() -> Result<EncodedData> {
        LYCEUM_ASSIGN(const auto read, records.get());
        return encode_data(config, inputs.package, read);
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

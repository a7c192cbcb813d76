#include "ui/models/run_estimate.h"

#include "core/base/paths.h"
#include "core/data/dataset.h"
#include "core/data/encoding.h"
#include "core/models/family.h"
#include "core/models/merge.h"
#include "core/models/new_tokenizer.h"
#include "core/store/run_store.h"
#include "ui/models/convert.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <deque>
#include <string_view>
#include <vector>

namespace lyceum::ui {
namespace {

constexpr int kDefaultBatch = 4;       // what the engine takes for "auto"
constexpr std::size_t kOpenRows = 256; // rows first-fit looks back at
constexpr double kBytesPerWeight = 4;

std::int64_t divideUp(std::int64_t a, std::int64_t b)
{
    return (a + b - 1) / b;
}

void countSteps(RunEstimate& estimate, const config::RunConfig& config)
{
    const std::int64_t rowsPerStep =
        std::int64_t{config.trainer.batch_size.value_or(kDefaultBatch)} *
        config.trainer.accumulate_grad_batches;
    estimate.stepsPerEpoch = divideUp(estimate.numRows, rowsPerStep);
    estimate.steps = estimate.stepsPerEpoch * config.trainer.max_epochs;
    if (config.trainer.max_steps >= 0) // max_epochs -1: as long as the steps last
        estimate.steps = config.trainer.max_epochs < 0
                             ? config.trainer.max_steps
                             : std::min(estimate.steps, config.trainer.max_steps);
    if (estimate.stepsPerEpoch > 0)
        estimate.tokensPerStep =
            static_cast<std::int64_t>(estimate.numTokens) / estimate.stepsPerEpoch;
}

void countParameters(RunEstimate& estimate, const config::RunConfig& config,
                     const models::ModelPackage& model)
{
    estimate.totalParameters = model.num_parameters;
    estimate.trainedParameters =
        config.model.method == config::Method::Full
            ? model.num_parameters
            : models::count_lora_parameters(model.architecture, config.model.lora.rank,
                                            config.model.lora.targets, config.model.lora.use_dora);
    const int kept = config.checkpoint.save_top_k + (config.checkpoint.save_last ? 1 : 0) + 1;
    const double bytes = kBytesPerWeight + config::state_bytes_per_parameter(config.optimizer);
    estimate.diskBytes =
        static_cast<std::uint64_t>(kept * bytes * static_cast<double>(estimate.trainedParameters));
}

/// The speed of the newest finished run of the same model and method, and what it means here.
void estimateTime(RunEstimate& estimate, const config::RunConfig& config,
                  const std::string& modelName, const std::filesystem::path& workspace)
{
    auto store = store::RunStore::open(workspace);
    if (!store)
        return;
    const auto runs = store.value()->runs();
    if (!runs)
        return;
    const std::string_view method = to_string(config.model.method);
    for (const auto& run : runs.value()) {
        if (run.base_model != modelName || run.method != method)
            continue;
        const auto summary =
            QJsonDocument::fromJson(QByteArray::fromStdString(run.summary_json)).object();
        const double speed = summary.value(u"tokens_per_second").toDouble();
        if (speed <= 0)
            continue;
        estimate.seconds = static_cast<double>(estimate.tokensPerStep * estimate.steps) / speed;
        estimate.timedBy = run.name;
        return;
    }
}

/// The model as the run will have it. A tokenizer that is to be learnt is learnt from the beginning
/// of the data: enough to count by.
Result<models::ModelPackage> openModel(const config::RunConfig& config,
                                       const std::vector<data::Record>& records,
                                       const std::filesystem::path& workspace)
{
    if (config.model.base != models::kFromScratch)
        return models::open_model(config.model.base, workspace);
    constexpr std::size_t kEnoughBytes = std::size_t{1} << 20;
    models::TokenizerTexts texts;
    std::size_t bytes = 0;
    const auto add = [&](const std::string& text) {
        if (bytes < kEnoughBytes)
            texts.texts.push_back(text);
        bytes += text.size();
    };
    for (const auto& record : records) {
        if (record.messages.empty())
            add(record.text);
        for (const auto& message : record.messages)
            add(message.content);
        texts.has_dialogues = texts.has_dialogues || !record.messages.empty();
    }
    LYCEUM_ASSIGN(auto parts, models::make_tokenizer(config.model.tokenizer, texts, workspace));
    return models::make_new_model(config.model, std::move(parts));
}

} // namespace

std::int64_t countPackedRows(std::span<const std::size_t> lengths, std::size_t maxLength)
{
    std::deque<std::size_t> room; // free tokens of the rows still looked at
    std::int64_t rows = 0;
    for (const std::size_t whole : lengths) {
        const std::size_t length = std::min(whole, maxLength);
        const auto fit = std::find_if(room.begin(), room.end(),
                                      [length](std::size_t free) { return free >= length; });
        if (fit != room.end()) {
            *fit -= length;
            continue;
        }
        ++rows;
        room.push_back(maxLength - length);
        if (room.size() > kOpenRows)
            room.pop_front();
    }
    return rows;
}

Result<RunEstimate> estimateRun(const config::RunConfig& config,
                                const std::filesystem::path& workspace)
{
    LYCEUM_ASSIGN(const auto records,
                  data::load_training_data(config.data.train, config.data.validation, config.seed,
                                           workspace));
    LYCEUM_ASSIGN(const auto model, openModel(config, records.train, workspace));
    const data::Encoder encoder{.tokenizer = model.tokenizer.get(),
                                .chat_template = model.chat_template.get(),
                                .max_length = static_cast<std::size_t>(config.data.max_length)};
    LYCEUM_ASSIGN(const auto encoded, data::encode_all(records.train, encoder));

    RunEstimate estimate;
    estimate.numTrain = records.train.size();
    estimate.numValidation = records.validation.size();
    estimate.numCut = encoded.stats.num_truncated_samples;
    estimate.numWithoutTargets = encoded.stats.num_without_targets;
    std::vector<std::size_t> lengths;
    lengths.reserve(encoded.samples.size());
    for (const auto& sample : encoded.samples) {
        lengths.push_back(sample.ids.size());
        estimate.numTokens += sample.ids.size();
        estimate.numTargets += sample.num_targets();
    }
    estimate.numRows = config.data.packing ? countPackedRows(lengths, encoder.max_length)
                                           : static_cast<std::int64_t>(lengths.size());
    countSteps(estimate, config);
    countParameters(estimate, config, model);
    if (config::has_adapter(config.model.method))
        estimate.mergeWarnings =
            models::merge_warnings(model, config.model.method == config::Method::Qlora);
    estimateTime(estimate, config, model.name, workspace);
    LYCEUM_ASSIGN(estimate.freeBytes, free_disk_bytes(workspace));
    return estimate;
}

} // namespace lyceum::ui

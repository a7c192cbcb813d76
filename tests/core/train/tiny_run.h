#pragma once

/// @file
/// A whole run of the tiny model in a temporary workspace with a real run store.

#include "core/checkpoint/checkpoint.h"
#include "core/loader/data_module.h"
#include "core/nn/freeze.h"
#include "core/store/run_store.h"
#include "core/strategy/strategy.h"
#include "core/task/causal_lm_task.h"
#include "core/train/make_callbacks.h"
#include "core/train/trainer.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_training.h"

#include <gtest/gtest.h>

#include <functional>

namespace lyceum::train::test {

using lyceum::test::tiny_model;
using lyceum::test::tiny_samples;

/// The value itself, so that a loop over it does not outlive it.
template <typename T>
T taken(Result<T> result)
{
    return std::move(result).value();
}

/// Runs a function at hooks of the Trainer, as a person at another window would act.
class Probe final : public Callback {
public:
    std::function<void(Trainer&)> after_step, while_polling;
    [[nodiscard]] std::string_view name() const noexcept override { return "probe"; }
    Result<void> on_train_step_end(Trainer& trainer, const StepReport& report) override
    {
        reports.push_back(report);
        if (after_step)
            after_step(trainer);
        return {};
    }
    Result<void> on_poll(Trainer& trainer) override
    {
        if (while_polling)
            while_polling(trainer);
        return {};
    }
    std::vector<StepReport> reports;
};

inline config::RunConfig tiny_config()
{
    config::RunConfig config;
    config.name = "tiny";
    config.model = {.base = "tiny", .method = config::Method::Full, .lora = {}};
    config.trainer.max_epochs = 3;
    config.trainer.val_check_interval = 4;
    config.optimizer.lr = 5e-3;
    config.optimizer.warmup_steps = 2;
    config.checkpoint.every_n_steps = 5;
    return config;
}

/// One attempt at a run: a new Trainer with every callback, on a workspace that may outlive it.
class TinyRun {
public:
    explicit TinyRun(
        const std::filesystem::path& workspace, config::RunConfig config = tiny_config(),
        const models::Architecture& architecture = lyceum::test::tiny_training_architecture(),
        const std::optional<data::EncodedDataset>& train_samples = {})
        : workspace_(workspace)
        , config_(std::move(config))
        , store(store::RunStore::open(workspace).value())
        , model(tiny_model(7, architecture))
        , data_(train_samples ? *train_samples : tiny_samples(24), tiny_samples(8, 20, 2), {},
                {.max_length = 40,
                 .packing = true,
                 .seed = config_.seed,
                 .batch_size = 2,
                 .accumulate_grad_batches = config_.trainer.accumulate_grad_batches})
        , task_(model, config_.optimizer,
                [this](nn::CausalLm& causal_lm, const std::string& prompt,
                       const task::OnText& on_text) { return predict(causal_lm, prompt, on_text); })
        , strategy_(strategy::make_strategy("single").value())
    {
        if (config_.model.method == config::Method::Lora) {
            EXPECT_TRUE(model->add_lora(
                {.rank = config_.model.lora.rank, .dropout = config_.model.lora.dropout}, 3));
        }
        EXPECT_TRUE(nn::freeze(*model, config_.model.freeze));
        if (const auto row = store->find_run(config_.name); row)
            id = row.value().id;
        else
            id = store->create_run({.name = config_.name, .folder = folder()}).value();
        EXPECT_TRUE(store->mark_started(id, this_process(), "here"));
    }

    [[nodiscard]] std::filesystem::path folder() const
    {
        return workspace_ / "runs" / config_.name;
    }

    Result<FitResult> fit(const std::filesystem::path& resume = {}, Save save = {})
    {
        Heartbeat heartbeat(store::RunStore::open(workspace_).value(), id);
        CallbackServices services{.store = *store, .run = id, .heartbeat = heartbeat};
        services.save = std::move(save);
        services.model = model.get();
        std::vector<std::unique_ptr<Callback>> callbacks;
        auto probe_callback = std::make_unique<Probe>(std::move(probe));
        auto* placed = probe_callback.get();
        callbacks.push_back(std::move(probe_callback));
        for (auto& callback : more)
            callbacks.push_back(std::move(callback));
        config_.callbacks.early_stopping = early_stopping;
        for (auto& callback : make_callbacks(config_, std::move(services)))
            callbacks.push_back(std::move(callback));
        Trainer trainer(config_, folder(), std::move(callbacks));
        std::optional<checkpoint::Checkpoint> from;
        if (!resume.empty()) {
            auto loaded = checkpoint::load_checkpoint(resume);
            EXPECT_TRUE(loaded) << loaded.error().message;
            from = std::move(loaded).value();
        }
        torch::manual_seed(config_.seed);
        auto result = trainer.fit(task_, data_, *strategy_, from ? &*from : nullptr);
        reports = placed->reports;
        return result;
    }

    /// Generates a piece at a time, as the real thing does.
    task::Predict predict = [](nn::CausalLm&, const std::string& prompt,
                               const task::OnText& on_text) -> Result<std::string> {
        for (int i = 0; i < 3; ++i)
            if (!on_text("x"))
                return Error{ErrorCode::Cancelled, "stopped", ""};
        return "answer to " + prompt;
    };

private:
    std::filesystem::path workspace_;
    config::RunConfig config_;

public:
    std::unique_ptr<store::RunStore> store;
    store::RunId id = 0;
    std::shared_ptr<nn::CausalLm> model;
    Probe probe; ///< Moved into the Trainer by fit.
    std::vector<StepReport> reports;
    std::vector<std::unique_ptr<Callback>> more; ///< Between the probe and all others.
    config::EarlyStoppingConfig early_stopping{.patience = 100};

private:
    loader::DataModule data_;
    task::CausalLmTask task_;
    std::unique_ptr<strategy::Strategy> strategy_;
};

} // namespace lyceum::train::test

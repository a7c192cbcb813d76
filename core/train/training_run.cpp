#include "core/train/training_run.h"

#include "core/base/atomic_file.h"
#include "core/base/log.h"
#include "core/base/process.h"
#include "core/config/run_config.h"
#include "core/formats/json.h"
#include "core/models/model_package.h"
#include "core/runtime/guard.h"
#include "core/runtime/resources.h"
#include "core/strategy/strategy.h"
#include "core/train/environment.h"
#include "core/train/make_callbacks.h"
#include "core/train/matmul_peak.h"
#include "core/train/signals.h"
#include "core/train/trainer.h"
#include "core/train/training_inputs.h"

#include <torch/version.h>

#include <cmath>
#include <future>

namespace lyceum::train {

namespace fs = std::filesystem;

namespace {

/// The run as the store knows it.
struct OpenRun {
    config::RunConfig config;
    store::RunId id = 0;
    std::unique_ptr<store::RunStore> store;
};

Result<OpenRun> open_run(const TrainingRunOptions& options)
{
    const auto path = options.run_folder / "run.yaml";
    OpenRun run;
    LYCEUM_ASSIGN(run.store, store::RunStore::open(options.workspace));
    // The folder bears the run's name, so that a run.yaml that cannot be read still fails the right
    // run.
    const auto folder = options.run_folder.lexically_normal();
    const auto name = folder.has_filename() ? folder.filename() : folder.parent_path().filename();
    LYCEUM_ASSIGN(const auto row, run.store->find_run(name.string()));
    run.id = row.id;
    return run;
}

Result<config::RunConfig> read_config(const fs::path& path)
{
    LYCEUM_ASSIGN(const auto text, read_file(path, std::size_t{1} << 20U));
    auto parsed = config::parse_yaml(text);
    if (!parsed.problems.empty())
        return config::to_error(parsed.problems, path.string());
    return std::move(parsed.config);
}

/// What the callbacks need to know of the model; the machine's peak is measured only when asked
/// for.
Result<CallbackServices> make_services(const OpenRun& run, Heartbeat& heartbeat,
                                       const TrainingInputs& inputs, const fs::path& workspace)
{
    CallbackServices services{.store = *run.store, .run = run.id, .heartbeat = heartbeat};
    services.decode = [tokenizer = inputs.package.tokenizer](std::span<const text::TokenId> ids) {
        return tokenizer->decode(ids);
    };
    services.model = inputs.model.get();
    const auto& throughput = run.config.callbacks.throughput;
    if (throughput && throughput->mfu) {
        LYCEUM_ASSIGN(services.matmul_peak, matmul_peak(workspace));
        services.flops = flop_model(*inputs.model);
    }
    return services;
}

void be_deterministic(const config::RunConfig& config)
{
    auto& context = at::globalContext();
    context.setDeterministicAlgorithms(config.trainer.deterministic, /*warn_only=*/false);
    context.setDeterministicFillUninitializedMemory(
        false); // for debugging; costs a pass over every tensor
    runtime::seed_everything(config.seed);
}

nlohmann::json or_null(const std::optional<double>& value)
{
    return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

nlohmann::json make_summary(const OpenRun& run, const fs::path& run_folder, const FitResult& result,
                            std::string_view status, const strategy::Strategy& strategy)
{
    const auto checkpoint_path = [&](const std::optional<std::string>& name) {
        return name ? nlohmann::json((run_folder / "checkpoints" / *name).string())
                    : nlohmann::json(nullptr);
    };
    models::CheckpointIndex index;
    if (auto read = models::read_checkpoint_index(run_folder))
        index = std::move(read).value();
    return {{"run", run.config.name},
            {"status", status},
            {"steps", result.step},
            {"tokens", result.tokens},
            {"train_loss", or_null(result.train_loss)},
            {"val_loss", or_null(result.val_loss)},
            {"perplexity", result.val_loss ? nlohmann::json(std::exp(*result.val_loss))
                                           : nlohmann::json(nullptr)},
            {"tokens_per_second", result.tokens_per_second},
            {"peak_memory_bytes", runtime::memory_use().peak_bytes},
            {"startup_seconds", result.startup_seconds},
            {"first_step_seconds", result.first_step_seconds},
            {"best_checkpoint", checkpoint_path(index.best)},
            {"last_checkpoint", checkpoint_path(index.last)},
            {"strategy", strategy.name()},
            {"world_size", strategy.world_size()}};
}

Result<TrainingOutcome> conclude(OpenRun& run, const FitResult& result,
                                 const strategy::Strategy& strategy, const fs::path& run_folder)
{
    const bool was_stopped = result.stop == StopReason::Asked ||
                             result.stop == StopReason::Signal ||
                             result.stop == StopReason::TimeLimit;
    const auto status = was_stopped ? store::RunStatus::Stopped : store::RunStatus::Finished;
    TrainingOutcome outcome{
        .exit_status = result.stop == StopReason::Signal ? 130 : 0,
        .summary = make_summary(run, run_folder, result, store::to_string(status), strategy)};
    LYCEUM_TRY(run.store->set_summary(run.id, formats::dump_json(outcome.summary), strategy.name(),
                                      strategy.world_size()));
    const auto at = " at step " + std::to_string(result.step) + ".";
    const auto text = !was_stopped                        ? "Finished" + at
                      : result.stop == StopReason::Signal ? "Stopped by a signal" + at
                      : result.stop == StopReason::TimeLimit
                          ? "Stopped by trainer.max_time = " + run.config.trainer.max_time + at
                          : "Stopped when asked" + at;
    LYCEUM_TRY(run.store->add_event(
        run.id, {.step = result.step, .kind = was_stopped ? "stopped" : "finished", .text = text}));
    LYCEUM_TRY(run.store->set_status(run.id, status, was_stopped ? text : ""));
    return outcome;
}

Result<TrainingOutcome> train(OpenRun& run, const TrainingRunOptions& options)
{
    LYCEUM_TRY(run.store->mark_started(run.id, this_process(), host_name()));
    LYCEUM_ASSIGN(auto pulse, store::RunStore::open(options.workspace));
    Heartbeat heartbeat(std::move(pulse), run.id);
    LYCEUM_ASSIGN(run.config, read_config(options.run_folder / "run.yaml"));

    LYCEUM_ASSIGN(const auto strategy, strategy::make_strategy(run.config.trainer.strategy));
    const auto reporter = [&run](const char* kind) {
        return [&run, kind](const std::string& text) {
            if (const auto told = run.store->add_event(run.id, {.kind = kind, .text = text}); !told)
                log::warning(told.error().message);
        };
    };
    LYCEUM_ASSIGN(auto inputs, load_inputs(run.config, {.workspace = options.workspace,
                                                        .run_folder = options.run_folder,
                                                        .resume = options.resume,
                                                        .report = reporter("model"),
                                                        .warn = reporter("warning")}));
    be_deterministic(run.config);
    const Environment environment{.libtorch = TORCH_VERSION,
                                  .num_threads = at::get_num_threads(),
                                  .model_file = inputs.package.path,
                                  .model_dtype = inputs.package.dtype,
                                  .train_sha256 = inputs.train_sha256,
                                  .validation_sha256 = inputs.validation_sha256};
    const auto written = std::async(std::launch::async, [&] {
        if (const auto done = write_environment(options.run_folder, run.config, environment); !done)
            log::warning(done.error().message);
    });

    task::CausalLmTask task(inputs.model, run.config.optimizer,
                            make_predict(inputs.package, run.config.samples.max_new_tokens));
    LYCEUM_ASSIGN(auto services, make_services(run, heartbeat, inputs, options.workspace));
    Trainer trainer(run.config, options.run_folder,
                    make_callbacks(run.config, std::move(services)));
    LYCEUM_ASSIGN(const auto result, trainer.fit(task, *inputs.data, *strategy,
                                                 inputs.resume ? &*inputs.resume : nullptr));
    return conclude(run, result, *strategy, options.run_folder);
}

} // namespace

Result<TrainingOutcome> run_training(const TrainingRunOptions& options)
{
    install_signal_handlers();
    LYCEUM_ASSIGN(auto run, open_run(options));
    auto outcome = runtime::guard("training", [&] { return train(run, options); });
    if (outcome)
        return outcome;
    const auto& error = outcome.error();
    if (error.code == ErrorCode::Cancelled && signal_received()) { // before the first step
        LYCEUM_TRY(run.store->set_status(run.id, store::RunStatus::Stopped,
                                         "Stopped by a signal before the first step."));
        return error;
    }
    log::error(error.message);
    if (const auto told = run.store->add_event(run.id, {.kind = "fault", .text = error.message});
        !told)
        log::error(told.error().message);
    if (const auto set =
            run.store->set_status(run.id, store::RunStatus::Failed, error.message, error.hint);
        !set)
        log::error(set.error().message);
    return error;
}

} // namespace lyceum::train

#include "core/train/make_callbacks.h"

#include "core/train/command_listener.h"
#include "core/train/early_stopping.h"
#include "core/train/good_state.h"
#include "core/train/guards.h"
#include "core/train/limits.h"
#include "core/train/model_summary.h"
#include "core/train/sample_writer.h"
#include "core/train/tracker_logger.h"
#include "core/train/weight_averaging.h"

namespace lyceum::train {

namespace {

using Callbacks = std::vector<std::unique_ptr<Callback>>;

void add_guards(const config::CallbacksConfig& config, const Decode& decode, Callbacks& callbacks)
{
    const bool goes_back =
        (config.nan_guard && config.nan_guard->action == config::NanAction::Rollback) ||
        (config.spike_guard && config.spike_guard->action == config::SpikeAction::Rollback);
    const GoodState* good_state = nullptr;
    if (goes_back) {
        auto state = std::make_unique<GoodState>();
        good_state = state.get();
        callbacks.push_back(std::move(state));
    }
    if (config.nan_guard)
        callbacks.push_back(std::make_unique<NanGuard>(*config.nan_guard, decode, good_state));
    if (config.spike_guard)
        callbacks.push_back(std::make_unique<SpikeGuard>(*config.spike_guard, decode, good_state));
}

void add_monitors(const config::CallbacksConfig& config, const CallbackServices& services,
                  Callbacks& callbacks)
{
    if (config.learning_rate_monitor)
        callbacks.push_back(std::make_unique<LearningRateMonitor>());
    if (config.gradient_norm)
        callbacks.push_back(std::make_unique<GradientNormMonitor>(*config.gradient_norm));
    if (config.memory)
        callbacks.push_back(std::make_unique<MemoryMonitor>());
    if (config.throughput)
        callbacks.push_back(
            std::make_unique<ThroughputMonitor>(services.flops, services.matmul_peak));
}

} // namespace

std::vector<std::unique_ptr<Callback>> make_callbacks(const config::RunConfig& config,
                                                      CallbackServices services)
{
    Callbacks callbacks;
    callbacks.push_back(std::make_unique<CommandListener>(services.store, services.run));
    if (const auto seconds = config::parse_max_time(config.trainer.max_time))
        callbacks.push_back(std::make_unique<TimeLimit>(*seconds, config.trainer.max_time));
    add_guards(config.callbacks, services.decode, callbacks);
    if (config.callbacks.weight_averaging)
        callbacks.push_back(std::make_unique<WeightAveraging>(*config.callbacks.weight_averaging));
    add_monitors(config.callbacks, services, callbacks);
    // Before RunStoreLogger, which takes the metrics.
    callbacks.push_back(std::make_unique<TrackerLogger>(config));
    callbacks.push_back(
        std::make_unique<RunStoreLogger>(services.store, services.run, services.heartbeat));
    if (services.model != nullptr)
        callbacks.push_back(std::make_unique<ModelSummary>(*services.model));
    if (config.callbacks.early_stopping)
        callbacks.push_back(std::make_unique<EarlyStopping>(*config.callbacks.early_stopping));
    if (const auto& guard = config.callbacks.disk_guard)
        callbacks.push_back(
            std::make_unique<DiskGuard>(static_cast<std::uint64_t>(guard->reserve_mib) << 20U));
    callbacks.push_back(
        std::make_unique<ModelCheckpoint>(config.checkpoint, std::move(services.save)));
    callbacks.push_back(std::make_unique<SampleWriter>(config.samples));
    return callbacks;
}

} // namespace lyceum::train

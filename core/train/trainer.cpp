#include "core/train/trainer.h"

#include "core/base/check.h"
#include "core/checkpoint/checkpoint.h"
#include "core/models/new_model.h"
#include "core/nn/lora.h"
#include "core/optim/schedule.h"
#include "core/runtime/guard.h"
#include "core/runtime/precision.h"
#include "core/runtime/resources.h"
#include "core/train/trainer_session.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

namespace lyceum::train {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

Error nothing_to_learn(const data::EncodingStats& stats, std::int64_t max_length)
{
    if (stats.num_truncated_tokens > 0)
        return {ErrorCode::InvalidData,
                "Nothing is left to learn: data.max_length = " + std::to_string(max_length) +
                    " cuts every record before its first learnt token (" +
                    std::to_string(stats.num_truncated_tokens) + " tokens cut).",
                "Raise data.max_length, or shorten what comes before the answers."};
    return {ErrorCode::InvalidData, "The training data has no token to learn.",
            "Check that the records have an assistant turn, a completion or text."};
}

} // namespace

Trainer::Trainer(config::RunConfig config, std::filesystem::path run_folder,
                 std::vector<std::unique_ptr<Callback>> callbacks)
    : config_(std::move(config))
    , run_folder_(std::move(run_folder))
    , callbacks_(std::move(callbacks))
{
}

Trainer::~Trainer() = default;

Result<FitResult> Trainer::fit(task::Task& task, const loader::DataModule& data,
                               strategy::Strategy& strategy, const checkpoint::Checkpoint* resume)
{
    session_ = std::make_unique<Session>(Session{task, &strategy, &data, {}});
    auto outcome = prepare(resume);
    if (outcome)
        outcome = run_steps();
    if (outcome)
        outcome = finish();
    for (const auto& callback : callbacks_)
        callback->on_fit_end(*this, stop_, outcome ? nullptr : &outcome.error());
    session_.reset();
    if (!outcome)
        return outcome.error();
    return fit_result();
}

Result<void> Trainer::prepare(const checkpoint::Checkpoint* resume)
{
    auto& session = *session_;
    if (session.data->train_stats().num_targets == 0)
        return nothing_to_learn(session.data->train_stats(), config_.data.max_length);
    LYCEUM_TRY(set_up_precision());
    LYCEUM_TRY(session.strategy->setup(
        session.task.module(), [&session](std::vector<optim::NamedTensor> parameters) {
            return session.task.configure_optimizers(std::move(parameters));
        }));
    session.train_loader.emplace(
        session.data->train_loader(session.strategy->data_rank(), session.strategy->data_size()));
    has_validation_ = session.data->validation_stats().num_targets > 0;
    progress_.total_steps = count_total_steps();
    if (resume != nullptr)
        LYCEUM_TRY(restore(*resume));
    progress_.epoch = session.train_loader->epoch_progress();
    LYCEUM_TRY(notify([this](Callback& callback) { return callback.on_fit_start(*this); }));
    const auto advice = precision_->advice();
    return advice.empty() ? Result<void>() : report("warning", advice);
}

Result<void> Trainer::set_up_precision()
{
    LYCEUM_ASSIGN(precision_, runtime::make_precision(config_.trainer.precision));
    return runtime::guard("converting the weights",
                          [&] { precision_->convert_module(session_->task.module()); });
}

std::int64_t Trainer::count_total_steps() const
{
    const auto& trainer = config_.trainer;
    const bool steps_limited = trainer.max_steps >= 0;
    if (trainer.max_epochs < 0)
        return trainer.max_steps;
    std::int64_t steps = 0;
    for (std::int64_t epoch = 0; epoch < trainer.max_epochs; ++epoch) {
        steps += session_->train_loader->num_steps(epoch);
        if (steps_limited && steps >= trainer.max_steps)
            return trainer.max_steps;
    }
    return steps;
}

void Trainer::note_startup()
{
    if (startup_seconds_ == 0)
        startup_seconds_ = runtime::seconds_since_process_start();
}

Result<void> Trainer::run_steps()
{
    auto& loader = *session_->train_loader;
    LYCEUM_TRY(poll());
    if (!is_stopping())
        LYCEUM_TRY(start_steps());
    while (progress_.step < progress_.total_steps) {
        LYCEUM_TRY(poll());
        if (is_stopping())
            return {};
        if (!loader.has_next())
            loader.start_epoch(loader.epoch() + 1);
        LYCEUM_TRY(train_step());
        const bool is_last = progress_.step == progress_.total_steps;
        if (has_validation_ &&
            (is_last || progress_.step % config_.trainer.val_check_interval == 0))
            LYCEUM_TRY(run_validation());
        if (!is_stopping())
            LYCEUM_TRY(notify([this](Callback& c) { return c.on_step_finished(*this); }));
    }
    return {};
}

Result<void> Trainer::start_steps()
{
    note_startup();
    // A checkpoint may have been saved in the middle of a validation, which is then still owed.
    const bool is_due = has_validation_ && validated_step_ != progress_.step &&
                        progress_.step % config_.trainer.val_check_interval == 0;
    if (is_due)
        LYCEUM_TRY(run_validation());
    if (!is_stopping() && (is_due || progress_.step == 0))
        LYCEUM_TRY(notify([this](Callback& c) { return c.on_step_finished(*this); }));
    return {};
}

Result<void> Trainer::train_step()
{
    auto& [task, strategy, data, loader] = *session_;
    set_phase(store::Phase::Training);
    const auto start = Clock::now();
    task.module().train();
    const double rate = optim::learning_rate({.kind = config_.optimizer.schedule,
                                              .peak = config_.optimizer.lr,
                                              .warmup_steps = config_.optimizer.warmup_steps,
                                              .total_steps = progress_.total_steps,
                                              .min_lr_ratio = config_.optimizer.min_lr_ratio},
                                             progress_.step);
    const auto batches = loader->next();
    StepReport report{
        .step = progress_.step + 1, .learning_rate = rate, .num_tokens = batches.num_tokens};
    const strategy::MicroStep forward = [&](std::size_t index) -> Result<at::Tensor> {
        const auto context = precision_->forward_context();
        LYCEUM_ASSIGN(const at::Tensor loss,
                      task.training_step(batches.micro_steps[index], batches.num_targets));
        return precision_->scale_loss(loss);
    };
    LYCEUM_ASSIGN(report.loss, strategy->forward_backward(batches.micro_steps.size(), forward));
    LYCEUM_TRY(update_parameters(report));

    report.seconds = seconds_since(start);
    ++progress_.step;
    progress_.epoch = loader->epoch_progress();
    tokens_ += batches.num_tokens;
    if (first_step_seconds_ == 0) {
        // The first step of a process also touches its memory for the first time: not a measure of
        // speed.
        first_step_seconds_ = runtime::seconds_since_process_start();
    } else {
        timed_seconds_ += report.seconds;
        timed_tokens_ += batches.num_tokens;
    }
    log("train_loss", report.loss);
    log("epoch", progress_.epoch);
    log("tokens", static_cast<double>(tokens_));
    for (auto& [name, value] : precision_->figures())
        log(std::move(name), value);
    return notify([&](Callback& c) { return c.on_train_step_end(*this, report); });
}

Result<void> Trainer::update_parameters(StepReport& step)
{
    auto& strategy = *session_->strategy;
    if (const double factor = precision_->gradient_factor(); factor != 1.0) {
        step.loss *= factor;
        LYCEUM_TRY(strategy.scale_gradients(factor));
    }
    LYCEUM_ASSIGN(step.gradient_norm, strategy.clip_gradients(config_.trainer.gradient_clip_val));
    if (std::isfinite(step.loss)) { // else no scale would help
        LYCEUM_ASSIGN(const auto verdict, precision_->judge(step.gradient_norm));
        step.is_skipped = !verdict.is_taken;
        if (!verdict.event.empty())
            LYCEUM_TRY(
                report("precision", "Step " + std::to_string(step.step) + ": " + verdict.event));
    }
    if (!step.is_skipped) {
        LYCEUM_TRY(notify([&](Callback& c) { return c.on_before_optimizer_step(*this, step); }));
        LYCEUM_TRY(strategy.optimizer_step(step.learning_rate));
    }
    return {};
}

Result<void> Trainer::finish()
{
    const bool has_news = progress_.step > 0 && saved_step_ != progress_.step;
    if (has_news) {
        SaveReason reason = SaveReason::Final;
        if (stop_ == StopReason::Signal)
            reason = SaveReason::Signal;
        else if (stop_ == StopReason::Asked)
            reason = SaveReason::Asked;
        LYCEUM_TRY(save(reason));
    }
    set_phase(store::Phase::Idle);
    return {};
}

FitResult Trainer::fit_result() const
{
    FitResult result{.stop = stop_,
                     .step = progress_.step,
                     .tokens = tokens_,
                     .train_loss = latest("train_loss"),
                     .val_loss = latest("val_loss"),
                     .startup_seconds = startup_seconds_,
                     .first_step_seconds = first_step_seconds_};
    if (timed_seconds_ > 0)
        result.tokens_per_second = static_cast<double>(timed_tokens_) / timed_seconds_;
    return result;
}

Result<void> Trainer::restore(const checkpoint::Checkpoint& checkpoint)
{
    const auto& state = checkpoint.trainer;
    auto& session = *session_;
    LYCEUM_TRY(session.strategy->load_model_state(checkpoint.model));
    LYCEUM_TRY(session.strategy->load_optimizer_state(
        {.tensors = checkpoint.optimizer, .num_steps = state.optimizer_steps}));
    LYCEUM_TRY(
        session.train_loader->load_state({state.epoch, state.rows_taken, state.data_fingerprint}));
    LYCEUM_TRY(checkpoint::set_random_state(state.random_state));
    LYCEUM_TRY(restore_precision(state.precision));
    progress_.step = state.step;
    saved_step_ = state.step;
    if (checkpoint.manifest.val_loss)
        validated_step_ = state.step;
    tokens_ = state.tokens;
    timed_seconds_ = state.timed_seconds;
    timed_tokens_ = state.timed_tokens;
    if (state.train_loss)
        latest_["train_loss"] = *state.train_loss;
    if (state.val_loss)
        latest_["val_loss"] = *state.val_loss;
    for (const auto& callback : callbacks_)
        if (const auto found = state.callbacks.find(callback->name());
            found != state.callbacks.end())
            LYCEUM_TRY(callback->load_state(*found));
    if (state.num_threads != at::get_num_threads())
        return report("warning", "The checkpoint was made with " +
                                     std::to_string(state.num_threads) + " threads, this is " +
                                     std::to_string(at::get_num_threads()) +
                                     ": the last digits may differ from an uninterrupted run.");
    return {};
}

Result<void> Trainer::restore_precision(const nlohmann::json& saved)
{
    if (!saved.is_object() || !saved.contains("name") || !saved["name"].is_string())
        return {}; // from before there was a choice
    const auto name = saved["name"].get<std::string>();
    if (name == precision_->name())
        return precision_->load_state(saved.value("state", nlohmann::json()));
    return report("warning", "The checkpoint was made with trainer.precision: " + name +
                                 ", this run goes on with " + std::string(precision_->name()) +
                                 ": it will differ from an uninterrupted run.");
}

Result<checkpoint::Checkpoint> Trainer::snapshot()
{
    auto& [task, strategy, data, loader] = *session_;
    checkpoint::Checkpoint result;
    auto& manifest = result.manifest;
    manifest.run = config_.name;
    manifest.step = progress_.step;
    manifest.base_model = config_.model.base;
    manifest.method = config_.model.method == config::Method::Lora ? "lora" : "full";
    if (config_.model.method == config::Method::Lora) {
        manifest.lora_rank = config_.model.lora.rank;
        manifest.lora_alpha = config_.model.lora.alpha;
        manifest.lora_targets = nn::lora_targets_of(task.module());
    }
    if (validated_step_ == progress_.step)
        manifest.val_loss = latest("val_loss");

    auto& state = result.trainer;
    state.step = progress_.step;
    state.tokens = tokens_;
    state.timed_seconds = timed_seconds_;
    state.timed_tokens = timed_tokens_;
    state.train_loss = latest("train_loss");
    state.val_loss = latest("val_loss");
    const auto position = loader->state();
    state.epoch = position.epoch;
    state.rows_taken = position.rows_taken;
    state.data_fingerprint = position.fingerprint;
    state.precision = {{"name", precision_->name()}, {"state", precision_->state()}};
    state.random_state = checkpoint::random_state();
    state.num_threads = at::get_num_threads();
    for (const auto& callback : callbacks_)
        if (auto own = callback->state(); !own.is_null())
            state.callbacks[std::string(callback->name())] = std::move(own);

    if (config_.model.base == models::kFromScratch) {
        LYCEUM_ASSIGN(result.model_files,
                      models::read_new_model_files(models::new_model_folder(run_folder_)));
    }
    LYCEUM_ASSIGN(result.model, strategy->model_state());
    LYCEUM_ASSIGN(auto optimizer, strategy->optimizer_state());
    result.optimizer = std::move(optimizer.tensors);
    state.optimizer_steps = optimizer.num_steps;
    return result;
}

} // namespace lyceum::train

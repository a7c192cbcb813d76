#include "core/train/trainer.h"

#include "core/base/check.h"
#include "core/checkpoint/checkpoint.h"
#include "core/models/new_model.h"
#include "core/nn/lora.h"
#include "core/optim/schedule.h"
#include "core/runtime/resources.h"
#include "core/train/trainer_session.h"

#include <algorithm>
#include <chrono>

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
    LYCEUM_TRY(session.strategy->setup(
        session.task.module(), [&session](std::vector<optim::NamedTensor> parameters) {
            return session.task.configure_optimizers(std::move(parameters));
        }));
    session.train_loader.emplace(
        session.data->train_loader(session.strategy->data_rank(), session.strategy->data_size()));
    has_validation_ = session.data->validation_stats().num_targets > 0;
    progress_.total_steps = count_total_steps();
    LYCEUM_TRY(renew_schedule());
    if (schedule_->needs_validation() && !has_validation_)
        return Error{ErrorCode::InvalidConfig,
                     "optimizer.schedule goes by the validation loss, but there is no validation "
                     "data.",
                     "Set data.validation, such as 10%, or choose another schedule."};
    if (resume != nullptr)
        LYCEUM_TRY(restore(*resume));
    progress_.epoch = session.train_loader->epoch_progress();
    return notify([this](Callback& callback) { return callback.on_fit_start(*this); });
}

std::int64_t Trainer::count_total_steps() const
{
    if (max_steps_)
        return *max_steps_;
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
        if (is_validation_due())
            LYCEUM_TRY(run_validation());
        if (!is_stopping())
            LYCEUM_TRY(notify([this](Callback& c) { return c.on_step_finished(*this); }));
    }
    return {};
}

bool Trainer::is_validation_due() const
{
    using Unit = config::CheckInterval::Unit;
    if (!has_validation_)
        return false;
    if (progress_.step == 0 || progress_.step == progress_.total_steps)
        return true;
    const auto& interval = config_.trainer.val_check_interval;
    const auto& loader = *session_->train_loader;
    switch (interval.unit) {
    case Unit::Steps:
        return progress_.step % static_cast<std::int64_t>(interval.value) == 0;
    case Unit::Epochs: { // as Lightning: every so many steps of an epoch, counted anew in each
        const auto share = interval.value * static_cast<double>(loader.num_steps());
        const auto every = std::max<std::int64_t>(1, static_cast<std::int64_t>(share));
        return loader.step() > 0 && loader.step() % every == 0;
    }
    case Unit::Minutes: // rank 0 asks for it when it polls
        return false;
    }
    return false;
}

Result<void> Trainer::start_steps()
{
    note_startup();
    plan_next_validation();
    // A checkpoint may have been saved in the middle of a validation, which is then still owed.
    const bool is_first = progress_.step == 0 && config_.trainer.num_sanity_val_steps >= 0;
    const bool is_due = !is_first && validated_step_ != progress_.step && is_validation_due();
    if (is_first)
        LYCEUM_TRY(check_sanity());
    if (is_due)
        LYCEUM_TRY(run_validation());
    if (!is_stopping() && (is_due || progress_.step == 0))
        LYCEUM_TRY(notify([this](Callback& c) { return c.on_step_finished(*this); }));
    return {};
}

double Trainer::peak_learning_rate() const
{
    return peak_learning_rate_.value_or(config_.optimizer.lr);
}

double Trainer::next_learning_rate() const
{
    return schedule_->learning_rate(progress_.step);
}

Result<void> Trainer::train_step()
{
    auto& [task, strategy, data, loader] = *session_;
    set_phase(store::Phase::Training);
    const auto start = Clock::now();
    task.module().train();
    const double rate = next_learning_rate();
    auto batches = loader->next();
    batch_samples_ = std::move(batches.samples);
    StepReport report{.step = progress_.step + 1,
                      .learning_rate = rate,
                      .num_tokens = batches.num_tokens,
                      .num_targets = batches.num_targets,
                      .num_samples = static_cast<std::int64_t>(batch_samples_.size())};
    LYCEUM_ASSIGN(report.loss,
                  strategy->forward_backward(batches.micro_steps.size(), [&task, &batches](
                                                                             std::size_t index) {
                      return task.training_step(batches.micro_steps[index], batches.num_targets);
                  }));
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
    return notify([&](Callback& c) { return c.on_train_step_end(*this, report); });
}

Result<void> Trainer::update_parameters(StepReport& report)
{
    auto& strategy = *session_->strategy;
    LYCEUM_ASSIGN(report.gradient_norm,
                  strategy.clip_gradients({.limit = config_.trainer.gradient_clip_val,
                                           .algorithm = config_.trainer.gradient_clip_algorithm}));
    skips_step_ = false;
    LYCEUM_TRY(notify([&](Callback& c) { return c.on_before_optimizer_step(*this, report); }));
    report.is_skipped = skips_step_;
    return skips_step_ ? Result<void>() : strategy.optimizer_step(report.learning_rate);
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
    progress_.step = state.step;
    saved_step_ = state.step;
    peak_learning_rate_ = state.peak_learning_rate;
    max_steps_ = state.max_steps;
    progress_.total_steps = count_total_steps();
    LYCEUM_TRY(renew_schedule());
    if (!state.schedule.is_null())
        LYCEUM_TRY(schedule_->load_state(state.schedule));
    if (checkpoint.manifest.val_loss)
        validated_step_ = state.step;
    tokens_ = state.tokens;
    timed_seconds_ = state.timed_seconds;
    timed_tokens_ = state.timed_tokens;
    if (state.train_loss)
        latest_["train_loss"] = {*state.train_loss, state.step};
    if (state.val_loss)
        latest_["val_loss"] = {*state.val_loss, validated_step_.value_or(-1)};
    for (const auto& callback : callbacks_) {
        const auto found = state.callbacks.find(callback->name());
        if (found == state.callbacks.end())
            continue;
        if (!found->is_object())
            return Error{ErrorCode::InvalidData,
                         "The checkpoint's state of " + std::string(callback->name()) +
                             " is no object.",
                         "Resume from another checkpoint."};
        LYCEUM_TRY(callback->load_state(*found));
    }
    LYCEUM_TRY(notify([&](Callback& c) { return c.on_load_checkpoint(*this, checkpoint); }));
    if (state.num_threads != at::get_num_threads())
        return report("warning", "The checkpoint was made with " +
                                     std::to_string(state.num_threads) + " threads, this is " +
                                     std::to_string(at::get_num_threads()) +
                                     ": the last digits may differ from an uninterrupted run.");
    return {};
}

Result<checkpoint::Checkpoint> Trainer::snapshot()
{
    auto& [task, strategy, data, loader] = *session_;
    checkpoint::Checkpoint result;
    auto& manifest = result.manifest;
    manifest.run = config_.name;
    manifest.step = progress_.step;
    manifest.base_model = config_.model.base;
    manifest.method = to_string(config_.model.method);
    if (config::has_adapter(config_.model.method)) {
        manifest.lora_rank = config_.model.lora.rank;
        manifest.lora_alpha = config_.model.lora.alpha;
        manifest.use_rslora = config_.model.lora.use_rslora;
        manifest.use_dora = config_.model.lora.use_dora;
        manifest.lora_targets = nn::lora_targets_of(task.module());
    }
    manifest.frozen = config_.model.freeze;
    if (validated_step_ == progress_.step)
        manifest.val_loss = latest("val_loss");

    auto& state = result.trainer;
    state.step = progress_.step;
    state.tokens = tokens_;
    state.timed_seconds = timed_seconds_;
    state.timed_tokens = timed_tokens_;
    state.train_loss = latest("train_loss");
    state.val_loss = latest("val_loss");
    state.peak_learning_rate = peak_learning_rate_;
    state.max_steps = max_steps_;
    const auto position = loader->state();
    state.epoch = position.epoch;
    state.rows_taken = position.rows_taken;
    state.data_fingerprint = position.fingerprint;
    state.random_state = checkpoint::random_state();
    state.schedule = schedule_->state();
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
    LYCEUM_TRY(notify([&](Callback& c) { return c.on_save_checkpoint(*this, result); }));
    return result;
}

} // namespace lyceum::train

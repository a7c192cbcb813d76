// The Trainer as callbacks see it: metrics, reports, requests, and validation, which they may
// start.
#include "core/checkpoint/checkpoint.h"
#include "core/infer/evaluation_mode.h"
#include "core/optim/schedule.h"
#include "core/runtime/resources.h"
#include "core/train/phase_scope.h"
#include "core/train/signals.h"
#include "core/train/trainer_session.h"

#include <bit>
#include <chrono>
#include <cmath>
#include <thread>
#include <utility>

namespace lyceum::train {

namespace {

// What rank 0 tells the others.
constexpr std::int64_t kStopBits = 15; // a StopReason
constexpr std::int64_t kCheckpointBit = 16;
constexpr std::int64_t kValidationBit = 32;
constexpr std::int64_t kPauseBit = 64;
constexpr std::int64_t kRateBit = 128;
constexpr std::int64_t kMaxStepsBit = 256;

constexpr auto kPollPause = std::chrono::milliseconds(100);

double time_since(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

} // namespace

std::string_view to_string(SaveReason reason)
{
    switch (reason) {
    case SaveReason::Schedule:
        return "schedule";
    case SaveReason::Asked:
        return "asked";
    case SaveReason::Final:
        return "final";
    case SaveReason::Signal:
        return "signal";
    }
    return "";
}

bool Trainer::is_global_zero() const
{
    return session_ == nullptr || session_->strategy == nullptr ||
           session_->strategy->is_global_zero();
}

torch::nn::Module& Trainer::module()
{
    return session_->task.module();
}

Result<std::vector<optim::NamedTensor>> Trainer::parameters()
{
    return session_->strategy->model_state();
}

const data::EncodedDataset& Trainer::train_data() const
{
    return session_->data->train();
}

Result<void> Trainer::return_to(const checkpoint::Checkpoint& checkpoint)
{
    auto& strategy = *session_->strategy;
    LYCEUM_TRY(strategy.load_model_state(checkpoint.model));
    LYCEUM_TRY(strategy.load_optimizer_state(
        {.tensors = checkpoint.optimizer, .num_steps = checkpoint.trainer.optimizer_steps}));
    return notify([&](Callback& c) { return c.on_load_checkpoint(*this, checkpoint); });
}

Result<bool> Trainer::may_save(SaveReason reason, std::uint64_t num_bytes)
{
    for (const auto& callback : callbacks_) {
        LYCEUM_ASSIGN(const bool may, callback->may_save(*this, reason, num_bytes));
        if (!may)
            return false;
    }
    return true;
}

Result<void> Trainer::report(std::string kind, std::string text)
{
    const store::Event event{
        .step = progress_.step, .kind = std::move(kind), .text = std::move(text)};
    return notify([&](Callback& c) { return c.on_event(*this, event); });
}

Result<void> Trainer::report_checkpoint(const store::CheckpointRow& checkpoint)
{
    if (checkpoint.step == progress_.step && checkpoint.is_kept)
        saved_step_ = checkpoint.step;
    return notify([&](Callback& c) { return c.on_checkpoint(*this, checkpoint); });
}

Result<void> Trainer::report_sample(const std::string& prompt, const std::string& text)
{
    const store::Sample sample{.step = progress_.step, .prompt = prompt, .text = text};
    return notify([&](Callback& c) { return c.on_sample(*this, sample); });
}

void Trainer::request_stop(StopReason reason)
{
    if (stop_ == StopReason::None)
        stop_ = reason;
}

void Trainer::set_phase(store::Phase phase)
{
    if (progress_.phase == phase)
        return;
    progress_.phase = phase;
    for (const auto& callback : callbacks_)
        callback->on_phase(*this);
}

Result<void> Trainer::poll()
{
    LYCEUM_TRY(poll_once());
    // Nothing moves while a save waits for space, and its own loop goes on polling.
    const bool holds = pause_wanted_ && !is_holding_ && !is_saving_ && !is_stopping();
    return holds ? hold() : Result<void>();
}

Result<void> Trainer::hold()
{
    is_holding_ = true;
    const auto start = std::chrono::steady_clock::now();
    auto outcome = notify([this](Callback& c) { return c.on_pause(*this); });
    while (outcome && pause_wanted_ && !is_stopping()) {
        std::this_thread::sleep_for(kPollPause);
        outcome = poll_once();
    }
    is_holding_ = false;
    held_seconds_ += time_since(start);
    LYCEUM_TRY(std::move(outcome));
    return notify([this](Callback& c) { return c.on_continue(*this); });
}

Result<void> Trainer::take_new_limits(std::int64_t bits)
{
    if ((bits & kRateBit) != 0) {
        LYCEUM_ASSIGN(const auto rate, session_->strategy->broadcast(
                                           std::bit_cast<std::int64_t>(rate_wanted_.value_or(0))));
        peak_learning_rate_ = std::bit_cast<double>(rate);
        rate_wanted_.reset();
    }
    if ((bits & kMaxStepsBit) != 0) {
        LYCEUM_ASSIGN(max_steps_, session_->strategy->broadcast(max_steps_wanted_.value_or(0)));
        progress_.total_steps = *max_steps_;
        max_steps_wanted_.reset();
    }
    const bool is_changed = (bits & (kRateBit | kMaxStepsBit)) != 0; // polled for every token
    return is_changed ? renew_schedule() : Result<void>();
}

Result<void> Trainer::renew_schedule()
{
    auto optimizer = config_.optimizer;
    optimizer.lr = peak_learning_rate();
    const auto so_far = schedule_ ? schedule_->state() : nlohmann::json(nullptr);
    schedule_ = optim::make_schedule(optimizer, progress_.total_steps);
    return so_far.is_null() ? Result<void>() : schedule_->load_state(so_far);
}

Result<void> Trainer::poll_once()
{
    LYCEUM_TRY(notify([this](Callback& c) { return c.on_poll(*this); }));
    if (signal_received())
        request_stop(StopReason::Signal);
    const auto& interval = config_.trainer.val_check_interval;
    if (interval.unit == config::CheckInterval::Unit::Minutes && progress_.step > 0 &&
        has_validation_ &&
        runtime::seconds_since_process_start() - held_seconds_ > next_validation_)
        validation_wanted_ = true;
    std::int64_t bits = static_cast<std::int64_t>(stop_) | (wanted_save_ ? kCheckpointBit : 0) |
                        (validation_wanted_ ? kValidationBit : 0) |
                        (pause_wanted_ ? kPauseBit : 0) | (rate_wanted_ ? kRateBit : 0) |
                        (max_steps_wanted_ ? kMaxStepsBit : 0);
    if (session_->strategy != nullptr) {
        LYCEUM_ASSIGN(bits, session_->strategy->broadcast(bits));
        LYCEUM_TRY(take_new_limits(bits));
    }
    if ((bits & kStopBits) != 0)
        request_stop(static_cast<StopReason>(bits & kStopBits));
    pause_wanted_ = (bits & kPauseBit) != 0;
    if ((bits & kCheckpointBit) != 0 && !is_saving_) {
        const auto reason = wanted_save_.value_or(SaveReason::Asked);
        wanted_save_.reset();
        LYCEUM_TRY(save(reason));
    }
    if ((bits & kValidationBit) != 0 && !is_saving_ && !is_validating_ && has_validation_)
        LYCEUM_TRY(run_validation());
    return {};
}

Result<void> Trainer::wait(double seconds)
{
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    const bool was_saving = std::exchange(is_saving_, true);
    Result<void> polled;
    while (polled && !is_stopping() && Clock::now() < end) {
        std::this_thread::sleep_for(kPollPause);
        polled = poll();
    }
    is_saving_ = was_saving;
    return polled;
}

Result<void> Trainer::save(SaveReason reason)
{
    is_saving_ = true;
    auto saved = notify([&](Callback& c) { return c.on_save(*this, reason); });
    is_saving_ = false;
    return saved;
}

Result<void> Trainer::run_validation()
{
    const PhaseScope phase(*this, store::Phase::Validating);
    is_validating_ = true;
    auto& [task, strategy, data, train_loader] = *session_;
    auto loader = data->validation_loader(strategy->data_rank(), strategy->data_size());
    LYCEUM_TRY(notify([this](Callback& c) { return c.on_evaluation_start(*this); }));
    auto report = evaluate(loader, false, num_validation_batches(loader));
    LYCEUM_TRY(notify([this](Callback& c) { return c.on_evaluation_end(*this); }));
    is_validating_ = false;
    plan_next_validation();
    if (!report)
        return report.error().code == ErrorCode::Cancelled ? Result<void>() : report.error();
    validation_wanted_ = false;
    validated_step_ = progress_.step;
    log("val_loss", report.value().loss, Cadence::Always);
    log("perplexity", report.value().perplexity, Cadence::Always);
    if (auto change = schedule_->on_validation(report.value().loss))
        LYCEUM_TRY(this->report("learning_rate", std::move(*change)));
    return notify([&](Callback& c) { return c.on_validation_end(*this, report.value()); });
}

void Trainer::plan_next_validation()
{
    next_validation_ = runtime::seconds_since_process_start() - held_seconds_ +
                       60 * config_.trainer.val_check_interval.value;
}

std::int64_t Trainer::num_validation_batches(const loader::DataLoader& loader) const
{
    const auto share = config_.trainer.limit_val_batches * static_cast<double>(loader.num_steps());
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::floor(share)));
}

Result<void> Trainer::check_sanity()
{
    const std::int64_t num_batches = config_.trainer.num_sanity_val_steps;
    if (!has_validation_ || num_batches == 0)
        return {};
    const PhaseScope phase(*this, store::Phase::Validating);
    auto loader = session_->data->validation_loader(session_->strategy->data_rank(),
                                                    session_->strategy->data_size());
    is_validating_ = true;
    const auto report = evaluate(loader, false, num_batches);
    is_validating_ = false;
    if (!report && report.error().code == ErrorCode::Cancelled)
        return {};
    LYCEUM_TRY(report);
    if (std::isfinite(report.value().loss))
        return {};
    return Error{ErrorCode::InvalidData,
                 "The loss on the first " + std::to_string(num_batches) +
                     " validation batches is not a number, before anything was trained.",
                 "Check the validation data and the model's weights."};
}

Result<ValidationReport> Trainer::evaluate(loader::DataLoader& loader, bool is_test,
                                           std::int64_t num_batches)
{
    const auto start = std::chrono::steady_clock::now();
    const double held_before = held_seconds_;
    const infer::EvaluationMode scope(session_->task.module());
    std::array<double, 2> sums{}; // loss, targets
    for (std::int64_t batch = 0; batch < num_batches && loader.has_next(); ++batch) {
        LYCEUM_TRY(poll());
        if (is_stopping())
            return Error{ErrorCode::Cancelled, "The validation was stopped.", ""};
        LYCEUM_TRY(evaluate_batch(loader, is_test, sums));
    }
    if (session_->strategy != nullptr)
        LYCEUM_TRY(session_->strategy->reduce_sum(sums));
    ValidationReport report{.step = progress_.step,
                            .num_targets = static_cast<std::int64_t>(sums[1])};
    report.loss = sums[1] > 0 ? sums[0] / sums[1] : 0.0;
    report.perplexity = std::exp(report.loss);
    report.seconds = time_since(start) - (held_seconds_ - held_before);
    return report;
}

Result<void> Trainer::evaluate_batch(loader::DataLoader& loader, bool is_test,
                                     std::array<double, 2>& sums)
{
    for (const auto& batch : loader.next().micro_steps) {
        LYCEUM_ASSIGN(const auto loss, is_test ? session_->task.test_step(batch)
                                               : session_->task.validation_step(batch));
        sums[0] += loss.sum;
        sums[1] += static_cast<double>(loss.num_targets);
    }
    return {};
}

Result<ValidationReport> Trainer::validate(task::Task& task, const loader::DataModule& data,
                                           strategy::Strategy& strategy)
{
    session_ = std::make_unique<Session>(Session{task, &strategy, &data, {}});
    auto loader = data.validation_loader(strategy.data_rank(), strategy.data_size());
    return evaluate(loader, false, num_validation_batches(loader));
}

Result<ValidationReport> Trainer::test(task::Task& task, const loader::DataModule& data,
                                       strategy::Strategy& strategy)
{
    session_ = std::make_unique<Session>(Session{task, &strategy, &data, {}});
    auto loader = data.test_loader(strategy.data_rank(), strategy.data_size());
    return evaluate(loader, true, num_validation_batches(loader));
}

Result<std::vector<std::string>> Trainer::predict(task::Task& task,
                                                  const std::vector<std::string>& prompts)
{
    session_ = std::make_unique<Session>(Session{task, nullptr, nullptr, {}});
    std::vector<std::string> answers;
    for (const auto& prompt : prompts) {
        LYCEUM_ASSIGN(auto text, answer(prompt, {}));
        answers.push_back(std::move(text));
    }
    return answers;
}

Result<std::string> Trainer::answer(const std::string& prompt,
                                    const std::function<bool(std::string_view)>& on_text)
{
    const infer::EvaluationMode scope(session_->task.module());
    LYCEUM_TRY(notify([this](Callback& c) { return c.on_evaluation_start(*this); }));
    Result<void> polled;
    auto text = session_->task.predict_step(prompt, [&](std::string_view piece) {
        polled = poll();
        return polled && !is_stopping() && (!on_text || on_text(piece));
    });
    LYCEUM_TRY(notify([this](Callback& c) { return c.on_evaluation_end(*this); }));
    LYCEUM_TRY(std::move(polled));
    return text;
}

} // namespace lyceum::train

// The Trainer as callbacks see it: metrics, reports, requests, and validation, which they may
// start.
#include "core/infer/evaluation_mode.h"
#include "core/runtime/precision.h"
#include "core/train/signals.h"
#include "core/train/trainer_session.h"

#include <chrono>
#include <cmath>
#include <thread>
#include <utility>

namespace lyceum::train {

namespace {

// What rank 0 tells the others.
constexpr std::int64_t kStopBits = 3; // a StopReason
constexpr std::int64_t kCheckpointBit = 4;
constexpr std::int64_t kValidationBit = 8;

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

void Trainer::log(std::string name, double value, Cadence cadence)
{
    latest_[name] = value;
    const auto every = config_.trainer.log_every_n_steps;
    const bool is_due = progress_.step <= 1 || progress_.step % every == 0 ||
                        progress_.step == progress_.total_steps;
    if (cadence == Cadence::Always || is_due)
        metrics_.push_back({.step = progress_.step, .name = std::move(name), .value = value});
}

std::vector<store::Metric> Trainer::take_metrics()
{
    return std::exchange(metrics_, {});
}

std::optional<double> Trainer::latest(std::string_view name) const
{
    const auto found = latest_.find(name);
    return found == latest_.end() ? std::nullopt : std::optional(found->second);
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
    LYCEUM_TRY(notify([this](Callback& c) { return c.on_poll(*this); }));
    if (signal_received())
        request_stop(StopReason::Signal);
    std::int64_t bits = static_cast<std::int64_t>(stop_) |
                        (checkpoint_wanted_ ? kCheckpointBit : 0) |
                        (validation_wanted_ ? kValidationBit : 0);
    if (session_->strategy != nullptr) {
        LYCEUM_ASSIGN(bits, session_->strategy->broadcast(bits));
    }
    if ((bits & kStopBits) != 0)
        request_stop(static_cast<StopReason>(bits & kStopBits));
    if ((bits & kCheckpointBit) != 0 && !is_saving_) {
        checkpoint_wanted_ = false;
        LYCEUM_TRY(save(SaveReason::Asked));
    }
    if ((bits & kValidationBit) != 0 && !is_saving_ && !is_validating_ && has_validation_)
        LYCEUM_TRY(run_validation());
    return {};
}

Result<void> Trainer::wait(double seconds)
{
    using Clock = std::chrono::steady_clock;
    constexpr auto kPause = std::chrono::milliseconds(100);
    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    const bool was_saving = std::exchange(is_saving_, true);
    Result<void> polled;
    while (polled && !is_stopping() && Clock::now() < end) {
        std::this_thread::sleep_for(kPause);
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
    auto report = evaluate(loader, false);
    is_validating_ = false;
    if (!report)
        return report.error().code == ErrorCode::Cancelled ? Result<void>() : report.error();
    validation_wanted_ = false;
    validated_step_ = progress_.step;
    log("val_loss", report.value().loss, Cadence::Always);
    log("perplexity", report.value().perplexity, Cadence::Always);
    return notify([&](Callback& c) { return c.on_validation_end(*this, report.value()); });
}

Result<ValidationReport> Trainer::evaluate(loader::DataLoader& loader, bool is_test)
{
    const auto start = std::chrono::steady_clock::now();
    const infer::EvaluationMode scope(session_->task.module());
    const auto num_batches = std::max<std::int64_t>(
        1, static_cast<std::int64_t>(std::floor(config_.trainer.limit_val_batches *
                                                static_cast<double>(loader.num_steps()))));
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
    report.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return report;
}

Result<void> Trainer::evaluate_batch(loader::DataLoader& loader, bool is_test,
                                     std::array<double, 2>& sums)
{
    const auto context = precision_->forward_context();
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
    LYCEUM_TRY(set_up_precision());
    auto loader = data.validation_loader(strategy.data_rank(), strategy.data_size());
    return evaluate(loader, false);
}

Result<ValidationReport> Trainer::test(task::Task& task, const loader::DataModule& data,
                                       strategy::Strategy& strategy)
{
    session_ = std::make_unique<Session>(Session{task, &strategy, &data, {}});
    LYCEUM_TRY(set_up_precision());
    auto loader = data.test_loader(strategy.data_rank(), strategy.data_size());
    return evaluate(loader, true);
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
    Result<void> polled;
    auto text = session_->task.predict_step(prompt, [&](std::string_view piece) {
        polled = poll();
        return polled && !is_stopping() && (!on_text || on_text(piece));
    });
    LYCEUM_TRY(std::move(polled));
    return text;
}

} // namespace lyceum::train

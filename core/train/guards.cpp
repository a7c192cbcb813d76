#include "core/train/guards.h"

#include "core/formats/json.h"
#include "core/train/good_state.h"
#include "core/train/trainer.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

namespace lyceum::train {

namespace {

constexpr const char* kHint =
    "Resume from the last checkpoint with a lower optimizer.lr or more optimizer.warmup_steps.";

std::string number(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", value);
    return text;
}

double median(std::vector<double> values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1)
        return *middle;
    return (*middle + *std::max_element(values.begin(), middle)) / 2.0;
}

std::string times(std::int64_t count)
{
    return count == 1 ? "once" : std::to_string(count) + " times";
}

nlohmann::json to_json(const std::deque<double>& values)
{
    auto list = nlohmann::json::array();
    for (const double value : values)
        list.push_back(value);
    return list;
}

Result<void> read(const formats::JsonObject& object, const char* key, std::deque<double>& values)
{
    const auto* list = object.find(key);
    if (list == nullptr || !list->is_array())
        return object.invalid(key, "is missing or no list");
    values.clear();
    for (const auto& value : *list) {
        if (!value.is_number())
            return object.invalid(key, "holds something that is no number");
        values.push_back(value.get<double>());
    }
    return {};
}

} // namespace

NanGuard::NanGuard(const config::NanGuardConfig& options, Decode decode,
                   const GoodState* good_state)
    : options_(options), decode_(std::move(decode)), good_state_(good_state)
{
}

Result<void> NanGuard::on_before_optimizer_step(Trainer& trainer, const StepReport& report)
{
    if (trainer.skips_optimizer_step())
        return {};
    const auto where = "Step " + std::to_string(report.step) + ": ";
    if (report.num_targets == 0) {
        trainer.skip_optimizer_step();
        return trainer.report("warning", where +
                                             "the batch has no token to learn and was left out. " +
                                             describe_batch(trainer, report, decode_));
    }
    if (std::isfinite(report.loss) && std::isfinite(report.gradient_norm))
        return {};
    const auto what = "the loss is " + number(report.loss) + " and the gradient norm " +
                      number(report.gradient_norm);
    const auto why =
        describe_batch(trainer, report, decode_) + " " + likely_cause(trainer, report, decode_);
    const bool goes_back = options_.action == config::NanAction::Rollback &&
                           good_state_ != nullptr && num_rollbacks_ < options_.max_rollbacks;
    if (!goes_back)
        return Error{ErrorCode::InvalidData,
                     "Training broke off at step " + std::to_string(report.step) + ": " + what +
                         ". The model was not changed by this step" +
                         (num_rollbacks_ > 0
                              ? "; it has gone back " + times(num_rollbacks_) + " already. "
                              : ". ") +
                         why,
                     kHint};
    ++num_rollbacks_;
    LYCEUM_ASSIGN(const auto step, good_state_->restore(trainer));
    return trainer.report("fault", where + what + ". The weights went back to those of step " +
                                       std::to_string(step) + ", and the batch was left out. " +
                                       why);
}

Result<void> NanGuard::on_validation_end(Trainer&, const ValidationReport& report)
{
    if (std::isfinite(report.loss))
        return {};
    return Error{ErrorCode::InvalidData,
                 "Training broke off after step " + std::to_string(report.step) +
                     ": the validation loss is " + std::to_string(report.loss) + ".",
                 kHint};
}

nlohmann::json NanGuard::state() const
{
    return {{"num_rollbacks", num_rollbacks_}};
}

Result<void> NanGuard::load_state(const nlohmann::json& state)
{
    const formats::JsonObject object(state, "trainer_state.json: nan_guard");
    LYCEUM_ASSIGN(num_rollbacks_, object.integer("num_rollbacks"));
    return {};
}

double robust_deviations(double value, const std::deque<double>& usual, double least)
{
    constexpr double kNormal = 1.4826; // makes it the standard deviation of a normal distribution
    std::vector<double> values(usual.begin(), usual.end());
    const double middle = median(values);
    for (auto& one : values)
        one = std::abs(one - middle);
    return (value - middle) / std::max(kNormal * median(std::move(values)), least);
}

SpikeGuard::SpikeGuard(const config::SpikeGuardConfig& options, Decode decode,
                       const GoodState* good_state)
    : options_(options), decode_(std::move(decode)), good_state_(good_state)
{
}

std::string SpikeGuard::spike_in(const StepReport& report) const
{
    // Where all steps are alike, any next one would be far out: a fiftieth of the loss and a fifth
    // of the norm count as usual in any case.
    constexpr double kLeastLoss = 0.02, kLeastLogNorm = 0.2;
    if (losses_.size() < std::max<std::size_t>(4, static_cast<std::size_t>(options_.window) / 2))
        return {};
    const double usual_loss = median({losses_.begin(), losses_.end()});
    const double loss =
        robust_deviations(report.loss, losses_, std::max(1e-6, kLeastLoss * std::abs(usual_loss)));
    if (loss > options_.threshold)
        return "the loss is " + number(report.loss) + ", " + number(loss) +
               " deviations above the usual " + number(usual_loss);
    const double norm =
        robust_deviations(std::log(report.gradient_norm + 1e-12), norms_, kLeastLogNorm);
    if (norm > options_.threshold)
        return "the gradient norm is " + number(report.gradient_norm) + ", the usual is " +
               number(std::exp(median({norms_.begin(), norms_.end()})));
    return {};
}

void SpikeGuard::remember(const StepReport& report)
{
    losses_.push_back(report.loss);
    norms_.push_back(std::log(report.gradient_norm + 1e-12));
    while (losses_.size() > static_cast<std::size_t>(options_.window)) {
        losses_.pop_front();
        norms_.pop_front();
    }
}

Result<void> SpikeGuard::on_before_optimizer_step(Trainer& trainer, const StepReport& report)
{
    if (trainer.skips_optimizer_step() || !std::isfinite(report.loss) ||
        !std::isfinite(report.gradient_norm))
        return {};
    const auto spike = spike_in(report);
    if (!spike.empty() && options_.action != config::SpikeAction::Warn)
        return act(trainer, report, spike);
    remember(report);
    if (spike.empty() || report.step < quiet_until_)
        return {};
    quiet_until_ = report.step + options_.window;
    return trainer.report("warning", "Step " + std::to_string(report.step) + ": " + spike + ". " +
                                         describe_batch(trainer, report, decode_) + " " +
                                         likely_cause(trainer, report, decode_));
}

Result<void> SpikeGuard::act(Trainer& trainer, const StepReport& report, const std::string& what)
{
    const auto why =
        describe_batch(trainer, report, decode_) + " " + likely_cause(trainer, report, decode_);
    const bool is_over = num_skips_ >= options_.max_rollbacks;
    if (options_.action == config::SpikeAction::Halt || is_over)
        return Error{
            ErrorCode::InvalidData,
            "Training broke off at step " + std::to_string(report.step) + ": " + what +
                ". The model was not changed by this step" +
                (num_skips_ > 0 ? "; " + times(num_skips_) + " a batch was left out. " : ". ") +
                why,
            kHint};
    ++num_skips_;
    std::string done = "The batch was left out. ";
    if (options_.action == config::SpikeAction::Rollback && good_state_ != nullptr) {
        LYCEUM_ASSIGN(const auto step, good_state_->restore(trainer));
        done = "The weights went back to those of step " + std::to_string(step) +
               ", and the batch was left out. ";
    }
    trainer.skip_optimizer_step();
    return trainer.report("fault",
                          "Step " + std::to_string(report.step) + ": " + what + ". " + done + why);
}

nlohmann::json SpikeGuard::state() const
{
    return {{"losses", to_json(losses_)},
            {"log_norms", to_json(norms_)},
            {"num_skips", num_skips_},
            {"quiet_until", quiet_until_}};
}

Result<void> SpikeGuard::load_state(const nlohmann::json& state)
{
    const formats::JsonObject object(state, "trainer_state.json: spike_guard");
    LYCEUM_TRY(read(object, "losses", losses_));
    LYCEUM_TRY(read(object, "log_norms", norms_));
    if (losses_.size() != norms_.size())
        return object.invalid("log_norms", "is not as long as \"losses\"");
    LYCEUM_ASSIGN(num_skips_, object.integer("num_skips"));
    LYCEUM_ASSIGN(quiet_until_, object.integer("quiet_until"));
    return {};
}

} // namespace lyceum::train

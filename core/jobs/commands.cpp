#include "core/jobs/commands.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <string>

namespace lyceum::jobs {

namespace {

using store::CommandKind;

constexpr double kMostSteps = 1e15; // every whole number up to it is exact in a double

std::string number(double value)
{
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.10g", value);
    return text.data();
}

Result<void> check_learning_rate(std::optional<double> rate)
{
    if (rate && *rate > 0 && *rate <= 1) // false for not-a-number
        return {};
    return Error{ErrorCode::InvalidConfig,
                 "The learning rate must be above 0 and at most 1, not " +
                     (rate ? number(*rate) : std::string("empty")) + ".",
                 "Fine-tuning uses 1e-5 to 1e-3."};
}

Result<void> check_max_steps(const store::RunRow& run, std::optional<double> steps)
{
    const bool is_whole = steps && std::floor(*steps) == *steps && *steps <= kMostSteps;
    if (!is_whole)
        return Error{ErrorCode::InvalidConfig,
                     "The last step must be a whole number, not " +
                         (steps ? number(*steps) : std::string("empty")) + ".",
                     "Write it as 500."};
    if (*steps <= static_cast<double>(run.step))
        return Error{ErrorCode::InvalidConfig,
                     "The run " + run.name + " is at step " + std::to_string(run.step) +
                         " already; it cannot end at step " + number(*steps) + ".",
                     "Choose a later step, or stop it: lyceum runs stop " + run.name};
    return {};
}

} // namespace

Result<void> check_command(const store::RunRow& run, CommandKind kind,
                           std::optional<double> argument)
{
    const bool is_paused = run.status == store::RunStatus::Paused;
    switch (kind) {
    case CommandKind::SetLearningRate:
        return check_learning_rate(argument);
    case CommandKind::SetMaxSteps:
        return check_max_steps(run, argument);
    case CommandKind::Pause:
        if (is_paused)
            return Error{ErrorCode::InvalidConfig,
                         "The run " + run.name + " is paused already, at step " +
                             std::to_string(run.step) + ".",
                         "To go on with it: lyceum runs continue " + run.name};
        return {};
    case CommandKind::Continue:
    case CommandKind::Stop:
    case CommandKind::CheckpointNow:
    case CommandKind::EvaluateNow:
        return {};
    }
    return {};
}

} // namespace lyceum::jobs

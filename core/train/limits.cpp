#include "core/train/limits.h"

#include "core/base/paths.h"
#include "core/base/text.h"
#include "core/formats/json.h"
#include "core/train/trainer.h"

#include <utility>

namespace lyceum::train {

TimeLimit::TimeLimit(double seconds, std::string text) : seconds_(seconds), text_(std::move(text))
{
}

double TimeLimit::elapsed() const
{
    if (is_paused_)
        return before_;
    return before_ +
           std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

Result<void> TimeLimit::on_fit_start(Trainer&)
{
    start_ = std::chrono::steady_clock::now();
    return {};
}

Result<void> TimeLimit::on_poll(Trainer& trainer)
{
    if (elapsed() < seconds_ || trainer.is_stopping() || std::exchange(is_told_, true))
        return {};
    trainer.request_stop(StopReason::TimeLimit);
    return trainer.report("warning", "The run has trained for trainer.max_time = " + text_ +
                                         " and is saved and stopped. To go on, raise it and "
                                         "resume.");
}

Result<void> TimeLimit::on_pause(Trainer&)
{
    before_ = elapsed();
    is_paused_ = true;
    return {};
}

Result<void> TimeLimit::on_continue(Trainer& trainer)
{
    is_paused_ = false;
    return on_fit_start(trainer);
}

nlohmann::json TimeLimit::state() const
{
    return {{"seconds", elapsed()}};
}

Result<void> TimeLimit::load_state(const nlohmann::json& state)
{
    const formats::JsonObject object(state, "trainer_state.json: time_limit");
    LYCEUM_ASSIGN(before_, object.number_or("seconds", 0.0));
    return {};
}

DiskGuard::DiskGuard(std::uint64_t reserve_bytes, FreeBytes free_bytes)
    : reserve_bytes_(reserve_bytes)
    , free_bytes_(free_bytes ? std::move(free_bytes) : FreeBytes(free_disk_bytes))
{
}

Result<bool> DiskGuard::may_save(Trainer& trainer, SaveReason reason, std::uint64_t num_bytes)
{
    if (reason != SaveReason::Schedule || !trainer.saved_step())
        return true;
    const auto free = free_bytes_(trainer.run_folder());
    if (!free) // the save itself says what is wrong
        return true;
    const bool is_low = free.value() < num_bytes + reserve_bytes_;
    if (is_low != std::exchange(is_low_, is_low)) {
        if (!is_low)
            LYCEUM_TRY(trainer.report("warning", "There is space on the disk again: checkpoints "
                                                 "are saved as scheduled."));
        else
            LYCEUM_TRY(trainer.report(
                "fault", "The disk is nearly full: " + format_bytes(free.value()) +
                             " are free, a checkpoint takes " + format_bytes(num_bytes) + " and " +
                             format_bytes(reserve_bytes_) +
                             " stay in reserve. Scheduled checkpoints are left out until there is "
                             "space; checkpoint " +
                             std::to_string(*trainer.saved_step()) +
                             " is the last. Free some space, or lower checkpoint.save_top_k."));
    }
    return !is_low;
}

} // namespace lyceum::train

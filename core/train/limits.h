#pragma once

/// @file
/// Callbacks that keep a run within what it may take: time and disk.

#include "core/train/callback.h"

#include <chrono>
#include <functional>

namespace lyceum::train {

/// Stops a run, which is then saved, when it has trained for `seconds`; earlier attempts
/// count, pauses do not.
class TimeLimit final : public Callback {
public:
    /// @param text As trainer.max_time says it, for messages.
    TimeLimit(double seconds, std::string text);

    [[nodiscard]] std::string_view name() const noexcept override { return "time_limit"; }
    Result<void> on_fit_start(Trainer& trainer) override;
    Result<void> on_poll(Trainer& trainer) override;
    Result<void> on_pause(Trainer& trainer) override;
    Result<void> on_continue(Trainer& trainer) override;
    [[nodiscard]] nlohmann::json state() const override;
    Result<void> load_state(const nlohmann::json& state) override;

private:
    [[nodiscard]] double elapsed() const;

    double seconds_;
    std::string text_;
    double before_ = 0; ///< Seconds of earlier attempts.
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    bool is_paused_ = false;
    bool is_told_ = false;
};

/// Leaves scheduled checkpoints out while they would leave less than a reserve free on the disk,
/// with an event when that begins and ends. The first checkpoint, the last one and those that
/// somebody asked for are always tried; what is saved stays.
class DiskGuard final : public Callback {
public:
    using FreeBytes = std::function<Result<std::uint64_t>(const std::filesystem::path&)>;
    /// @param free_bytes For tests; free_disk_bytes when empty.
    explicit DiskGuard(std::uint64_t reserve_bytes, FreeBytes free_bytes = {});

    [[nodiscard]] std::string_view name() const noexcept override { return "disk_guard"; }
    Result<bool> may_save(Trainer& trainer, SaveReason reason, std::uint64_t num_bytes) override;

private:
    std::uint64_t reserve_bytes_;
    FreeBytes free_bytes_;
    bool is_low_ = false;
};

} // namespace lyceum::train

#pragma once

#include "core/config/run_config.h"
#include "core/train/callback.h"

namespace lyceum::train {

/// Lets the model answer fixed prompts before the first step, on schedule and after the last.
class SampleWriter final : public Callback {
public:
    explicit SampleWriter(const config::SamplesConfig& options);

    [[nodiscard]] std::string_view name() const noexcept override { return "samples"; }
    Result<void> on_step_finished(Trainer& trainer) override;

private:
    config::SamplesConfig options_;
};

} // namespace lyceum::train

#pragma once

#include "core/base/result.h"

#include <functional>

namespace lyceum::text {

/// What a caller is told of the share that is done, and whether it wants no more of it.
class TrainingProgress {
public:
    using Callback = std::function<bool(double share)>;
    explicit TrainingProgress(const Callback& callback) : callback_(callback) {}

    /// Cheap enough for every word. @return Cancelled.
    [[nodiscard]] Result<void> report(double share)
    {
        if (!callback_ || (share < next_ && share < 1.0))
            return {};
        next_ = share + kStep;
        if (callback_(share))
            return {};
        return Error{ErrorCode::Cancelled, "The training of the tokenizer was stopped.", ""};
    }

private:
    static constexpr double kStep = 1e-3;
    const Callback& callback_;
    double next_ = 0.0;
};

} // namespace lyceum::text

#pragma once

#include "core/train/trainer.h"

namespace lyceum::train {

/// Shows another phase until the end of the scope.
class Trainer::PhaseScope {
public:
    PhaseScope(Trainer& trainer, store::Phase phase)
        : trainer_(trainer), before_(trainer.progress_.phase)
    {
        trainer_.set_phase(phase);
    }
    ~PhaseScope() { trainer_.set_phase(before_); }
    PhaseScope(const PhaseScope&) = delete;
    PhaseScope& operator=(const PhaseScope&) = delete;

private:
    Trainer& trainer_;
    store::Phase before_;
};

} // namespace lyceum::train

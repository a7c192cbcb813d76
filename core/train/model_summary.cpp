#include "core/train/model_summary.h"

#include "core/nn/freeze.h"
#include "core/train/trainer.h"

namespace lyceum::train {

Result<void> ModelSummary::on_fit_start(Trainer& trainer)
{
    const auto count = nn::count_parameters(model_);
    const auto frozen = count.all - count.trained;
    const auto all = std::to_string(count.all);
    return trainer.report("model", frozen == 0 ? "All " + all + " parameters learn."
                                               : std::to_string(count.trained) + " of " + all +
                                                     " parameters learn, " +
                                                     std::to_string(frozen) + " stay as they are.");
}

} // namespace lyceum::train

#include "core/optim/make_optimizer.h"

#include "core/base/check.h"
#include "core/optim/adafactor.h"
#include "core/optim/adamw.h"
#include "core/optim/lion.h"
#include "core/optim/muon.h"
#include "core/optim/sgd.h"

namespace lyceum::optim {

std::unique_ptr<Optimizer> make_optimizer(const config::OptimizerConfig& given,
                                          std::vector<ParameterGroup> groups)
{
    const auto config = config::resolved(given);
    const auto& name = config.name;
    if (name == "adamw")
        return std::make_unique<AdamW>(std::move(groups),
                                       AdamWOptions{.beta1 = (*config.betas)[0],
                                                    .beta2 = (*config.betas)[1],
                                                    .eps = config.eps,
                                                    .state_bits = config.state_bits});
    if (name == "sgd")
        return std::make_unique<Sgd>(std::move(groups), SgdOptions{.momentum = *config.momentum,
                                                                   .nesterov = config.nesterov});
    if (name == "lion")
        return std::make_unique<Lion>(std::move(groups),
                                      LionOptions{.beta1 = (*config.betas)[0],
                                                  .beta2 = (*config.betas)[1],
                                                  .state_bits = config.state_bits});
    if (name == "adafactor")
        return std::make_unique<Adafactor>(std::move(groups),
                                           AdafactorOptions{.relative_step = config.relative_step});
    LYCEUM_CHECK(name == "muon", "config::validate lets no other optimizer through");
    return std::make_unique<Muon>(std::move(groups), MuonOptions{.momentum = *config.momentum,
                                                                 .beta1 = (*config.betas)[0],
                                                                 .beta2 = (*config.betas)[1],
                                                                 .eps = config.eps});
}

} // namespace lyceum::optim

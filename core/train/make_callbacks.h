#pragma once

#include "core/config/run_config.h"
#include "core/train/batch_report.h"
#include "core/train/model_checkpoint.h"
#include "core/train/monitors.h"
#include "core/train/run_store_logger.h"

#include <memory>
#include <vector>

namespace torch::nn {
class Module;
}

namespace lyceum::train {

/// What callbacks work with; all of it outlives them.
struct CallbackServices {
    store::RunStore& store; ///< The training thread's connection.
    store::RunId run = 0;
    Heartbeat& heartbeat;
    Decode decode = {};   ///< For reports about a batch.
    FlopModel flops = {}; ///< With `peak`, for the model's share of the machine's peak.
    double matmul_peak = 0;
    const torch::nn::Module* model = nullptr; ///< For its summary; null: none is given.
    Save save = {};                           ///< For tests.
};

/// Every callback that the configuration asks for, in the order in which their hooks run: what
/// lets a person in, what may leave a step out, what measures, what records, what may end the run,
/// and what saves it, so that a checkpoint holds what all others know.
[[nodiscard]] std::vector<std::unique_ptr<Callback>> make_callbacks(const config::RunConfig& config,
                                                                    CallbackServices services);

} // namespace lyceum::train

#include "app/engine/output.h"
#include "app/engine/verb.h"
#include "core/train/training_run.h"

#include <memory>

namespace lyceum::engine {

Verb train_verb()
{
    return {"train", "Train a run: one rank (started by `lyceum train`)", [](CLI::App& command) {
                auto options = std::make_shared<train::TrainingRunOptions>();
                command.add_option("--run", options->run_folder, "The run's folder, with run.yaml")
                    ->required();
                command.add_option("--resume", options->resume,
                                   "Go on from this checkpoint's folder");
                return [options](const Context& context) -> Result<int> {
                    options->workspace = context.workspace;
                    LYCEUM_ASSIGN(const auto outcome, train::run_training(*options));
                    print_json(outcome.summary);
                    return outcome.exit_status;
                };
            }};
}

} // namespace lyceum::engine

// A stand-in for lyceum-engine in the tests of jobs: it takes the same arguments and writes the
// same kinds of rows into the store, without a model. What it does beyond that is said by
// data.train's file name: "finish" ends after 5 steps, "wait" goes on until a Stop command, "die"
// leaves at once.

#include "core/base/atomic_file.h"
#include "core/base/process.h"
#include "core/config/run_config.h"
#include "core/models/model_package.h"
#include "core/store/run_store.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>

namespace {

using namespace lyceum;

struct Arguments {
    std::filesystem::path run;
    std::filesystem::path workspace;
    std::filesystem::path resume;
};

Arguments parse(int count, char** values)
{
    Arguments arguments;
    for (int i = 2; i + 1 < count; i += 2) {
        const std::string name = values[i];
        if (name == "--run")
            arguments.run = values[i + 1];
        else if (name == "--workspace")
            arguments.workspace = values[i + 1];
        else if (name == "--resume")
            arguments.resume = values[i + 1];
    }
    return arguments;
}

void save_checkpoint(const std::filesystem::path& run, std::int64_t step)
{
    const auto name = "step-00000" + std::to_string(step);
    const auto folder = run / "checkpoints" / name;
    std::filesystem::create_directories(folder);
    (void)write_file_atomically(folder / "adapter_model.safetensors", "weights");
    models::CheckpointManifest manifest;
    manifest.run = run.filename().string();
    manifest.step = step;
    manifest.base_model = "smollm2-135m-instruct";
    manifest.method = "lora";
    manifest.lora_rank = 16;
    manifest.lora_alpha = 32;
    manifest.lora_targets = {"q_proj"};
    manifest.files = {{"adapter_model.safetensors", 7, std::string(64, '0')}};
    (void)write_file_atomically(folder / "checkpoint.json", models::to_json(manifest));
    (void)models::write_checkpoint_index(run, {.best = name, .last = name});
}

bool is_stop_asked(store::RunStore& store, store::RunId id)
{
    bool is_asked = false;
    const auto commands = store.take_commands(id);
    if (!commands)
        return false;
    for (const auto& command : commands.value()) {
        is_asked = is_asked || command.kind == store::CommandKind::Stop;
        (void)store.finish_command(command.id, "Done by the stand-in.");
    }
    return is_asked;
}

int train(const Arguments& arguments)
{
    const auto text = read_file(arguments.run / "run.yaml");
    const auto opened = store::RunStore::open(arguments.workspace);
    if (!text || !opened)
        return 1;
    auto& store = *opened.value();
    const auto config = config::parse_yaml(text.value());
    const auto run = store.find_run(config.config.name);
    if (!config.problems.empty() || !run)
        return 2;
    const auto id = run.value().id;
    (void)store.mark_started(id, this_process(), host_name());
    (void)store.set_status(id, store::RunStatus::Running);
    if (!arguments.resume.empty())
        (void)store.add_event(id, {.kind = "resumed", .text = arguments.resume.string()});
    const auto& data = config.config.data.train;
    if (data.find("die") != std::string::npos)
        std::_Exit(9);
    const bool waits = data.find("wait") != std::string::npos;
    const std::int64_t first = arguments.resume.empty() ? 1 : 3;
    for (std::int64_t step = first; waits || step <= 5; ++step) {
        (void)store.record(id, {.step = step, .total_steps = 5}, {{step, "train_loss", 1.0, 0}});
        if (step == 2)
            save_checkpoint(arguments.run, step);
        if (is_stop_asked(store, id)) {
            (void)store.set_status(id, store::RunStatus::Stopped, "Stopped as asked.");
            return 0;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    (void)store.set_status(id, store::RunStatus::Finished);
    return 0;
}

} // namespace

int main(int argument_count, char** arguments)
{
    if (argument_count == 2 && std::strcmp(arguments[1], "--version") == 0) {
        std::puts("lyceum-engine stand-in for tests");
        return 0;
    }
    std::fprintf(stderr, "rank %s of %s\n", std::getenv("RANK"), std::getenv("WORLD_SIZE"));
    return train(parse(argument_count, arguments));
}

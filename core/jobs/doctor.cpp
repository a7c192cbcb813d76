#include "core/base/paths.h"
#include "core/base/process.h"
#include "core/base/text.h"
#include "core/jobs/jobs.h"
#include "core/jobs/machine.h"
#include "core/models/model_package.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace lyceum::jobs {

namespace {

constexpr std::uint64_t kGibibyte = std::uint64_t{1} << 30;
constexpr std::uint64_t kLittleMemory = 3 * kGibibyte; // the starter project fits in it
constexpr std::uint64_t kLittleDisk = 4 * kGibibyte;   // a few full checkpoints of a small model
constexpr std::uint64_t kNoDisk = kGibibyte / 4;
constexpr std::chrono::seconds kEngineTimeout(60);

std::string first_line(const std::string& text)
{
    return text.substr(0, text.find('\n'));
}

std::string plural(int count, const std::string& noun)
{
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

DoctorCheck check_processor(const Machine& machine)
{
    return {"processor", "ok", plural(machine.num_cores, "core"),
            (machine.processor.empty() ? "Processor of unknown name" : machine.processor) + "."};
}

DoctorCheck check_memory(const Machine& machine)
{
    DoctorCheck check{"memory", "ok", format_bytes(machine.memory_bytes) + " memory",
                      format_bytes(machine.available_bytes) + " are free now."};
    if (machine.is_limited)
        check.detail += " A container limits what this program may use.";
    if (machine.available_bytes < kLittleMemory) {
        check.status = "note";
        check.detail += " Close other programs before training, or keep the batch size small.";
    }
    return check;
}

DoctorCheck check_disk(const std::filesystem::path& workspace)
{
    const auto free_bytes = free_disk_bytes(workspace);
    if (!free_bytes)
        return {"disk", "fault", "Free disk space cannot be told",
                free_bytes.error().message + " " + free_bytes.error().hint};
    DoctorCheck check{"disk", "ok", format_bytes(free_bytes.value()) + " free on disk",
                      "Runs and checkpoints go to " + workspace.string() + "."};
    if (free_bytes.value() < kLittleDisk) {
        check.status = free_bytes.value() < kNoDisk ? "fault" : "note";
        check.detail += " Free some space, or choose a workspace on another disk.";
    }
    return check;
}

DoctorCheck check_workspace(const std::filesystem::path& workspace)
{
    const auto writable = ensure_writable_dir(workspace);
    if (!writable)
        return {"workspace", "fault", "The workspace cannot be written",
                writable.error().message + " " + writable.error().hint};
    return {"workspace", "ok", "Workspace ready", workspace.string() + " can be written."};
}

DoctorCheck check_engine()
{
    const auto program = program_path("lyceum-engine");
    SpawnOptions options;
    options.arguments = {program.string(), "--version"};
    const auto output = run_captured(options, kEngineTimeout);
    if (!output)
        return {"engine", "fault", "The training engine does not start",
                output.error().message + " Build it, or set LYCEUM_BIN to its folder."};
    if (output.value().exit_status != 0)
        return {"engine", "fault", "The training engine does not start",
                program.string() + " ended with status " +
                    std::to_string(output.value().exit_status) + ": " +
                    first_line(output.value().standard_error) + " Run packaging/setup.sh again."};
    return {"engine", "ok", "Training engine ready",
            first_line(output.value().standard_output) + "."};
}

DoctorCheck check_models(const std::filesystem::path& workspace)
{
    const auto models = models::list_models(workspace);
    if (!models)
        return {"model", "fault", "The list of models cannot be read",
                models.error().message + " " + models.error().hint};
    const auto is_present = [](const models::ModelSummary& model) { return model.present; };
    const auto present = std::ranges::find_if(models.value(), is_present);
    if (present == models.value().end())
        return {"model", "fault", "No base model on this computer",
                "Run packaging/setup.sh: it installs a small one; or put a .gguf file in " +
                    (workspace / "models").string() + "."};
    const auto count = static_cast<int>(std::ranges::count_if(models.value(), is_present));
    const auto name = present->title.empty() ? present->name : present->title;
    return {"model", "ok", count == 1 ? name : plural(count, "base model"),
            name + " is ready: " + format_bytes(present->size_bytes) + ", " +
                present->licence.name + "."};
}

DoctorCheck check_gpu()
{
    const auto gpus = nvidia_gpus();
    if (gpus.empty())
        return {"gpu", "note", "No GPU found", "Small models train on the processor."};
    return {"gpu", "note", join(gpus, ", "),
            "This version does not use it yet: it trains on the processor."};
}

} // namespace

std::vector<DoctorCheck> run_doctor(const std::filesystem::path& workspace)
{
    const auto machine = this_machine();
    return {check_processor(machine),
            check_memory(machine),
            check_disk(workspace),
            check_workspace(workspace),
            check_engine(),
            check_models(workspace),
            check_gpu()};
}

} // namespace lyceum::jobs

#include "core/jobs/run_inputs.h"

#include "core/base/paths.h"
#include "core/base/text.h"
#include "core/data/dataset.h"
#include "core/jobs/machine.h"
#include "core/models/family.h"
#include "core/models/new_model.h"

#include <algorithm>
#include <array>
#include <bit>
#include <system_error>

namespace lyceum::jobs {

namespace {

constexpr std::uint64_t kRecordsBytes = std::uint64_t{64} << 20; // store, log, environment
constexpr double kBytesPerWeight = 4.0;

void make_absolute(std::string& reference)
{
    std::error_code status;
    if (std::filesystem::exists(reference, status) && reference.find('/') != std::string::npos)
        reference = std::filesystem::absolute(reference, status).lexically_normal().string();
}

bool names_data(const std::string& validation)
{
    return validation != "auto" && validation != "none" && !validation.ends_with('%');
}

} // namespace

Result<RunInputs> find_inputs(config::RunConfig& config, const std::filesystem::path& workspace)
{
    RunInputs inputs;
    LYCEUM_ASSIGN(inputs.train_file, data::resolve_split(config.data.train, "train", workspace));
    if (config.data.train == inputs.train_file) // a file next to us, named without a folder
        config.data.train = std::filesystem::absolute(inputs.train_file).string();
    make_absolute(config.data.train);
    if (names_data(config.data.validation)) {
        LYCEUM_ASSIGN(inputs.validation_file,
                      data::resolve_split(config.data.validation, "validation", workspace));
        if (config.data.validation == *inputs.validation_file)
            config.data.validation = std::filesystem::absolute(*inputs.validation_file).string();
        make_absolute(config.data.validation);
    }
    make_absolute(config.model.base);
    make_absolute(config.model.tokenizer.source);
    LYCEUM_ASSIGN(inputs.model, models::open_or_plan_model(config.model, workspace));
    if (inputs.model.tensors == nullptr)
        LYCEUM_TRY(check_memory(inputs.model, this_machine().memory_bytes));
    return inputs;
}

Result<void> check_memory(const models::ModelPackage& model, std::uint64_t memory_bytes)
{
    constexpr std::uint64_t kBytesPerNumber = 16; // weight, gradient, two moments, float32
    const auto needed = static_cast<std::uint64_t>(model.num_parameters) * kBytesPerNumber;
    if (memory_bytes == 0 || needed <= memory_bytes)
        return {};
    return Error{ErrorCode::OutOfMemory,
                 "The new model (" + model.name + ") needs at least " + format_bytes(needed) +
                     " of memory to train; this machine has " + format_bytes(memory_bytes) + ".",
                 "Choose smaller sizes in model.config."};
}

std::uint64_t checkpoint_bytes(const config::RunConfig& config, const models::ModelPackage& model)
{
    const auto& lora = config.model.lora;
    const auto trained = config.model.method == config::Method::Full
                             ? model.num_parameters
                             : models::count_lora_parameters(model.architecture, lora.rank,
                                                             lora.targets, lora.use_dora);
    const double bytes = kBytesPerWeight + config::state_bytes_per_parameter(config.optimizer);
    return static_cast<std::uint64_t>(static_cast<double>(trained) * bytes);
}

std::uint64_t needed_disk_bytes(const config::RunConfig& config, const models::ModelPackage& model)
{
    const auto kept =
        std::max(config.checkpoint.save_top_k, 0) + (config.checkpoint.save_last ? 1 : 0) + 1;
    constexpr std::uint64_t kMostLogSpaced = 20; // of a million steps
    auto num_checkpoints = static_cast<std::uint64_t>(kept);
    if (config.checkpoint.log_spaced) // pinned, whatever save_top_k says
        num_checkpoints += config.trainer.max_steps > 0
                               ? static_cast<std::uint64_t>(std::bit_width(
                                     static_cast<std::uint64_t>(config.trainer.max_steps)))
                               : kMostLogSpaced;
    auto each = checkpoint_bytes(config, model);
    if (config.callbacks.weight_averaging) // the average, beside weights and two moments
        each += each / 3;
    return each * num_checkpoints + kRecordsBytes;
}

Result<void> check_disk(const std::filesystem::path& folder, std::uint64_t needed_bytes)
{
    LYCEUM_ASSIGN(const auto free_bytes, free_disk_bytes(folder));
    if (free_bytes >= needed_bytes)
        return {};
    return Error{ErrorCode::DiskFull,
                 "This run writes up to " + format_bytes(needed_bytes) + "; the disk of " +
                     folder.string() + " has " + format_bytes(free_bytes) + " free.",
                 "Free some space, keep fewer checkpoints (checkpoint.save_top_k), or choose "
                 "another workspace."};
}

} // namespace lyceum::jobs

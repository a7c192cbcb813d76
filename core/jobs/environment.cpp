#include "core/jobs/environment.h"

#include "core/base/process.h"
#include "core/base/sha256.h"
#include "core/formats/json.h"
#include "core/jobs/machine.h"

#include <lyceum_revision.h>
#include <sys/utsname.h>

#include <chrono>
#include <filesystem>
#include <system_error>

namespace lyceum::jobs {

namespace {

constexpr std::uint64_t kHashedUpTo = std::uint64_t{256} << 20;

/// What of a model's folder changes its numbers: weights, tokenizer, configuration.
Result<formats::Json> describe_folder(const std::filesystem::path& path, formats::Json folder)
{
    folder["files"] = formats::Json::object();
    std::error_code status;
    for (std::filesystem::directory_iterator entry(path, status), end; !status && entry != end;
         entry.increment(status)) {
        const auto extension = entry->path().extension();
        const bool counts = extension == ".json" || extension == ".txt" || extension == ".model" ||
                            extension == ".safetensors" || extension == ".bin" ||
                            extension == ".jinja";
        std::error_code ignored;
        if (!counts || !entry->is_regular_file(ignored))
            continue;
        const std::uint64_t size = entry->file_size(ignored);
        formats::Json file = {{"size_bytes", size}};
        if (size <= kHashedUpTo) {
            LYCEUM_ASSIGN(file["sha256"], sha256_file(entry->path()));
        }
        folder["files"][entry->path().filename().string()] = std::move(file);
    }
    return folder;
}

Result<formats::Json> describe_file(const std::filesystem::path& path)
{
    std::error_code status;
    const auto size = std::filesystem::file_size(path, status);
    formats::Json file = {{"path", path.string()}};
    if (std::filesystem::is_directory(path, status))
        return describe_folder(path, std::move(file));
    if (status)
        return file;
    file["size_bytes"] = size;
    if (size <= kHashedUpTo) {
        LYCEUM_ASSIGN(file["sha256"], sha256_file(path));
    }
    return file;
}

formats::Json describe_machine()
{
    const auto machine = this_machine();
    utsname system = {};
    (void)uname(&system);
    return {{"host", host_name()},
            {"system", std::string(system.sysname) + " " + system.release},
            {"architecture", system.machine},
            {"processor", machine.processor},
            {"cores", machine.num_cores},
            {"memory_bytes", machine.memory_bytes}};
}

} // namespace

Result<std::string> describe_environment(const config::RunConfig& config, const RunInputs& inputs)
{
    LYCEUM_ASSIGN(auto train, describe_file(inputs.train_file));
    formats::Json model = {{"family", inputs.model.architecture.family}};
    if (inputs.model.tensors != nullptr) {
        LYCEUM_ASSIGN(model, describe_file(inputs.model.path));
    }
    model["name"] = inputs.model.name;
    model["parameters"] = inputs.model.num_parameters;
    model["licence"] = inputs.model.licence.name;
    formats::Json data = {{"train", std::move(train)}};
    if (inputs.validation_file) {
        LYCEUM_ASSIGN(data["validation"], describe_file(*inputs.validation_file));
    }
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const formats::Json environment = {
        {"program",
         {{"name", "lyceum"}, {"version", LYCEUM_VERSION}, {"revision", LYCEUM_REVISION}}},
        {"machine", describe_machine()},
        {"data", std::move(data)},
        {"model", std::move(model)},
        {"seed", config.seed},
        {"created_at", std::chrono::duration<double>(now).count()}};
    return formats::dump_json(environment, 2) + "\n";
}

} // namespace lyceum::jobs

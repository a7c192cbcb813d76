#include "core/train/environment.h"

#include "core/base/atomic_file.h"
#include "core/base/process.h"
#include "core/base/sha256.h"
#include "core/formats/json.h"
#include "core/runtime/resources.h"

#include <sys/utsname.h>

#include <fstream>

namespace lyceum::train {

namespace {

std::string processor_name()
{
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("model name"))
            if (const auto colon = line.find(": "); colon != std::string::npos)
                return line.substr(colon + 2);
    return {};
}

std::string kernel_name()
{
    struct utsname name = {};
    if (::uname(&name) != 0)
        return {};
    return std::string(name.sysname) + " " + name.release + " " + name.machine;
}

nlohmann::json hash_of(const std::filesystem::path& file)
{
    if (!std::filesystem::is_regular_file(file))
        return nullptr;
    const auto hash = sha256_file(file);
    return hash ? nlohmann::json(hash.value()) : nlohmann::json(nullptr);
}

} // namespace

Result<void> write_environment(const std::filesystem::path& run_folder,
                               const config::RunConfig& config, const Environment& environment)
{
    const auto path = run_folder / "environment.json";
    nlohmann::json json = nlohmann::json::object();
    if (auto begun = formats::read_json_file(path); begun && begun.value().is_object())
        json = std::move(begun).value();
    json["engine"] = {{"libtorch", environment.libtorch},
                      {"compiler", __VERSION__},
                      {"num_threads", environment.num_threads},
                      {"deterministic", config.trainer.deterministic},
                      {"model_dtype", environment.model_dtype},
                      {"train_sha256", environment.train_sha256},
                      {"validation_sha256", environment.validation_sha256}};
    // The launcher has described machine and model; without one, it is done here.
    if (!json.contains("machine"))
        json["machine"] = {{"host", host_name()},
                           {"system", kernel_name()},
                           {"processor", processor_name()},
                           {"cores", runtime::usable_cores()},
                           {"memory_bytes", runtime::host_memory().total_bytes}};
    if (!json.contains("model"))
        json["model"] = {{"name", config.model.base},
                         {"file", environment.model_file.string()},
                         {"sha256", hash_of(environment.model_file)}};
    if (!json.contains("seed"))
        json["seed"] = config.seed;
    return write_file_atomically(path, formats::dump_json(json, 1) + "\n");
}

} // namespace lyceum::train

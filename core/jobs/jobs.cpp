#include "core/jobs/jobs.h"

#include "core/base/atomic_file.h"
#include "core/base/paths.h"
#include "core/base/process.h"
#include "core/jobs/checkpoints.h"
#include "core/jobs/commands.h"
#include "core/jobs/environment.h"
#include "core/jobs/run_inputs.h"
#include "core/models/model_package.h"
#include "core/models/new_model.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace lyceum::jobs {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRemovedPrefix = ".removed-";

Error file_error(const std::string& what, const fs::path& path, const std::error_code& reason)
{
    const bool is_full = reason == std::errc::no_space_on_device;
    return {is_full ? ErrorCode::DiskFull : ErrorCode::Io,
            what + " " + path.string() + ": " + reason.message() + ".",
            is_full ? "Free some space, or choose another workspace." : ""};
}

Error name_taken(const std::string& name, const std::string& free_name)
{
    return {ErrorCode::AlreadyExists, "A run named " + name + " exists already.",
            "Choose another name (" + free_name +
                " is free), or continue that one: lyceum runs resume " + name};
}

Error is_active_error(const store::RunRow& run, const std::string& repair)
{
    return {ErrorCode::InvalidConfig,
            "The run " + run.name + " is still " + std::string(to_string(run.status)) + ".",
            repair};
}

void remove_quietly(const fs::path& folder)
{
    std::error_code ignored;
    fs::remove_all(folder, ignored);
}

Result<void> fill_folder(const fs::path& folder, const config::RunConfig& config,
                         const std::string& environment)
{
    std::error_code status;
    for (const auto* part : {"checkpoints", "logs"}) {
        if (!fs::create_directory(folder / part, status))
            return file_error("Cannot make the folder", folder / part, status);
    }
    LYCEUM_TRY(write_file_atomically(folder / "run.yaml", config::to_yaml(config)));
    LYCEUM_TRY(write_file_atomically(folder / "environment.json", environment));
    return sync_folder(folder);
}

} // namespace

Jobs::Jobs(fs::path workspace, std::unique_ptr<store::RunStore> store, std::string author)
    : workspace_(std::move(workspace))
    , store_(std::move(store))
    , author_(std::move(author))
    , launcher_(cluster::make_local_launcher())
{
}

Result<std::unique_ptr<Jobs>> Jobs::open(const fs::path& workspace, std::string_view front_end)
{
    std::error_code status;
    auto folder = fs::absolute(workspace, status).lexically_normal();
    if (!folder.has_filename())
        folder = folder.parent_path();
    LYCEUM_ASSIGN(auto store, store::RunStore::open(folder));
    auto author = user_name() + "@" + host_name() + " (" + std::string(front_end) + ")";
    return std::unique_ptr<Jobs>(new Jobs(std::move(folder), std::move(store), std::move(author)));
}

Result<store::RunRow> Jobs::start(config::RunConfig config)
{
    auto problems = config::validate(config);
    std::ranges::move(models::check_new_model(config.model), std::back_inserter(problems));
    if (!problems.empty())
        return config::to_error(problems, "");
    const bool has_name = !config.name.empty();
    config = config::resolved(std::move(config));
    if (!has_name) {
        LYCEUM_ASSIGN(config.name, free_name(config.name));
    }
    LYCEUM_ASSIGN(const bool taken, is_taken(config.name));
    if (taken) {
        LYCEUM_ASSIGN(const auto other, free_name(config.name));
        return name_taken(config.name, other);
    }
    LYCEUM_ASSIGN(const auto inputs, find_inputs(config, workspace_));
    LYCEUM_TRY(check_disk(workspace_, needed_disk_bytes(config, inputs.model)));
    LYCEUM_ASSIGN(const auto environment, describe_environment(config, inputs));

    const auto folder = models::run_dir(workspace_, config.name);
    std::error_code status;
    fs::create_directories(folder.parent_path(), status);
    if (!status && !fs::create_directory(folder, status) && !status) { // mkdir decides who wins
        LYCEUM_ASSIGN(const auto other, free_name(config.name));
        return name_taken(config.name, other);
    }
    if (status)
        return file_error("Cannot make the folder", folder, status);
    if (auto filled = fill_folder(folder, config, environment); !filled) {
        remove_quietly(folder);
        return filled.error();
    }
    return create(config, folder, inputs.model.name);
}

Result<store::RunRow> Jobs::create(const config::RunConfig& config, const fs::path& folder,
                                   const std::string& model_name)
{
    store::RunRow row;
    row.name = config.name;
    row.folder = folder;
    row.base_model = model_name;
    row.dataset = config.data.train;
    row.method = to_string(config.model.method);
    row.strategy = config.trainer.strategy;
    row.host = host_name();
    row.process = this_process(); // until the engine has one of its own
    const auto id = store_->create_run(row);
    if (!id) {
        remove_quietly(folder);
        return id.error();
    }
    row.id = id.value();
    if (const auto launched = launch(row, std::nullopt); !launched) {
        remove_quietly(folder);
        LYCEUM_TRY(store_->delete_run(row.id));
        return launched.error();
    }
    return store_->run(row.id);
}

Result<void> Jobs::launch(const store::RunRow& run, const std::optional<fs::path>& checkpoint)
{
    cluster::LaunchRequest request;
    request.program = program_path("lyceum-engine");
    request.arguments = {"train", "--run", run.folder.string(), "--workspace", workspace_.string()};
    if (checkpoint) {
        request.arguments.emplace_back("--resume");
        request.arguments.push_back(checkpoint->string());
    }
    request.log_folder = run.folder / "logs";
    LYCEUM_ASSIGN(const auto launched, launcher_->launch(request));
    return store_->mark_launched(run.id, launched.process, launched.host);
}

Result<store::RunRow> Jobs::resume(std::string_view name, std::optional<std::int64_t> step)
{
    LYCEUM_ASSIGN(const auto run, store_->find_run(name));
    if (is_active(run.status))
        return is_active_error(run, "Stop it first: lyceum runs stop " + run.name);
    std::error_code status;
    if (!fs::exists(run.folder / "run.yaml", status))
        return Error{ErrorCode::NotFound,
                     "The run " + run.name + " has lost its folder: " + run.folder.string() + ".",
                     "Bring the folder back, or delete the run: lyceum runs delete " + run.name};
    LYCEUM_ASSIGN(const auto point, find_resume_point(run.folder, step));
    LYCEUM_TRY(store_->claim(run.id, this_process(), host_name()));
    if (!point.warning.empty())
        LYCEUM_TRY(store_->add_event(
            run.id,
            {.id = 0, .step = point.step, .time = 0, .kind = "warning", .text = point.warning}));
    if (!point.folder) {
        LYCEUM_TRY(store_->rewind_to(run.id, 0));
        LYCEUM_TRY(
            store_->add_event(run.id, {.id = 0,
                                       .step = 0,
                                       .time = 0,
                                       .kind = "resumed",
                                       .text = "No checkpoint was saved: it starts from step 0."}));
    }
    if (const auto launched = launch(run, point.folder); !launched) {
        const auto& error = launched.error();
        LYCEUM_TRY(store_->set_status(run.id, store::RunStatus::Failed, error.message, error.hint));
        return error;
    }
    return store_->run(run.id);
}

Result<std::int64_t> Jobs::ask(std::string_view name, store::CommandKind kind,
                               std::optional<double> argument)
{
    LYCEUM_ASSIGN(const auto run, store_->find_run(name));
    if (!is_active(run.status))
        return Error{ErrorCode::InvalidConfig,
                     "The run " + run.name + " does not go on: it is " +
                         std::string(to_string(run.status)) + ".",
                     "To go on with it: lyceum runs resume " + run.name};
    LYCEUM_TRY(check_command(run, kind, argument));
    return store_->ask(run.id, kind, {.argument = argument, .author = author_});
}

Result<void> Jobs::remove(std::string_view name)
{
    LYCEUM_ASSIGN(const auto run, store_->find_run(name));
    if (is_active(run.status))
        return is_active_error(run, "Stop it first: lyceum runs stop " + run.name);
    // Out of sight in one step, so that an end in the middle leaves no half of a run.
    const auto folder = models::run_dir(workspace_, run.name);
    const auto removed = folder.parent_path() / (std::string(kRemovedPrefix) + run.name);
    std::error_code status;
    remove_quietly(removed);
    fs::rename(folder, removed, status);
    if (status && status != std::errc::no_such_file_or_directory)
        return file_error("Cannot remove", folder, status);
    LYCEUM_TRY(store_->delete_run(run.id));
    fs::remove_all(removed, status);
    if (status && status != std::errc::no_such_file_or_directory)
        return file_error("Cannot remove all of", removed, status);
    return {};
}

Result<std::string> Jobs::read_log(const store::RunRow& run, std::uint64_t offset,
                                   std::size_t limit) const
{
    std::ifstream file(run.folder / "logs" / "rank-0.log", std::ios::binary | std::ios::ate);
    if (!file)
        return std::string();
    const auto size = static_cast<std::uint64_t>(file.tellg());
    if (offset >= size)
        return std::string();
    std::string text(std::min<std::uint64_t>(size - offset, limit), '\0');
    file.seekg(static_cast<std::streamoff>(offset));
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

Result<bool> Jobs::is_taken(const std::string& name)
{
    std::error_code status;
    if (fs::exists(models::run_dir(workspace_, name), status))
        return true;
    const auto run = store_->find_run(name);
    if (!run && run.error().code != ErrorCode::NotFound)
        return run.error();
    return static_cast<bool>(run);
}

Result<std::string> Jobs::free_name(std::string_view wish)
{
    const auto base = config::to_run_name(wish);
    auto name = base;
    for (int number = 2;; ++number) {
        LYCEUM_ASSIGN(const bool taken, is_taken(name));
        if (!taken)
            return name;
        name = base + "-" + std::to_string(number);
    }
}

} // namespace lyceum::jobs

#include "core/store/run_store.h"

#include "core/base/check.h"
#include "core/base/paths.h"
#include "core/base/text.h"
#include "core/store/run_store_impl.h"
#include "core/store/schema.h"

#include <array>
#include <chrono>
#include <limits>
#include <utility>

namespace lyceum::store {

namespace {

constexpr double kHeartbeatLimitSeconds = 60.0; // for a run on another host

constexpr std::array<std::string_view, 9> kStatusNames = {
    "queued", "starting", "running", "stopping", "finished", "stopped", "failed", "lost", "paused"};
constexpr std::array<std::string_view, 7> kCommandNames = {
    "stop", "checkpoint", "evaluate", "pause", "continue", "set-lr", "set-max-steps"};
constexpr std::array<std::string_view, 6> kPhaseNames = {"idle",       "loading",  "training",
                                                         "validating", "sampling", "saving"};

constexpr const char* kSelectRuns =
    "SELECT id, name, status, phase, folder, base_model, dataset, method, created_at, started_at,"
    " ended_at, heartbeat_at, step, total_steps, epoch, host, pid, start_ticks, message, hint,"
    " summary_json, strategy, world_size, paused_at, continued_at, paused_seconds"
    " FROM runs ORDER BY id DESC";
constexpr const char* kSelectRun =
    "SELECT id, name, status, phase, folder, base_model, dataset, method, created_at, started_at,"
    " ended_at, heartbeat_at, step, total_steps, epoch, host, pid, start_ticks, message, hint,"
    " summary_json, strategy, world_size, paused_at, continued_at, paused_seconds"
    " FROM runs WHERE id = ?";

bool is_lost(const RunRow& run, std::string_view this_host)
{
    if (!is_active(run.status) || run.process.pid == 0)
        return false;
    if (run.host == this_host)
        return !is_alive(run.process);
    return now_seconds() - run.heartbeat_at > kHeartbeatLimitSeconds;
}

Error no_such_run(std::string_view what)
{
    return {ErrorCode::NotFound, "There is no run " + std::string(what) + " in this workspace.",
            "`lyceum runs list` names the runs."};
}

} // namespace

std::string_view to_string(RunStatus status)
{
    return kStatusNames.at(static_cast<std::size_t>(status));
}

std::string_view to_string(CommandKind kind)
{
    return kCommandNames.at(static_cast<std::size_t>(kind));
}

std::string_view to_string(Phase phase)
{
    return kPhaseNames.at(static_cast<std::size_t>(phase));
}

bool is_active(RunStatus status)
{
    return status == RunStatus::Queued || status == RunStatus::Starting ||
           status == RunStatus::Running || status == RunStatus::Paused ||
           status == RunStatus::Stopping;
}

double now_seconds()
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count();
}

Result<void> check_run_exists(const Database& database, RunId run)
{
    if (database.num_changes() == 0)
        return no_such_run("number " + std::to_string(run));
    return {};
}

Result<void> RunStore::Impl::commit(Transaction& transaction)
{
    LYCEUM_TRY(transaction.commit());
    ++num_changes_seen;
    return {};
}

std::string RunStore::Impl::stored_path(const std::filesystem::path& path) const
{
    const auto relative = path.lexically_relative(workspace);
    const bool is_inside = !relative.empty() && *relative.begin() != "..";
    return is_inside ? relative.string() : path.string();
}

std::filesystem::path RunStore::Impl::full_path(const std::string& stored) const
{
    return stored.empty() ? std::filesystem::path()
                          : workspace / stored; // an absolute one replaces
}

RunStore::RunStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

RunStore::~RunStore() = default;

Result<std::unique_ptr<RunStore>> RunStore::open(const std::filesystem::path& workspace)
{
    const auto folder = std::filesystem::absolute(workspace).lexically_normal();
    LYCEUM_TRY(ensure_writable_dir(folder));
    auto impl = std::make_unique<Impl>();
    LYCEUM_ASSIGN(impl->database, Database::open(folder / "lyceum.sqlite"));
    LYCEUM_TRY(check_is_store(*impl->database));
    LYCEUM_TRY(impl->database->set_journal());
    LYCEUM_TRY(migrate(*impl->database));
    impl->workspace = folder;
    impl->host = host_name();
    return std::unique_ptr<RunStore>(new RunStore(std::move(impl)));
}

Result<RunRow> RunStore::Impl::read_run(const Statement& row)
{
    RunRow run;
    run.id = row.integer(0);
    run.name = row.text(1);
    run.status = static_cast<RunStatus>(row.integer(2));
    run.phase = static_cast<Phase>(row.integer(3));
    run.folder = full_path(row.text(4));
    run.base_model = row.text(5);
    run.dataset = row.text(6);
    run.method = row.text(7);
    run.created_at = row.real(8);
    run.started_at = row.real(9);
    run.ended_at = row.real(10);
    run.heartbeat_at = row.real(11);
    run.step = row.integer(12);
    run.total_steps = row.integer(13);
    run.epoch = row.real(14);
    run.host = row.text(15);
    run.process = {static_cast<pid_t>(row.integer(16)),
                   static_cast<std::uint64_t>(row.integer(17))};
    run.message = row.text(18);
    run.hint = row.text(19);
    run.summary_json = row.text(20);
    run.strategy = row.text(21);
    run.world_size = static_cast<int>(row.integer(22));
    run.paused_at = row.real(23);
    run.continued_at = row.real(24);
    run.paused_seconds = row.real(25);
    LYCEUM_TRY(add_best(run));
    if (is_lost(run, host)) {
        run.status = RunStatus::Lost;
        run.phase = Phase::Idle;
        run.ended_at = run.heartbeat_at;
        run.paused_at = 0;
        run.message = "Its process is gone without a word (ended from outside, out of memory, or "
                      "the machine was switched off).";
        run.hint = "Resume it: training goes on from the last checkpoint.";
    }
    return run;
}

Result<void> RunStore::Impl::add_best(RunRow& run)
{
    LYCEUM_ASSIGN(auto select,
                  database->prepare("SELECT value, step FROM metrics WHERE run = ?"
                                    " AND name = (SELECT id FROM metric_names"
                                    "             WHERE name = 'val_loss')"
                                    " AND value IS NOT NULL ORDER BY value, step LIMIT 1"));
    LYCEUM_ASSIGN(const bool has_row, select.bind(run.id).step());
    if (has_row) {
        run.best_val_loss = select.real(0);
        run.best_step = select.integer(1);
    }
    return {};
}

Result<RunId> RunStore::create_run(const RunRow& row)
{
    auto& database = *impl_->database;
    LYCEUM_ASSIGN(auto transaction, Transaction::begin(database, Durability::Durable));
    {
        LYCEUM_ASSIGN(auto taken, database.prepare("SELECT 1 FROM runs WHERE name = ?"));
        LYCEUM_ASSIGN(const bool is_taken, taken.bind(std::string_view(row.name)).step());
        if (is_taken)
            return Error{ErrorCode::AlreadyExists, "A run named " + row.name + " exists already.",
                         "Choose another name, or continue that one: lyceum runs resume " +
                             row.name};
    }
    const double now = now_seconds();
    LYCEUM_ASSIGN(auto insert,
                  database.prepare("INSERT INTO runs(name, status, phase, folder, base_model,"
                                   " dataset, method, created_at, heartbeat_at, total_steps, host,"
                                   " pid, start_ticks, strategy, world_size)"
                                   " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    insert.bind(std::string_view(row.name));
    insert.bind(static_cast<std::int64_t>(row.status)).bind(static_cast<std::int64_t>(row.phase));
    insert.bind(std::string_view(impl_->stored_path(row.folder)));
    insert.bind(std::string_view(row.base_model)).bind(std::string_view(row.dataset));
    insert.bind(std::string_view(row.method));
    insert.bind(row.created_at == 0 ? now : row.created_at).bind(now).bind(row.total_steps);
    insert.bind(std::string_view(row.host)).bind(static_cast<std::int64_t>(row.process.pid));
    insert.bind(static_cast<std::int64_t>(row.process.start_ticks));
    insert.bind(std::string_view(row.strategy)).bind(static_cast<std::int64_t>(row.world_size));
    LYCEUM_TRY(insert.run());
    const auto id = database.last_insert_id();
    LYCEUM_TRY(impl_->commit(transaction));
    return id;
}

Result<std::vector<RunRow>> RunStore::runs()
{
    std::vector<RunRow> runs;
    LYCEUM_ASSIGN(auto select, impl_->database->prepare(kSelectRuns));
    for (;;) {
        LYCEUM_ASSIGN(const bool has_row, select.step());
        if (!has_row)
            return runs;
        LYCEUM_ASSIGN(auto run, impl_->read_run(select));
        runs.push_back(std::move(run));
    }
}

Result<RunRow> RunStore::run(RunId id)
{
    LYCEUM_ASSIGN(auto select, impl_->database->prepare(kSelectRun));
    LYCEUM_ASSIGN(const bool has_row, select.bind(id).step());
    if (!has_row)
        return no_such_run("number " + std::to_string(id));
    return impl_->read_run(select);
}

Result<RunRow> RunStore::find_run(std::string_view name)
{
    auto& database = *impl_->database;
    std::optional<RunId> id;
    {
        LYCEUM_ASSIGN(auto select, database.prepare("SELECT id FROM runs WHERE name = ?"));
        LYCEUM_ASSIGN(const bool has_row, select.bind(name).step());
        if (has_row)
            id = select.integer(0);
    }
    if (id)
        return run(*id);

    std::vector<std::string> names;
    LYCEUM_ASSIGN(auto select, database.prepare("SELECT name FROM runs ORDER BY id DESC"));
    for (;;) {
        LYCEUM_ASSIGN(const bool has_row, select.step());
        if (!has_row)
            break;
        names.push_back(select.text(0));
    }
    auto error = no_such_run(name);
    if (const auto near = nearest(name, names))
        error.hint = "Did you mean " + *near + "? " + error.hint;
    return error;
}

Result<void> RunStore::delete_run(RunId id)
{
    auto& database = *impl_->database;
    LYCEUM_ASSIGN(auto transaction, Transaction::begin(database, Durability::Durable));
    LYCEUM_ASSIGN(auto remove, database.prepare("DELETE FROM runs WHERE id = ?"));
    LYCEUM_TRY(remove.bind(id).run());
    LYCEUM_TRY(check_run_exists(database, id));
    return impl_->commit(transaction);
}

std::int64_t RunStore::change_counter()
{
    const auto version = impl_->database->query_integer("PRAGMA data_version");
    if (version && version.value() != impl_->data_version) {
        impl_->data_version = version.value();
        ++impl_->num_changes_seen;
    }
    return impl_->num_changes_seen;
}

} // namespace lyceum::store

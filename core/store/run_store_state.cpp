// RunStore: how a run's state changes, and the commands people give it.

#include "core/store/run_store.h"
#include "core/store/run_store_impl.h"

#include <utility>

namespace lyceum::store {

namespace {

constexpr auto kQueued = static_cast<std::int64_t>(RunStatus::Queued);
constexpr auto kStarting = static_cast<std::int64_t>(RunStatus::Starting);

/// Columns: id, kind, asked_at, done_at, result, argument, author.
Command read_command(const Statement& row)
{
    Command command;
    command.id = row.integer(0);
    command.kind = static_cast<CommandKind>(row.integer(1));
    command.asked_at = row.real(2);
    if (!row.is_null(3))
        command.done_at = row.real(3);
    command.result = row.text(4);
    if (!row.is_null(5))
        command.argument = row.real(5);
    command.author = row.text(6);
    return command;
}

} // namespace

Result<void> RunStore::claim(RunId id, const ProcessId& process, std::string_view host)
{
    auto& database = *impl_->database;
    LYCEUM_ASSIGN(auto transaction, Transaction::begin(database, Durability::Durable));
    LYCEUM_ASSIGN(const auto current, run(id));
    if (is_active(current.status))
        return Error{ErrorCode::InvalidConfig,
                     "The run " + current.name + " is still " +
                         std::string(to_string(current.status)) + ".",
                     "Stop it first: lyceum runs stop " + current.name};
    const double now = now_seconds();
    LYCEUM_ASSIGN(
        auto update,
        database.prepare("UPDATE runs SET status = ?, phase = 0, pid = ?, start_ticks = ?,"
                         " host = ?, heartbeat_at = ?, ended_at = 0, message = '',"
                         " hint = '', summary_json = '', paused_at = 0, continued_at = 0,"
                         " paused_seconds = 0 WHERE id = ?"));
    update.bind(kQueued).bind(static_cast<std::int64_t>(process.pid));
    update.bind(static_cast<std::int64_t>(process.start_ticks)).bind(host).bind(now).bind(id);
    LYCEUM_TRY(update.run());
    LYCEUM_ASSIGN(auto answer, database.prepare("UPDATE commands SET taken_at = ?, done_at = ?,"
                                                " result = 'The run had ended.'"
                                                " WHERE run = ? AND done_at IS NULL"));
    LYCEUM_TRY(answer.bind(now).bind(now).bind(id).run());
    return impl_->commit(transaction);
}

Result<void> RunStore::mark_launched(RunId id, const ProcessId& process, std::string_view host)
{
    auto& database = *impl_->database;
    LYCEUM_ASSIGN(auto transaction, Transaction::begin(database, Durability::Durable));
    LYCEUM_ASSIGN(
        auto update,
        database.prepare("UPDATE runs SET status = ?, phase = 1, pid = ?, start_ticks = ?,"
                         " host = ?, started_at = ?, heartbeat_at = ?"
                         " WHERE id = ? AND status = ?"));
    const double now = now_seconds();
    update.bind(kStarting).bind(static_cast<std::int64_t>(process.pid));
    update.bind(static_cast<std::int64_t>(process.start_ticks)).bind(host).bind(now).bind(now);
    LYCEUM_TRY(update.bind(id).bind(kQueued).run());
    return impl_->commit(transaction);
}

Result<void> RunStore::mark_started(RunId id, const ProcessId& process, std::string_view host)
{
    auto& database = *impl_->database;
    LYCEUM_ASSIGN(auto transaction, Transaction::begin(database, Durability::Durable));
    LYCEUM_ASSIGN(
        auto update,
        database.prepare("UPDATE runs SET status = ?, phase = 1, pid = ?, start_ticks = ?,"
                         " host = ?, started_at = ?, heartbeat_at = ?, ended_at = 0,"
                         " message = '', hint = '', paused_at = 0, continued_at = 0,"
                         " paused_seconds = 0 WHERE id = ?"));
    const double now = now_seconds();
    update.bind(kStarting).bind(static_cast<std::int64_t>(process.pid));
    update.bind(static_cast<std::int64_t>(process.start_ticks)).bind(host).bind(now).bind(now);
    LYCEUM_TRY(update.bind(id).run());
    LYCEUM_TRY(check_run_exists(database, id));
    return impl_->commit(transaction);
}

Result<void> RunStore::set_status(RunId id, RunStatus status, std::string_view message,
                                  std::string_view hint)
{
    auto& database = *impl_->database;
    const double now = now_seconds();
    LYCEUM_ASSIGN(auto transaction, Transaction::begin(database, Durability::Durable));
    LYCEUM_ASSIGN(
        auto update,
        database.prepare("UPDATE runs SET status = ?1, message = ?2, hint = ?3, heartbeat_at = ?4,"
                         " ended_at = iif(?5, 0, ?4), phase = iif(?5, phase, 0),"
                         " paused_seconds = paused_seconds +"
                         "   iif(paused_at > 0 AND NOT ?7, ?4 - paused_at, 0.0),"
                         " continued_at = iif(paused_at > 0 AND NOT ?7, ?4, continued_at),"
                         " paused_at = iif(?7, iif(paused_at > 0, paused_at, ?4), 0.0)"
                         " WHERE id = ?6"));
    update.bind(static_cast<std::int64_t>(status)).bind(message).bind(hint).bind(now);
    update.bind(std::int64_t{is_active(status)}).bind(id);
    LYCEUM_TRY(update.bind(std::int64_t{status == RunStatus::Paused}).run());
    LYCEUM_TRY(check_run_exists(database, id));
    return impl_->commit(transaction);
}

Result<void> RunStore::set_summary(RunId id, std::string_view summary_json,
                                   std::string_view strategy, int world_size)
{
    auto& database = *impl_->database;
    LYCEUM_ASSIGN(auto transaction, Transaction::begin(database, Durability::Durable));
    LYCEUM_ASSIGN(auto update, database.prepare("UPDATE runs SET summary_json = ?, strategy = ?,"
                                                " world_size = ? WHERE id = ?"));
    update.bind(summary_json).bind(strategy).bind(static_cast<std::int64_t>(world_size));
    LYCEUM_TRY(update.bind(id).run());
    LYCEUM_TRY(check_run_exists(database, id));
    return impl_->commit(transaction);
}

Result<std::int64_t> RunStore::ask(RunId id, CommandKind kind, const CommandDetails& details)
{
    auto& database = *impl_->database;
    LYCEUM_TRY(run(id)); // NotFound
    LYCEUM_ASSIGN(auto transaction, Transaction::begin(database, Durability::Ordered));
    LYCEUM_ASSIGN(auto insert,
                  database.prepare("INSERT INTO commands(run, kind, asked_at, argument, author)"
                                   " VALUES(?, ?, ?, ?, ?)"));
    insert.bind(id).bind(static_cast<std::int64_t>(kind)).bind(now_seconds());
    LYCEUM_TRY(insert.bind(details.argument).bind(std::string_view(details.author)).run());
    const auto command = database.last_insert_id();
    LYCEUM_TRY(impl_->commit(transaction));
    return command;
}

Result<Command> RunStore::command(std::int64_t id)
{
    LYCEUM_ASSIGN(auto select,
                  impl_->database->prepare("SELECT id, kind, asked_at, done_at, result, argument,"
                                           " author FROM commands WHERE id = ?"));
    LYCEUM_ASSIGN(const bool has_row, select.bind(id).step());
    if (!has_row)
        return Error{ErrorCode::NotFound, "There is no command " + std::to_string(id) + ".", ""};
    return read_command(select);
}

Result<std::vector<Command>> RunStore::take_commands(RunId id)
{
    auto& database = *impl_->database;
    std::vector<Command> commands;
    {
        LYCEUM_ASSIGN(auto select,
                      database.prepare("SELECT id, kind, asked_at, done_at, result, argument,"
                                       " author FROM commands WHERE run = ?"
                                       " AND taken_at IS NULL ORDER BY id"));
        select.bind(id);
        for (;;) {
            LYCEUM_ASSIGN(const bool has_row, select.step());
            if (!has_row)
                break;
            commands.push_back(read_command(select));
        }
    }
    if (commands.empty())
        return commands; // polled every step: no write lock for nothing
    LYCEUM_ASSIGN(auto transaction, Transaction::begin(database, Durability::Ordered));
    LYCEUM_ASSIGN(auto update, database.prepare("UPDATE commands SET taken_at = ? WHERE id = ?"));
    for (const auto& command : commands)
        LYCEUM_TRY(update.bind(now_seconds()).bind(command.id).run());
    LYCEUM_TRY(impl_->commit(transaction));
    return commands;
}

Result<void> RunStore::finish_command(std::int64_t command, std::string_view result)
{
    auto& database = *impl_->database;
    LYCEUM_ASSIGN(auto transaction, Transaction::begin(database, Durability::Ordered));
    LYCEUM_ASSIGN(auto update, database.prepare("UPDATE commands SET done_at = ?1, result = ?2,"
                                                " taken_at = ifnull(taken_at, ?1) WHERE id = ?3"));
    LYCEUM_TRY(update.bind(now_seconds()).bind(result).bind(command).run());
    return impl_->commit(transaction);
}

} // namespace lyceum::store

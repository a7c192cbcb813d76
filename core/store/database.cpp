#include "core/store/database.h"

#include "core/base/check.h"
#include "core/store/journal.h"

#include <sqlite3.h>

#include <chrono>
#include <cstring>
#include <limits>
#include <thread>
#include <utility>

namespace lyceum::store {

namespace {

constexpr int kBusyTimeoutMs = 5000;

} // namespace

Statement::Statement(Database& database, sqlite3_stmt* statement)
    : database_(&database), statement_(statement)
{
}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_)
    , statement_(std::exchange(other.statement_, nullptr))
    , next_parameter_(other.next_parameter_)
{
}

Statement::~Statement()
{
    reset();
}

void Statement::reset()
{
    if (statement_ == nullptr)
        return;
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
    next_parameter_ = 1;
}

Statement& Statement::bind(std::int64_t value)
{
    const int status = sqlite3_bind_int64(statement_, next_parameter_++, value);
    LYCEUM_CHECK(status == SQLITE_OK, sqlite3_sql(statement_));
    return *this;
}

Statement& Statement::bind(double value)
{
    const int status = sqlite3_bind_double(statement_, next_parameter_++, value);
    LYCEUM_CHECK(status == SQLITE_OK, sqlite3_sql(statement_));
    return *this;
}

Statement& Statement::bind(std::string_view value)
{
    const char* data = value.data() == nullptr ? "" : value.data(); // a null pointer would be NULL
    const int status = sqlite3_bind_text64(statement_, next_parameter_++, data, value.size(),
                                           SQLITE_TRANSIENT, SQLITE_UTF8);
    LYCEUM_CHECK(status == SQLITE_OK, sqlite3_sql(statement_));
    return *this;
}

Statement& Statement::bind(std::optional<double> value)
{
    return bind(value.value_or(std::numeric_limits<double>::quiet_NaN()));
}

Statement& Statement::bind(std::optional<std::int64_t> value)
{
    if (value)
        return bind(*value);
    ++next_parameter_; // unbound parameters are NULL
    return *this;
}

Result<bool> Statement::step()
{
    switch (sqlite3_step(statement_)) {
    case SQLITE_ROW:
        return true;
    case SQLITE_DONE:
        return false;
    default:
        return database_->last_error();
    }
}

Result<void> Statement::run()
{
    LYCEUM_ASSIGN(const bool has_row, step());
    LYCEUM_CHECK(!has_row, "a statement run for its effect gave a row");
    reset();
    return {};
}

std::int64_t Statement::integer(int column) const
{
    return sqlite3_column_int64(statement_, column);
}

double Statement::real(int column) const
{
    return is_null(column) ? std::numeric_limits<double>::quiet_NaN()
                           : sqlite3_column_double(statement_, column);
}

std::string Statement::text(int column) const
{
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return bytes == nullptr ? std::string() : std::string(bytes, size);
}

bool Statement::is_null(int column) const
{
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Database::Database(std::filesystem::path path) : path_(std::move(path)) {}

Database::~Database()
{
    for (const auto& [sql, statement] : statements_)
        sqlite3_finalize(statement);
    sqlite3_close(connection_);
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& path)
{
    std::unique_ptr<Database> database(new Database(path));
    constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path.c_str(), &database->connection_, kFlags, nullptr) != SQLITE_OK)
        return database->last_error();
    sqlite3_extended_result_codes(database->connection_, 1);
    sqlite3_busy_timeout(database->connection_, kBusyTimeoutMs);
    if (sqlite3_db_readonly(database->connection_, "main") == 1)
        return Error{ErrorCode::Io, "The run store " + path.string() + " cannot be written.",
                     "Give yourself write permission on it, or choose another workspace."};
    LYCEUM_TRY(database->execute("PRAGMA foreign_keys = ON"));
    return database;
}

Result<void> Database::set_journal()
{
    const bool wal = journal_for_folder(path_.parent_path()) == Journal::Wal;
    const char* sql = wal ? "PRAGMA journal_mode = WAL" : "PRAGMA journal_mode = DELETE";
    // Asking for the mode it already has takes no lock, so this is quick on every later opening. A
    // change needs the file alone, and SQLite does not wait for that by itself.
    const auto deadline =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(kBusyTimeoutMs);
    while (sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
        const bool is_busy = (sqlite3_errcode(connection_) & 0xFF) == SQLITE_BUSY;
        if (!is_busy || std::chrono::steady_clock::now() > deadline)
            return last_error();
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return execute("PRAGMA synchronous = NORMAL");
}

Result<Statement> Database::prepare(const char* sql)
{
    auto& statement = statements_[sql];
    if (statement == nullptr && sqlite3_prepare_v3(connection_, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                                   &statement, nullptr) != SQLITE_OK)
        return last_error();
    LYCEUM_CHECK(sqlite3_stmt_busy(statement) == 0, sql);
    return Statement(*this, statement);
}

Result<void> Database::execute(const char* sql)
{
    if (sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        return last_error();
    return {};
}

Result<std::int64_t> Database::query_integer(const char* sql)
{
    LYCEUM_ASSIGN(auto statement, prepare(sql));
    LYCEUM_ASSIGN(const bool has_row, statement.step());
    return has_row ? statement.integer(0) : 0;
}

std::int64_t Database::last_insert_id() const
{
    return sqlite3_last_insert_rowid(connection_);
}

std::int64_t Database::num_changes() const
{
    return sqlite3_changes64(connection_);
}

bool Database::last_was_unique_violation() const
{
    return sqlite3_extended_errcode(connection_) == SQLITE_CONSTRAINT_UNIQUE;
}

Error Database::last_error() const
{
    const std::string store = "The run store " + path_.string();
    const int code = sqlite3_errcode(connection_) & 0xFF;
    switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return {ErrorCode::Io, store + " is locked by another program.",
                "Close programs that hold it open (a database browser, a backup) and try again."};
    case SQLITE_FULL:
        return {ErrorCode::DiskFull, store + " could not grow: the disk is full.",
                "Free some space, or choose a workspace on another disk. Nothing written before is "
                "lost."};
    case SQLITE_NOTADB:
        return {ErrorCode::InvalidData, store + " is not a Lyceum run store.",
                "Move that file away, or choose another workspace."};
    case SQLITE_CORRUPT:
        return {ErrorCode::InvalidData, store + " is damaged.",
                "Move it away: a new one is made, and the run folders stay as they are."};
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return {ErrorCode::Io, store + " cannot be opened for writing.",
                "Check that the folder exists and that you may write in it, or choose another "
                "workspace."};
    case SQLITE_NOMEM:
        return {ErrorCode::OutOfMemory, store + ": no memory left.", ""};
    default:
        break;
    }
    const int reason = sqlite3_system_errno(connection_);
    std::string detail = sqlite3_errmsg(connection_);
    if (code == SQLITE_IOERR && reason != 0)
        detail += std::string(" (") + std::strerror(reason) + ")";
    return {ErrorCode::Io, store + " failed: " + detail + ".", ""};
}

Transaction::Transaction(Database& database) : database_(&database) {}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr))
{
}

Transaction::~Transaction()
{
    // After some errors SQLite has rolled back already, and this then says so: nothing to do about
    // it.
    if (database_ != nullptr)
        (void)database_->execute("ROLLBACK");
}

Result<Transaction> Transaction::begin(Database& database, Durability durability)
{
    LYCEUM_TRY(database.execute(durability == Durability::Durable ? "PRAGMA synchronous = FULL"
                                                                  : "PRAGMA synchronous = NORMAL"));
    LYCEUM_ASSIGN(auto begin, database.prepare("BEGIN IMMEDIATE"));
    LYCEUM_TRY(begin.run());
    return Transaction(database);
}

Result<void> Transaction::commit()
{
    LYCEUM_ASSIGN(auto commit, database_->prepare("COMMIT"));
    LYCEUM_TRY(commit.run());
    database_ = nullptr;
    return {};
}

} // namespace lyceum::store

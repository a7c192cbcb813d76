#pragma once

/// @file
/// A thin owner of one SQLite connection: prepared statements kept by their text, transactions, and
/// SQLite's result codes turned into errors that say what to do.

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace lyceum::store {

/// How far a transaction must have got before the call returns.
enum class Durability : std::uint8_t {
    Ordered, ///< Survives the end of any process; a power cut may take the latest ones, in order.
    Durable, ///< On disk.
};

/// A prepared statement in use; given back to its connection, reset, when destroyed.
class Statement {
public:
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&&) = delete;
    ~Statement();

    Statement& bind(std::int64_t value);
    Statement& bind(double value); ///< SQLite has no NaN: it becomes NULL.
    Statement& bind(std::string_view value);
    Statement& bind(std::optional<double> value);
    Statement& bind(std::optional<std::int64_t> value);

    /// @return true with a row to read, false at the end.
    [[nodiscard]] Result<bool> step();
    /// For statements without rows.
    [[nodiscard]] Result<void> run();
    /// Ready for other values.
    void reset();

    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] double real(int column) const; ///< NaN where the column is NULL.
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] bool is_null(int column) const;

private:
    friend class Database;
    Statement(class Database& database, sqlite3_stmt* statement);
    Database* database_;
    sqlite3_stmt* statement_;
    int next_parameter_ = 1;
};

/// One connection. Threads: one at a time.
class Database {
public:
    /// Opens or creates the file. Nothing is written to it yet.
    [[nodiscard]] static Result<std::unique_ptr<Database>> open(const std::filesystem::path& path);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// Sets the journal that suits the file's file system (see journal.h).
    [[nodiscard]] Result<void> set_journal();

    /// `sql` must be a literal: statements are kept by its address.
    [[nodiscard]] Result<Statement> prepare(const char* sql);
    /// Runs one or more statements without values.
    [[nodiscard]] Result<void> execute(const char* sql);

    [[nodiscard]] Result<std::int64_t> query_integer(const char* sql);
    [[nodiscard]] std::int64_t last_insert_id() const;
    [[nodiscard]] std::int64_t num_changes() const; ///< Rows of the last statement.

    /// The error of the connection's last call.
    [[nodiscard]] Error last_error() const;
    [[nodiscard]] bool last_was_unique_violation() const;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    friend class Statement;
    explicit Database(std::filesystem::path path);

    std::filesystem::path path_;
    sqlite3* connection_ = nullptr;
    std::unordered_map<const char*, sqlite3_stmt*> statements_;
};

/// A write transaction: takes the write lock at once, so that it never fails half-way for a lock;
/// rolls back unless committed.
class Transaction {
public:
    [[nodiscard]] static Result<Transaction> begin(Database& database, Durability durability);
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();

    /// @return DiskFull or Io; the transaction is then rolled back and the store as before it.
    [[nodiscard]] Result<void> commit();

private:
    explicit Transaction(Database& database);
    Database* database_;
};

} // namespace lyceum::store

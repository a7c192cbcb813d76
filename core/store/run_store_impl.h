#pragma once

/// @file
/// What the parts of RunStore share.

#include "core/store/database.h"
#include "core/store/run_store.h"
#include "core/store/series.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace lyceum::store {

[[nodiscard]] double now_seconds(); ///< Unix time.

struct RunStore::Impl {
    std::unique_ptr<Database> database;
    std::filesystem::path workspace;
    std::string host;
    std::int64_t num_changes_seen = 0;
    std::int64_t data_version = 0;

    /// Ends a transaction of ours and lets `change_counter` rise.
    [[nodiscard]] Result<void> commit(Transaction& transaction);

    /// Inside the workspace: relative to it.
    [[nodiscard]] std::string stored_path(const std::filesystem::path& path) const;
    [[nodiscard]] std::filesystem::path full_path(const std::string& stored) const;

    /// Columns as kRunColumns lists them; Lost worked out.
    [[nodiscard]] Result<RunRow> read_run(const Statement& row);
    [[nodiscard]] Result<void> add_best(RunRow& run);

    [[nodiscard]] Result<std::optional<std::int64_t>> name_id(std::string_view name);
    [[nodiscard]] Result<SeriesKey> make_series(RunId run, std::string_view name);
    [[nodiscard]] Result<void> put_metrics(RunId run, const std::vector<Metric>& metrics);
};

/// NotFound, when the statement that just ran was to change the run's row and found none.
[[nodiscard]] Result<void> check_run_exists(const Database& database, RunId run);

} // namespace lyceum::store

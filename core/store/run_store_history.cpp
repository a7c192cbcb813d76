// RunStore: what a run leaves behind: metrics, events, samples, checkpoints.

#include "core/base/check.h"
#include "core/store/run_store.h"
#include "core/store/run_store_impl.h"

#include <algorithm>
#include <map>
#include <utility>

namespace lyceum::store {

namespace {

double time_or_now(double time)
{
    return time == 0 ? now_seconds() : time;
}

} // namespace

Result<std::optional<std::int64_t>> RunStore::Impl::name_id(std::string_view name)
{
    LYCEUM_ASSIGN(auto select, database->prepare("SELECT id FROM metric_names WHERE name = ?"));
    LYCEUM_ASSIGN(const bool has_row, select.bind(name).step());
    return has_row ? std::optional(select.integer(0)) : std::nullopt;
}

Result<SeriesKey> RunStore::Impl::make_series(RunId run, std::string_view name)
{
    LYCEUM_ASSIGN(auto id, name_id(name));
    if (!id) {
        LYCEUM_ASSIGN(auto insert, database->prepare("INSERT INTO metric_names(name) VALUES(?)"));
        LYCEUM_TRY(insert.bind(name).run());
        id = database->last_insert_id();
    }
    LYCEUM_ASSIGN(auto insert,
                  database->prepare("INSERT OR IGNORE INTO series(run, name) VALUES(?, ?)"));
    LYCEUM_TRY(insert.bind(run).bind(*id).run());
    return SeriesKey{run, *id};
}

Result<void> RunStore::Impl::put_metrics(RunId run, const std::vector<Metric>& metrics)
{
    struct Written {
        SeriesKey key;
        std::int64_t first_step;
        std::int64_t last_step;
    };
    std::map<std::string_view, Written> written;
    LYCEUM_ASSIGN(auto insert,
                  database->prepare("INSERT INTO metrics(run, name, step, time, value)"
                                    " VALUES(?, ?, ?, ?, ?) ON CONFLICT(run, name, step)"
                                    " DO UPDATE SET time = excluded.time, value = excluded.value"));
    for (const auto& metric : metrics) {
        LYCEUM_CHECK(metric.step >= 0, "a metric's step is negative");
        auto found = written.find(metric.name);
        if (found == written.end()) {
            LYCEUM_ASSIGN(const auto key, make_series(run, metric.name));
            found = written.emplace(metric.name, Written{key, metric.step, metric.step}).first;
        }
        auto& series = found->second;
        series.first_step = std::min(series.first_step, metric.step);
        series.last_step = std::max(series.last_step, metric.step);
        insert.bind(run).bind(series.key.name).bind(metric.step);
        LYCEUM_TRY(insert.bind(time_or_now(metric.time)).bind(metric.value).run());
    }
    for (const auto& [name, series] : written)
        LYCEUM_TRY(update_pyramid(*database, series.key, series.first_step, series.last_step));
    return {};
}

Result<void> RunStore::record(RunId id, const Progress& progress,
                              const std::vector<Metric>& metrics)
{
    auto& database = *impl_->database;
    LYCEUM_ASSIGN(auto transaction, Transaction::begin(database, Durability::Ordered));
    LYCEUM_ASSIGN(auto update,
                  database.prepare("UPDATE runs SET phase = ?, step = ?, total_steps = ?,"
                                   " epoch = ?, heartbeat_at = ? WHERE id = ?"));
    update.bind(static_cast<std::int64_t>(progress.phase)).bind(progress.step);
    update.bind(progress.total_steps).bind(progress.epoch).bind(now_seconds()).bind(id);
    LYCEUM_TRY(update.run());
    LYCEUM_TRY(check_run_exists(database, id));
    LYCEUM_TRY(impl_->put_metrics(id, metrics));
    return impl_->commit(transaction);
}

Result<void> RunStore::add_event(RunId id, const Event& event)
{
    auto& database = *impl_->database;
    LYCEUM_TRY(run(id)); // NotFound
    LYCEUM_ASSIGN(auto transaction, Transaction::begin(database, Durability::Ordered));
    LYCEUM_ASSIGN(auto insert, database.prepare("INSERT INTO events(run, step, time, kind, text)"
                                                " VALUES(?, ?, ?, ?, ?)"));
    insert.bind(id).bind(event.step).bind(time_or_now(event.time));
    LYCEUM_TRY(insert.bind(std::string_view(event.kind)).bind(std::string_view(event.text)).run());
    return impl_->commit(transaction);
}

Result<void> RunStore::add_sample(RunId id, const Sample& sample)
{
    auto& database = *impl_->database;
    LYCEUM_TRY(run(id)); // NotFound
    LYCEUM_ASSIGN(auto transaction, Transaction::begin(database, Durability::Ordered));
    LYCEUM_ASSIGN(auto insert, database.prepare("INSERT INTO samples(run, step, time, prompt, text)"
                                                " VALUES(?, ?, ?, ?, ?)"));
    insert.bind(id).bind(sample.step).bind(time_or_now(sample.time));
    insert.bind(std::string_view(sample.prompt)).bind(std::string_view(sample.text));
    LYCEUM_TRY(insert.run());
    return impl_->commit(transaction);
}

Result<void> RunStore::put_checkpoint(RunId id, const CheckpointRow& checkpoint)
{
    auto& database = *impl_->database;
    LYCEUM_TRY(run(id)); // NotFound
    LYCEUM_ASSIGN(auto transaction, Transaction::begin(database, Durability::Durable));
    LYCEUM_ASSIGN(auto clear, database.prepare("UPDATE checkpoints SET is_best = is_best AND NOT ?,"
                                               " is_last = is_last AND NOT ? WHERE run = ?"));
    clear.bind(std::int64_t{checkpoint.is_best}).bind(std::int64_t{checkpoint.is_last});
    LYCEUM_TRY(clear.bind(id).run());
    LYCEUM_ASSIGN(auto insert,
                  database.prepare("INSERT OR REPLACE INTO checkpoints(run, step, folder, val_loss,"
                                   " size_bytes, time, is_best, is_last, is_kept, reason)"
                                   " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    insert.bind(id).bind(checkpoint.step);
    insert.bind(std::string_view(impl_->stored_path(checkpoint.folder))).bind(checkpoint.val_loss);
    insert.bind(static_cast<std::int64_t>(checkpoint.size_bytes));
    insert.bind(time_or_now(checkpoint.time)).bind(std::int64_t{checkpoint.is_best});
    insert.bind(std::int64_t{checkpoint.is_last}).bind(std::int64_t{checkpoint.is_kept});
    LYCEUM_TRY(insert.bind(std::string_view(checkpoint.reason)).run());
    return impl_->commit(transaction);
}

Result<void> RunStore::rewind_to(RunId id, std::int64_t step)
{
    auto& database = *impl_->database;
    LYCEUM_ASSIGN(auto transaction, Transaction::begin(database, Durability::Durable));
    std::vector<SeriesKey> keys;
    {
        LYCEUM_ASSIGN(auto select, database.prepare("SELECT name FROM series WHERE run = ?"));
        select.bind(id);
        for (;;) {
            LYCEUM_ASSIGN(const bool has_row, select.step());
            if (!has_row)
                break;
            keys.push_back({id, select.integer(0)});
        }
    }
    LYCEUM_ASSIGN(auto remove, database.prepare("DELETE FROM metrics"
                                                " WHERE run = ? AND name = ? AND step > ?"));
    for (const auto& key : keys) {
        LYCEUM_TRY(remove.bind(key.run).bind(key.name).bind(step).run());
        LYCEUM_TRY(cut_pyramid(database, key, step));
    }
    LYCEUM_ASSIGN(auto empty, database.prepare("DELETE FROM series WHERE run = ?1 AND NOT EXISTS("
                                               "SELECT 1 FROM metrics WHERE metrics.run = ?1"
                                               " AND metrics.name = series.name)"));
    LYCEUM_TRY(empty.bind(id).run());
    LYCEUM_ASSIGN(auto samples, database.prepare("DELETE FROM samples WHERE run = ? AND step > ?"));
    LYCEUM_TRY(samples.bind(id).bind(step).run());
    LYCEUM_ASSIGN(auto update, database.prepare("UPDATE runs SET step = ? WHERE id = ?"));
    LYCEUM_TRY(update.bind(step).bind(id).run());
    LYCEUM_TRY(check_run_exists(database, id));
    return impl_->commit(transaction);
}

} // namespace lyceum::store

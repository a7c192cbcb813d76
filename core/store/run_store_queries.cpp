// RunStore: what front ends read.

#include "core/store/run_store.h"
#include "core/store/run_store_impl.h"

#include <algorithm>
#include <utility>

namespace lyceum::store {

namespace {

/// All rows of a statement, each turned into a value by `read`.
template <typename Read>
auto collect(Statement& statement, Read read) -> Result<std::vector<decltype(read(statement))>>
{
    std::vector<decltype(read(statement))> values;
    for (;;) {
        LYCEUM_ASSIGN(const bool has_row, statement.step());
        if (!has_row)
            return values;
        values.push_back(read(statement));
    }
}

Metric read_metric(const Statement& row)
{
    return {.step = row.integer(0), .name = row.text(1), .value = row.real(2), .time = row.real(3)};
}

} // namespace

Result<std::vector<Metric>> RunStore::metrics(RunId id, std::optional<std::string> name)
{
    if (name) {
        LYCEUM_ASSIGN(const auto points, series(id, *name));
        std::vector<Metric> metrics;
        metrics.reserve(points.size());
        for (const auto& point : points)
            metrics.push_back(
                {.step = point.step, .name = *name, .value = point.value, .time = point.time});
        return metrics;
    }
    LYCEUM_ASSIGN(auto select,
                  impl_->database->prepare("SELECT m.step, n.name, m.value, m.time FROM metrics m"
                                           " JOIN metric_names n ON n.id = m.name WHERE m.run = ?"
                                           " ORDER BY m.step, m.name"));
    select.bind(id);
    return collect(select, read_metric);
}

Result<std::vector<std::string>> RunStore::metric_names(RunId id)
{
    LYCEUM_ASSIGN(auto select,
                  impl_->database->prepare("SELECT n.name FROM series s JOIN metric_names n"
                                           " ON n.id = s.name WHERE s.run = ? ORDER BY n.name"));
    select.bind(id);
    return collect(select, [](const Statement& row) { return row.text(0); });
}

Result<std::vector<Metric>> RunStore::latest_metrics(RunId id)
{
    LYCEUM_ASSIGN(auto select,
                  impl_->database->prepare(
                      "SELECT m.step, n.name, m.value, m.time FROM series s"
                      " JOIN metric_names n ON n.id = s.name"
                      " JOIN metrics m ON m.run = s.run AND m.name = s.name AND m.step ="
                      " (SELECT max(step) FROM metrics WHERE run = s.run AND name = s.name)"
                      " WHERE s.run = ? ORDER BY n.name"));
    select.bind(id);
    return collect(select, read_metric);
}

Result<std::vector<SeriesPoint>> RunStore::series(RunId id, std::string_view name,
                                                  std::int64_t after_step)
{
    LYCEUM_ASSIGN(const auto key, impl_->name_id(name));
    if (!key)
        return std::vector<SeriesPoint>{};
    LYCEUM_ASSIGN(auto select, impl_->database->prepare("SELECT step, time, value FROM metrics"
                                                        " WHERE run = ? AND name = ? AND step > ?"
                                                        " ORDER BY step"));
    select.bind(id).bind(*key).bind(after_step);
    return collect(select, [](const Statement& row) {
        return SeriesPoint{row.integer(0), row.real(1), row.real(2)};
    });
}

Result<std::vector<SeriesPoint>> RunStore::decimated_series(RunId id, std::string_view name,
                                                            std::int64_t first_step,
                                                            std::int64_t last_step, int buckets)
{
    LYCEUM_ASSIGN(const auto key, impl_->name_id(name));
    if (!key)
        return std::vector<SeriesPoint>{};
    return decimate(*impl_->database, {id, *key}, first_step, last_step, buckets);
}

Result<std::vector<Event>> RunStore::events(RunId id, std::int64_t after_id)
{
    LYCEUM_ASSIGN(auto select, impl_->database->prepare("SELECT id, step, time, kind, text"
                                                        " FROM events WHERE run = ? AND id > ?"
                                                        " ORDER BY id"));
    select.bind(id).bind(after_id);
    return collect(select, [](const Statement& row) {
        return Event{row.integer(0), row.integer(1), row.real(2), row.text(3), row.text(4)};
    });
}

Result<std::vector<Sample>> RunStore::samples(RunId id, std::int64_t after_id)
{
    LYCEUM_ASSIGN(auto select, impl_->database->prepare("SELECT id, step, time, prompt, text"
                                                        " FROM samples WHERE run = ? AND id > ?"
                                                        " ORDER BY id"));
    select.bind(id).bind(after_id);
    return collect(select, [](const Statement& row) {
        return Sample{row.integer(0), row.integer(1), row.real(2), row.text(3), row.text(4)};
    });
}

Result<std::vector<CheckpointRow>> RunStore::checkpoints(RunId id)
{
    LYCEUM_ASSIGN(auto select,
                  impl_->database->prepare("SELECT step, folder, val_loss, size_bytes, time,"
                                           " is_best, is_last, is_kept, reason FROM checkpoints"
                                           " WHERE run = ? ORDER BY step"));
    select.bind(id);
    return collect(select, [this](const Statement& row) {
        CheckpointRow checkpoint;
        checkpoint.step = row.integer(0);
        checkpoint.folder = impl_->full_path(row.text(1));
        if (!row.is_null(2))
            checkpoint.val_loss = row.real(2);
        checkpoint.size_bytes = static_cast<std::uint64_t>(row.integer(3));
        checkpoint.time = row.real(4);
        checkpoint.is_best = row.integer(5) != 0;
        checkpoint.is_last = row.integer(6) != 0;
        checkpoint.is_kept = row.integer(7) != 0;
        checkpoint.reason = row.text(8);
        return checkpoint;
    });
}

} // namespace lyceum::store

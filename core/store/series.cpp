#include "core/store/series.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>

namespace lyceum::store {

namespace {

// Steps a cell of each level covers. A chunk (the widest cell) is built whole once it is complete;
// the points after the last chunk are few enough to be read as they are.
constexpr std::array<std::int64_t, 4> kWidths = {8, 64, 512, 4096};
constexpr std::int64_t kChunk = kWidths.back();
// A bucket is put together from at least this many whole cells.
constexpr std::int64_t kCellsPerBucket = 4;
constexpr std::int64_t kMaxStep = std::int64_t{1} << 45;
constexpr int kMaxBuckets = 1 << 17; // times kMaxStep still fits 63 bits

std::int64_t chunk_start(std::int64_t step)
{
    return step / kChunk * kChunk;
}

/// Lowest and highest of some points; not-a-number only where there is nothing else.
class Extremes {
public:
    void add(const SeriesPoint& lowest, const SeriesPoint& highest)
    {
        if (!lowest_ || std::isnan(lowest_->value)) {
            if (!lowest_ || !std::isnan(lowest.value)) {
                lowest_ = lowest;
                highest_ = highest;
            }
            return;
        }
        if (lowest.value < lowest_->value)
            lowest_ = lowest;
        if (highest.value > highest_->value)
            highest_ = highest;
    }

    [[nodiscard]] bool is_empty() const { return !lowest_; }
    [[nodiscard]] const SeriesPoint& lowest() const { return *lowest_; }
    [[nodiscard]] const SeriesPoint& highest() const { return *highest_; }

private:
    std::optional<SeriesPoint> lowest_;
    std::optional<SeriesPoint> highest_;
};

Result<void> put_cell(Database& database, SeriesKey key, std::int64_t width, std::int64_t cell,
                      const Extremes& points)
{
    LYCEUM_ASSIGN(
        auto insert,
        database.prepare("INSERT OR REPLACE INTO pyramid(run, name, width, cell, min_step,"
                         " min_time, min_value, max_step, max_time, max_value)"
                         " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    insert.bind(key.run).bind(key.name).bind(width).bind(cell);
    insert.bind(points.lowest().step).bind(points.lowest().time).bind(points.lowest().value);
    insert.bind(points.highest().step).bind(points.highest().time).bind(points.highest().value);
    return insert.run();
}

Result<Statement> points_between(Database& database, SeriesKey key, std::int64_t from,
                                 std::int64_t to)
{
    LYCEUM_ASSIGN(auto select,
                  database.prepare("SELECT step, time, value FROM metrics"
                                   " WHERE run = ? AND name = ? AND step >= ? AND step < ?"
                                   " ORDER BY step"));
    select.bind(key.run).bind(key.name).bind(from).bind(to);
    return select;
}

SeriesPoint point_of(const Statement& row, int column)
{
    return {row.integer(column), row.real(column + 1), row.real(column + 2)};
}

/// Builds all levels over [from, to), both multiples of kChunk.
Result<void> build(Database& database, SeriesKey key, std::int64_t from, std::int64_t to)
{
    std::array<Extremes, kWidths.size()> open;
    std::array<std::int64_t, kWidths.size()> cells = {};
    LYCEUM_ASSIGN(auto points, points_between(database, key, from, to));
    for (;;) {
        LYCEUM_ASSIGN(const bool has_row, points.step());
        const auto point = has_row ? point_of(points, 0) : SeriesPoint{};
        for (std::size_t level = 0; level < kWidths.size(); ++level) {
            const auto cell = point.step / kWidths[level];
            if (!open[level].is_empty() && (!has_row || cell != cells[level])) {
                LYCEUM_TRY(put_cell(database, key, kWidths[level], cells[level], open[level]));
                open[level] = {};
            }
            cells[level] = cell;
            if (has_row)
                open[level].add(point, point);
        }
        if (!has_row)
            return {};
    }
}

Result<std::int64_t> built_until(Database& database, SeriesKey key)
{
    LYCEUM_ASSIGN(auto select,
                  database.prepare("SELECT built_until FROM series WHERE run = ? AND name = ?"));
    LYCEUM_ASSIGN(const bool has_row, select.bind(key.run).bind(key.name).step());
    return has_row ? select.integer(0) : 0;
}

Result<void> set_built_until(Database& database, SeriesKey key, std::int64_t step)
{
    LYCEUM_ASSIGN(auto update, database.prepare("UPDATE series SET built_until = ?"
                                                " WHERE run = ? AND name = ?"));
    return update.bind(step).bind(key.run).bind(key.name).run();
}

/// Forgets the pyramid from `step`, a multiple of kChunk, on.
Result<void> forget(Database& database, SeriesKey key, std::int64_t step)
{
    LYCEUM_ASSIGN(auto remove, database.prepare("DELETE FROM pyramid WHERE run = ? AND name = ?"
                                                " AND width = ? AND cell >= ?"));
    for (const auto width : kWidths) {
        LYCEUM_TRY(remove.bind(key.run).bind(key.name).bind(width).bind(step / width).run());
    }
    return set_built_until(database, key, step);
}

/// Equal step ranges, filled in any order.
class Buckets {
public:
    Buckets(std::int64_t first, std::int64_t last, int count)
        : first_(first)
        , range_(last - first + 1)
        , count_(std::min<std::int64_t>(count, range_))
        , buckets_(static_cast<std::size_t>(count_))
    {
    }

    // Bucket i begins at first + floor(i * range / count); this is its inverse.
    [[nodiscard]] std::size_t index_of(std::int64_t step) const
    {
        return static_cast<std::size_t>(((step - first_ + 1) * count_ - 1) / range_);
    }

    [[nodiscard]] std::int64_t width() const { return range_ / count_; }

    void add(const SeriesPoint& lowest, const SeriesPoint& highest)
    {
        buckets_[index_of(lowest.step)].add(lowest, highest);
    }

    [[nodiscard]] std::vector<SeriesPoint> points() const
    {
        std::vector<SeriesPoint> points;
        points.reserve(buckets_.size() * 2);
        for (const auto& bucket : buckets_) {
            if (bucket.is_empty())
                continue;
            const auto [earlier, later] = std::minmax(
                bucket.lowest(), bucket.highest(),
                [](const SeriesPoint& a, const SeriesPoint& b) { return a.step < b.step; });
            points.push_back(earlier);
            if (later.step != earlier.step)
                points.push_back(later);
        }
        return points;
    }

private:
    std::int64_t first_;
    std::int64_t range_;
    std::int64_t count_;
    std::vector<Extremes> buckets_;
};

Result<void> add_points(Database& database, SeriesKey key, std::int64_t from, std::int64_t to,
                        Buckets& buckets)
{
    LYCEUM_ASSIGN(auto points, points_between(database, key, from, to));
    for (;;) {
        LYCEUM_ASSIGN(const bool has_row, points.step());
        if (!has_row)
            return {};
        const auto point = point_of(points, 0);
        buckets.add(point, point);
    }
}

/// Adds the steps [from, to): whole cells of `level` where they lie in one bucket, finer ones where
/// they do not. Level -1 is the points themselves.
Result<void> add_cells(Database& database, SeriesKey key, int level, std::int64_t from,
                       std::int64_t to, Buckets& buckets)
{
    if (from >= to)
        return {};
    if (level < 0)
        return add_points(database, key, from, to, buckets);
    const auto width = kWidths[static_cast<std::size_t>(level)];
    std::vector<std::pair<std::int64_t, std::int64_t>> divided;
    {
        LYCEUM_ASSIGN(auto cells, database.prepare(
                                      "SELECT cell, min_step, min_time, min_value, max_step,"
                                      " max_time, max_value FROM pyramid WHERE run = ? AND name = ?"
                                      " AND width = ? AND cell BETWEEN ? AND ? ORDER BY cell"));
        cells.bind(key.run).bind(key.name).bind(width).bind(from / width).bind((to - 1) / width);
        for (;;) {
            LYCEUM_ASSIGN(const bool has_row, cells.step());
            if (!has_row)
                break;
            const auto start = cells.integer(0) * width;
            const auto end = start + width;
            if (start >= from && end <= to && buckets.index_of(start) == buckets.index_of(end - 1))
                buckets.add(point_of(cells, 1), point_of(cells, 4));
            else
                divided.emplace_back(std::max(start, from), std::min(end, to));
        }
    }
    for (const auto& [start, end] : divided)
        LYCEUM_TRY(add_cells(database, key, level - 1, start, end, buckets));
    return {};
}

} // namespace

Result<void> update_pyramid(Database& database, SeriesKey key, std::int64_t first_step,
                            std::int64_t last_step)
{
    LYCEUM_ASSIGN(auto built, built_until(database, key));
    if (first_step < built) { // a point of a finished chunk was written (again)
        built = chunk_start(first_step);
        LYCEUM_TRY(forget(database, key, built));
    }
    // The chunk of the newest point is complete only when a later one begins.
    LYCEUM_ASSIGN(auto newest, database.prepare("SELECT max(step) FROM metrics"
                                                " WHERE run = ? AND name = ?"));
    LYCEUM_TRY(newest.bind(key.run).bind(key.name).step());
    const auto complete = chunk_start(std::max(last_step, newest.integer(0)));
    if (complete <= built)
        return {};
    LYCEUM_TRY(build(database, key, built, complete));
    return set_built_until(database, key, complete);
}

Result<void> cut_pyramid(Database& database, SeriesKey key, std::int64_t step)
{
    LYCEUM_ASSIGN(const auto built, built_until(database, key));
    if (step + 1 >= built)
        return {};
    return forget(database, key, chunk_start(step + 1));
}

Result<std::vector<SeriesPoint>> decimate(Database& database, SeriesKey key,
                                          std::int64_t first_step, std::int64_t last_step,
                                          int buckets)
{
    const auto first = std::max<std::int64_t>(first_step, 0);
    const auto last = std::min(last_step, kMaxStep);
    if (last < first || buckets <= 0)
        return std::vector<SeriesPoint>{};

    Buckets result(first, last, std::min(buckets, kMaxBuckets));
    int level = -1;
    for (const auto width : kWidths)
        level += width * kCellsPerBucket <= result.width() ? 1 : 0;
    LYCEUM_ASSIGN(const auto built, built_until(database, key));
    LYCEUM_TRY(add_cells(database, key, level, first, std::min(built, last + 1), result));
    LYCEUM_TRY(add_points(database, key, std::max(built, first), last + 1, result));
    return result.points();
}

} // namespace lyceum::store

#include "core/store/schema.h"

#include <array>
#include <string>

namespace lyceum::store {

namespace {

// Step N brings a file from version N to N + 1. Released steps never change: add one.
constexpr std::array<const char*, 2> kSteps = {
    R"sql(
PRAGMA application_id = 1280918349;

CREATE TABLE runs(
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT NOT NULL UNIQUE,
    status        INTEGER NOT NULL,
    phase         INTEGER NOT NULL,
    folder        TEXT NOT NULL,
    base_model    TEXT NOT NULL,
    dataset       TEXT NOT NULL,
    method        TEXT NOT NULL,
    created_at    REAL NOT NULL,
    started_at    REAL NOT NULL DEFAULT 0,
    ended_at      REAL NOT NULL DEFAULT 0,
    heartbeat_at  REAL NOT NULL DEFAULT 0,
    step          INTEGER NOT NULL DEFAULT 0,
    total_steps   INTEGER NOT NULL DEFAULT 0,
    epoch         REAL NOT NULL DEFAULT 0,
    host          TEXT NOT NULL DEFAULT '',
    pid           INTEGER NOT NULL DEFAULT 0,
    start_ticks   INTEGER NOT NULL DEFAULT 0,
    message       TEXT NOT NULL DEFAULT '',
    hint          TEXT NOT NULL DEFAULT '',
    summary_json  TEXT NOT NULL DEFAULT '',
    strategy      TEXT NOT NULL DEFAULT '',
    world_size    INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE metric_names(
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- A curve of a run; its pyramid covers the steps before built_until.
CREATE TABLE series(
    run         INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    name        INTEGER NOT NULL REFERENCES metric_names(id),
    built_until INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY(run, name)
) STRICT, WITHOUT ROWID;

-- Clustered by curve, so that reading one touches its own pages only. A value of NULL is not-a-number.
CREATE TABLE metrics(
    run   INTEGER NOT NULL,
    name  INTEGER NOT NULL,
    step  INTEGER NOT NULL,
    time  REAL NOT NULL,
    value REAL,
    PRIMARY KEY(run, name, step),
    FOREIGN KEY(run, name) REFERENCES series(run, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Lowest and highest point of the steps [cell * width, (cell + 1) * width).
CREATE TABLE pyramid(
    run       INTEGER NOT NULL,
    name      INTEGER NOT NULL,
    width     INTEGER NOT NULL,
    cell      INTEGER NOT NULL,
    min_step  INTEGER NOT NULL,
    min_time  REAL NOT NULL,
    min_value REAL,
    max_step  INTEGER NOT NULL,
    max_time  REAL NOT NULL,
    max_value REAL,
    PRIMARY KEY(run, name, width, cell),
    FOREIGN KEY(run, name) REFERENCES series(run, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE events(
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    run  INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    time REAL NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX events_of_run ON events(run, id);

CREATE TABLE samples(
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    run    INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    step   INTEGER NOT NULL,
    time   REAL NOT NULL,
    prompt TEXT NOT NULL,
    text   TEXT NOT NULL
) STRICT;
CREATE INDEX samples_of_run ON samples(run, id);

CREATE TABLE checkpoints(
    run        INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    step       INTEGER NOT NULL,
    folder     TEXT NOT NULL,
    val_loss   REAL,
    size_bytes INTEGER NOT NULL,
    time       REAL NOT NULL,
    is_best    INTEGER NOT NULL,
    is_last    INTEGER NOT NULL,
    is_kept    INTEGER NOT NULL,
    reason     TEXT NOT NULL,
    PRIMARY KEY(run, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE commands(
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    run      INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    kind     INTEGER NOT NULL,
    asked_at REAL NOT NULL,
    taken_at REAL,
    done_at  REAL,
    result   TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX commands_waiting ON commands(run, id) WHERE taken_at IS NULL;
CREATE INDEX commands_of_run ON commands(run, id);
)sql",
    // Who asked for what, and pauses, which are no time spent training.
    R"sql(
ALTER TABLE commands ADD COLUMN argument REAL;
ALTER TABLE commands ADD COLUMN author TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN paused_at REAL NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN continued_at REAL NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN paused_seconds REAL NOT NULL DEFAULT 0;
)sql"};

} // namespace

std::int64_t schema_version()
{
    return static_cast<std::int64_t>(kSteps.size());
}

Result<void> check_is_store(Database& database)
{
    // One statement sees one state of the file: another program may be creating the store.
    LYCEUM_ASSIGN(auto row,
                  database.prepare("SELECT (SELECT user_version FROM pragma_user_version),"
                                   " (SELECT application_id FROM pragma_application_id),"
                                   " (SELECT count(*) FROM sqlite_schema)"));
    LYCEUM_TRY(row.step());
    const auto version = row.integer(0);
    const auto application = row.integer(1);
    const auto num_objects = row.integer(2);
    if (application != kApplicationId && (num_objects > 0 || version != 0))
        return Error{ErrorCode::InvalidData,
                     "The file " + database.path().string() +
                         " is another program's database, not a Lyceum run store.",
                     "Move that file away, or choose another workspace."};
    if (version > schema_version())
        return Error{ErrorCode::InvalidData,
                     "The run store " + database.path().string() + " has version " +
                         std::to_string(version) + "; this program reads up to " +
                         std::to_string(schema_version()) + ".",
                     "A newer Lyceum wrote it: use that one, or choose another workspace."};
    return {};
}

Result<void> migrate(Database& database)
{
    LYCEUM_ASSIGN(auto version, database.query_integer("PRAGMA user_version"));
    if (version == schema_version())
        return {};

    LYCEUM_ASSIGN(auto transaction, Transaction::begin(database, Durability::Durable));
    // Another program may have done it while this one waited for the lock.
    LYCEUM_TRY(check_is_store(database));
    LYCEUM_ASSIGN(version, database.query_integer("PRAGMA user_version"));
    for (auto step = version; step < schema_version(); ++step)
        LYCEUM_TRY(database.execute(kSteps[static_cast<std::size_t>(step)]));
    const std::string stamp = "PRAGMA user_version = " + std::to_string(schema_version());
    LYCEUM_TRY(database.execute(stamp.c_str()));
    return transaction.commit();
}

} // namespace lyceum::store

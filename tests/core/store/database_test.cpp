// Opening what cannot be opened, and writing where nothing fits: each fault is told apart.

#include "core/store/database.h"
#include "core/store/journal.h"
#include "core/store/run_store.h"
#include "core/store/schema.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace lyceum::store {
namespace {

using testing::HasSubstr;

/// Runs SQL on a file as another program would.
void execute(const std::filesystem::path& file, const std::string& sql)
{
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &connection), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(connection);
}

std::string read(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(Journal, IsWriteAheadOnLocalDisksAndRollbackOnOthers)
{
    for (const std::uint64_t local : {0xEF53U, 0x58465342U, 0x9123683EU, 0x01021994U, 0x794C7630U})
        EXPECT_EQ(journal_for(local), Journal::Wal) << std::hex << local;
    for (const std::uint64_t network :
         {0x6969U, 0xFF534D42U, 0xFE534D42U, 0x65735546U, 0x01021997U})
        EXPECT_EQ(journal_for(network), Journal::Rollback) << std::hex << network;
    EXPECT_EQ(journal_for_folder("/no/such/folder"), Journal::Rollback);
}

TEST(RunStoreOpen, UsesWriteAheadOnThisDisk)
{
    const test::TemporaryFolder folder;
    if (journal_for_folder(folder.path()) != Journal::Wal)
        GTEST_SKIP() << "the folder for temporary files is on a network file system";
    const auto store = RunStore::open(folder.path());
    ASSERT_TRUE(store);
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "lyceum.sqlite-wal"));
}

TEST(RunStoreOpen, RefusesAFileThatIsNoDatabase)
{
    const test::TemporaryFolder folder;
    folder.write("lyceum.sqlite", std::string(5000, 'x'));
    const auto store = RunStore::open(folder.path());
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, ErrorCode::InvalidData);
    EXPECT_THAT(store.error().message, HasSubstr("lyceum.sqlite is not a Lyceum run store"));
}

TEST(RunStoreOpen, RefusesAnotherProgramsDatabaseAndLeavesItUntouched)
{
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "lyceum.sqlite";
    execute(file, "CREATE TABLE theirs(x)");
    const auto before = read(file);
    const auto store = RunStore::open(folder.path());
    ASSERT_FALSE(store);
    EXPECT_THAT(store.error().message, HasSubstr("another program's database"));
    EXPECT_EQ(read(file), before);
}

TEST(RunStoreOpen, RefusesANewerSchemaByItsVersion)
{
    const test::TemporaryFolder folder;
    ASSERT_TRUE(RunStore::open(folder.path()));
    execute(folder.path() / "lyceum.sqlite", "PRAGMA user_version = 999");
    const auto store = RunStore::open(folder.path());
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, ErrorCode::InvalidData);
    EXPECT_THAT(store.error().message, HasSubstr("version 999"));
    EXPECT_THAT(store.error().hint, HasSubstr("newer Lyceum"));
}

TEST(RunStoreOpen, BringsAStoreOfVersionOneUpToDateAndKeepsItsRuns)
{
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "lyceum.sqlite";
    {
        auto store = RunStore::open(folder.path());
        RunRow row;
        row.name = "old";
        ASSERT_TRUE(store.value()->create_run(row));
    }
    // As the first version left it: without what step 2 added.
    for (const char* column : {"runs DROP COLUMN paused_at", "runs DROP COLUMN continued_at",
                               "runs DROP COLUMN paused_seconds", "commands DROP COLUMN argument",
                               "commands DROP COLUMN author"})
        execute(file, std::string("ALTER TABLE ") + column);
    execute(file, "PRAGMA user_version = 1");
    const auto store = RunStore::open(folder.path());
    ASSERT_TRUE(store) << store.error().message;
    const auto run = store.value()->find_run("old");
    ASSERT_TRUE(run) << run.error().message;
    EXPECT_TRUE(store.value()->ask(run.value().id, CommandKind::Pause, {.author = "ada"}));
}

TEST(RunStoreOpen, ReportsADamagedFile)
{
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "lyceum.sqlite";
    {
        auto store = RunStore::open(folder.path());
        RunRow row;
        row.name = "run";
        ASSERT_TRUE(store.value()->create_run(row));
    }
    auto bytes = read(file);
    std::fill(bytes.begin() + 100, bytes.end(), '\x5A');
    std::ofstream(file, std::ios::binary) << bytes;
    const auto store = RunStore::open(folder.path());
    const auto runs = store ? store.value()->runs() : Result<std::vector<RunRow>>(store.error());
    ASSERT_FALSE(runs);
    EXPECT_EQ(runs.error().code, ErrorCode::InvalidData);
}

TEST(RunStoreOpen, NamesAWorkspaceThatCannotBeWritten)
{
    const test::TemporaryFolder folder;
    const auto file = folder.write("file", "");
    const auto store = RunStore::open(file / "workspace");
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, ErrorCode::Io);
    EXPECT_THAT(store.error().message, HasSubstr("workspace"));
    EXPECT_FALSE(store.error().hint.empty());
}

TEST(RunStoreOpen, ManyProgramsMayCreateTheStoreAtOnce)
{
    for (int round = 0; round < 5; ++round) {
        const test::TemporaryFolder folder;
        std::vector<pid_t> children;
        for (int i = 0; i < 6; ++i) {
            const pid_t child = fork();
            if (child == 0) {
                const auto store = RunStore::open(folder.path());
                if (!store)
                    std::fprintf(stderr, "%s\n", store.error().message.c_str());
                _exit(store ? 0 : 1);
            }
            children.push_back(child);
        }
        for (const auto child : children) {
            int status = 0;
            waitpid(child, &status, 0);
            EXPECT_EQ(status, 0);
        }
    }
}

/// A file system on which nothing more fits, once told so: SQLite's own, with its writes refused.
class FullDisk {
public:
    FullDisk()
    {
        base_ = sqlite3_vfs_find(nullptr);
        vfs_ = *base_;
        vfs_.zName = "full-disk";
        vfs_.xOpen = open;
        sqlite3_vfs_register(&vfs_, 1);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;
    ~FullDisk()
    {
        is_full = false;
        sqlite3_vfs_unregister(&vfs_);
        sqlite3_vfs_register(base_, 1);
    }

    static inline bool is_full = false;

private:
    static int open(sqlite3_vfs* /*vfs*/, const char* name, sqlite3_file* file, int flags,
                    int* flags_out)
    {
        const int status = base_->xOpen(base_, name, file, flags, flags_out);
        if (status == SQLITE_OK && file->pMethods != nullptr) {
            real_write = file->pMethods->xWrite;
            auto& methods = methods_[file->pMethods]; // journals and databases have their own
            methods = *file->pMethods;
            methods.xWrite = write;
            file->pMethods = &methods;
        }
        return status;
    }

    static int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset)
    {
        return is_full ? SQLITE_FULL : real_write(file, bytes, size, offset);
    }

    static inline sqlite3_vfs* base_ = nullptr;
    static inline std::map<const sqlite3_io_methods*, sqlite3_io_methods> methods_;
    static inline int (*real_write)(sqlite3_file*, const void*, int, sqlite3_int64) = nullptr;
    sqlite3_vfs vfs_ = {};
};

TEST(RunStoreWrite, AFullDiskIsToldAndLosesNothingWrittenBefore)
{
    const test::TemporaryFolder folder;
    const FullDisk disk;
    auto store = RunStore::open(folder.path());
    ASSERT_TRUE(store) << store.error().message;
    RunRow row;
    row.name = "run";
    const auto id = store.value()->create_run(row).value();
    ASSERT_TRUE(store.value()->record(id, {.step = 1}, {{1, "loss", 2.0, 1}}));

    FullDisk::is_full = true;
    const auto recorded = store.value()->record(id, {.step = 2}, {{2, "loss", 1.0, 1}});
    ASSERT_FALSE(recorded);
    EXPECT_EQ(recorded.error().code, ErrorCode::DiskFull);
    EXPECT_THAT(recorded.error().hint, HasSubstr("Free some space"));
    EXPECT_EQ(store.value()->series(id, "loss").value().size(), 1U);

    FullDisk::is_full = false;
    EXPECT_TRUE(store.value()->record(id, {.step = 3}, {{3, "loss", 1.0, 1}}));
    EXPECT_EQ(store.value()->series(id, "loss").value().size(), 2U);
}

TEST(RunStoreWrite, ALockHeldByAnotherProgramIsToldAfterAWhile)
{
    const test::TemporaryFolder folder;
    auto store = RunStore::open(folder.path());
    ASSERT_TRUE(store) << store.error().message;
    RunRow row;
    row.name = "run";
    const auto created = store.value()->create_run(row);
    ASSERT_TRUE(created) << created.error().message;
    const auto id = created.value();
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open((folder.path() / "lyceum.sqlite").c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    const auto recorded = store.value()->record(id, {}, {});
    ASSERT_FALSE(recorded);
    EXPECT_EQ(recorded.error().code, ErrorCode::Io);
    EXPECT_THAT(recorded.error().message, HasSubstr("locked by another program"));
    EXPECT_TRUE(store.value()->runs()) << "reading goes on";
    sqlite3_close(other);
    EXPECT_TRUE(store.value()->record(id, {}, {}));
}

} // namespace
} // namespace lyceum::store

#include "core/base/atomic_file.h"
#include "core/base/process.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <iterator>

namespace lyceum {
namespace {

namespace fs = std::filesystem;

std::size_t num_files(const fs::path& folder)
{
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator{folder}, fs::directory_iterator{}));
}

// Limits the size of files this process writes: the way a full disk shows itself without filling
// one.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes)
    {
        old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &old_);
        const rlimit limit{bytes, old_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;
    ~FileSizeLimit()
    {
        setrlimit(RLIMIT_FSIZE, &old_);
        std::signal(SIGXFSZ, old_handler_);
    }

private:
    rlimit old_{};
    void (*old_handler_)(int) = nullptr;
};

TEST(AtomicFile, ReplacesTheWholeContent)
{
    const test::TemporaryFolder folder;
    const fs::path path = folder.write("f", "a long old content");
    ASSERT_TRUE(write_file_atomically(path, "new"));
    EXPECT_EQ(read_file(path).value(), "new");
    EXPECT_EQ(num_files(folder.path()), 1u);
}

TEST(AtomicFile, IsNotThereBeforeCommit)
{
    const test::TemporaryFolder folder;
    auto file = AtomicFile::create(folder.path() / "f");
    ASSERT_TRUE(file);
    ASSERT_TRUE(file.value().append("one "));
    AtomicFile moved = std::move(file).value();
    ASSERT_TRUE(moved.append("two"));
    EXPECT_FALSE(fs::exists(folder.path() / "f"));
    ASSERT_TRUE(moved.commit());
    EXPECT_EQ(read_file(folder.path() / "f").value(), "one two");
}

TEST(AtomicFile, LeavesNothingWhenGivenUp)
{
    const test::TemporaryFolder folder;
    {
        auto file = AtomicFile::create(folder.path() / "f");
        ASSERT_TRUE(file);
        ASSERT_TRUE(file.value().append("half"));
    }
    EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(AtomicFile, FullDiskKeepsTheOldFileAndLeavesNoTemporary)
{
    const test::TemporaryFolder folder;
    const fs::path path = folder.write("f", "old");
    Result<void> result;
    {
        const FileSizeLimit limit{4096};
        result = write_file_atomically(path, std::string(100'000, 'x'));
    }
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::DiskFull);
    EXPECT_THAT(result.error().message, testing::HasSubstr(path.string()));
    EXPECT_FALSE(result.error().hint.empty());
    EXPECT_EQ(read_file(path).value(), "old");
    EXPECT_EQ(num_files(folder.path()), 1u);
}

TEST(AtomicFile, MissingFolderIsAnErrorThatNamesTheFile)
{
    const auto result = write_file_atomically("/nowhere/f", "x");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::NotFound);
    EXPECT_THAT(result.error().message, testing::HasSubstr("/nowhere/f"));
}

TEST(ReadFile, RefusesMoreThanTheLimit)
{
    const test::TemporaryFolder folder;
    const fs::path path = folder.write("f", std::string(101, 'x'));
    EXPECT_EQ(read_file(path, 101).value().size(), 101u);
    const auto refused = read_file(path, 100);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidData);
    EXPECT_EQ(read_file("/dev/zero", 1000).error().code, ErrorCode::InvalidData);
}

TEST(ReadFile, FolderIsIoAndMissingIsNotFound)
{
    EXPECT_EQ(read_file("/tmp").error().code, ErrorCode::Io);
    EXPECT_EQ(read_file("/nowhere").error().code, ErrorCode::NotFound);
}

TEST(SyncFolder, FlushesATreeAndNamesAMissingOne)
{
    const test::TemporaryFolder folder;
    folder.write("a/b/c", "x");
    EXPECT_TRUE(sync_folder(folder.path()));
    EXPECT_FALSE(sync_folder(folder.path() / "missing"));
}

} // namespace
} // namespace lyceum

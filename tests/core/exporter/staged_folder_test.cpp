#include "core/base/atomic_file.h"
#include "core/exporter/staged_folder.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::exporter {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::size_t num_entries(const fs::path& folder)
{
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

class StagedFolderTest : public testing::Test {
protected:
    /// Stages one file and commits.
    Result<fs::path> put(const std::string& content, bool overwrite = false)
    {
        LYCEUM_ASSIGN(StagedFolder folder, StagedFolder::create(out(), overwrite));
        LYCEUM_TRY(write_file_atomically(folder.path() / "a.txt", content));
        LYCEUM_TRY(write_file_atomically(folder.path() / kExportManifest,
                                         R"({"files":[{"name":"a.txt"}]})"));
        return folder.commit();
    }
    [[nodiscard]] fs::path out() const { return temporary_.path() / "out"; }
    [[nodiscard]] std::string content() const { return read_file(out() / "a.txt").value(); }

    test::TemporaryFolder temporary_;
};

TEST_F(StagedFolderTest, AppearsOnlyWhenCommitted)
{
    {
        const auto folder = StagedFolder::create(out(), false);
        ASSERT_TRUE(folder);
        ASSERT_TRUE(write_file_atomically(folder.value().path() / "a.txt", "x"));
        EXPECT_FALSE(fs::exists(out()));
    }
    EXPECT_EQ(num_entries(temporary_.path()), 0U);
    ASSERT_TRUE(put("one"));
    EXPECT_EQ(content(), "one");
    EXPECT_EQ(num_entries(temporary_.path()), 1U);
}

TEST_F(StagedFolderTest, ReplacesAnEmptyFolderAndAnExportOfOurs)
{
    fs::create_directories(out());
    ASSERT_TRUE(put("one"));
    ASSERT_TRUE(put("two"));
    EXPECT_EQ(content(), "two");
    EXPECT_EQ(num_entries(temporary_.path()), 1U);
}

TEST_F(StagedFolderTest, RefusesAFolderWithFilesOfThePerson)
{
    ASSERT_TRUE(put("one"));
    temporary_.write("out/notes.txt", "mine");
    const auto refused = put("two");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::AlreadyExists);
    EXPECT_THAT(refused.error().hint, HasSubstr("--overwrite"));
    EXPECT_EQ(content(), "one");
    temporary_.write("file", "x");
    EXPECT_FALSE(StagedFolder::create(temporary_.path() / "file", true));
}

TEST_F(StagedFolderTest, OverwriteMovesAForeignFolderAsideAndDeletesNothing)
{
    temporary_.write("out/notes.txt", "mine");
    const auto kept = put("two", true);
    ASSERT_TRUE(kept) << kept.error().message;
    EXPECT_EQ(content(), "two");
    EXPECT_EQ(kept.value().filename(), "out.before-export");
    EXPECT_EQ(read_file(kept.value() / "notes.txt").value(), "mine");
    temporary_.write("out/more.txt", "mine too");
    EXPECT_EQ(put("three", true).value().filename(), "out.before-export-2");
}

TEST_F(StagedFolderTest, ClearsWhatAKilledProcessLeftButNotWhatALivingOneWrites)
{
    temporary_.write(".out.writing-999999999/model.safetensors", "half");
    temporary_.write(".out.writing-1/model.safetensors", "in use");
    ASSERT_TRUE(put("one"));
    EXPECT_FALSE(fs::exists(temporary_.path() / ".out.writing-999999999"));
    EXPECT_TRUE(fs::exists(temporary_.path() / ".out.writing-1"));
}

TEST_F(StagedFolderTest, AFolderNamedWithASlashAtTheEndIsTheSame)
{
    const auto folder = StagedFolder::create(out().string() + "/", false);
    ASSERT_TRUE(folder);
    EXPECT_EQ(folder.value().destination(), out());
}

} // namespace
} // namespace lyceum::exporter

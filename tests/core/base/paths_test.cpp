#include "core/base/paths.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

namespace lyceum {
namespace {

namespace fs = std::filesystem;

// Sets a variable for one scope.
class Variable {
public:
    Variable(const char* name, const char* value) : name_(name)
    {
        if (const char* old = getenv(name))
            old_ = old;
        value == nullptr ? unsetenv(name) : setenv(name, value, 1);
    }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;
    ~Variable() { old_.empty() ? unsetenv(name_) : setenv(name_, old_.c_str(), 1); }

private:
    const char* name_;
    std::string old_;
};

TEST(Paths, ResourcesLieBesideTheProgramUnlessTold)
{
    const fs::path own = fs::read_symlink("/proc/self/exe").parent_path();
    const Variable unset{"LYCEUM_RESOURCES", nullptr};
    EXPECT_EQ(resource_dir(), own.parent_path() / "share" / "lyceum");
    const Variable told{"LYCEUM_RESOURCES", "/opt/r"};
    EXPECT_EQ(resource_dir(), "/opt/r");
}

TEST(Paths, ProgramsAreSiblingsUnlessTold)
{
    const Variable unset{"LYCEUM_BIN", nullptr};
    EXPECT_EQ(program_path("lyceum-engine"),
              fs::read_symlink("/proc/self/exe").parent_path() / "lyceum-engine");
    const Variable told{"LYCEUM_BIN", "/opt/b"};
    EXPECT_EQ(program_path("lyceum-engine"), "/opt/b/lyceum-engine");
}

TEST(Paths, WorkspaceFollowsXdgAndIgnoresARelativeOne)
{
    const Variable home{"HOME", "/home/t"};
    const Variable xdg{"XDG_DATA_HOME", "/data"};
    EXPECT_EQ(default_workspace_dir(), "/data/lyceum");
    const Variable relative{"XDG_DATA_HOME", "data"};
    EXPECT_EQ(default_workspace_dir(), "/home/t/.local/share/lyceum");
}

TEST(Paths, WritableFolderIsMadeWithItsParentsAndLeftEmpty)
{
    const test::TemporaryFolder folder;
    const fs::path deep = folder.path() / "a" / "b";
    ASSERT_TRUE(ensure_writable_dir(deep));
    EXPECT_TRUE(fs::is_empty(deep));
}

TEST(Paths, UnwritableFolderIsAnErrorThatNamesItAndTheWayOut)
{
    const test::TemporaryFolder folder;
    const fs::path file = folder.write("file", "");
    for (const fs::path& bad : {file / "below", fs::path{"/proc/lyceum"}}) {
        const auto result = ensure_writable_dir(bad);
        ASSERT_FALSE(result) << bad;
        EXPECT_EQ(result.error().code, ErrorCode::Io);
        EXPECT_THAT(result.error().message, testing::HasSubstr(bad.string()));
        EXPECT_THAT(result.error().hint, testing::HasSubstr("--workspace"));
    }
}

TEST(Paths, FreeSpaceOfAFolderThatIsNotThereYetIsItsParents)
{
    const test::TemporaryFolder folder;
    const auto bytes = free_disk_bytes(folder.path() / "not" / "yet");
    ASSERT_TRUE(bytes);
    EXPECT_GT(bytes.value(), 0u);
}

} // namespace
} // namespace lyceum

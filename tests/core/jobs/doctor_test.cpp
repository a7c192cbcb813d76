#include "core/jobs/jobs.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>

namespace lyceum::jobs {
namespace {

using testing::HasSubstr;

DoctorCheck find(const std::vector<DoctorCheck>& checks, const std::string& name)
{
    const auto found = std::ranges::find(checks, name, &DoctorCheck::name);
    EXPECT_NE(found, checks.end()) << name;
    return found == checks.end() ? DoctorCheck{} : *found;
}

TEST(Doctor, ChecksEverythingWithASentenceEach)
{
    setenv("LYCEUM_BIN", LYCEUM_FAKE_BIN, 1);
    const test::TemporaryFolder folder;
    const auto checks = run_doctor(folder.path());
    for (const auto* name :
         {"processor", "memory", "disk", "workspace", "engine", "model", "gpu"}) {
        const auto check = find(checks, name);
        EXPECT_THAT(check.status, testing::AnyOf("ok", "note", "fault")) << name;
        EXPECT_FALSE(check.title.empty()) << name;
        EXPECT_TRUE(check.detail.ends_with('.')) << check.detail;
    }
    EXPECT_EQ(find(checks, "engine").status, "ok");
    EXPECT_THAT(find(checks, "engine").detail, HasSubstr("stand-in"));
    EXPECT_EQ(find(checks, "model").status, "ok");
}

TEST(Doctor, FaultsSayWhatToDo)
{
    setenv("LYCEUM_BIN", "/no/such/folder", 1);
    const test::TemporaryFolder folder;
    const auto checks = run_doctor(folder.write("file", "") / "workspace");
    EXPECT_EQ(find(checks, "engine").status, "fault");
    EXPECT_THAT(find(checks, "engine").detail, HasSubstr("LYCEUM_BIN"));
    EXPECT_EQ(find(checks, "workspace").status, "fault");
}

} // namespace
} // namespace lyceum::jobs

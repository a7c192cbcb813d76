#include "core/base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

TEST(Log, LineCarriesUtcTimeLevelAndMessage)
{
    testing::internal::CaptureStderr();
    lyceum::log::info("a");
    lyceum::log::warning("b");
    lyceum::log::error("c");
    const std::string time = "[0-9-]+T[0-9:]+Z ";
    EXPECT_THAT(
        testing::internal::GetCapturedStderr(),
        testing::MatchesRegex(time + "info  a\n" + time + "warn  b\n" + time + "error c\n"));
}

} // namespace

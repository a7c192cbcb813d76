#include "core/base/check.h"

#include <gtest/gtest.h>

namespace {

TEST(CheckDeathTest, FailedClaimEndsTheProcessNamingClaimAndPlace)
{
    EXPECT_DEATH(LYCEUM_CHECK(1 + 1 == 3, "sums are right"),
                 "sums are right \\(1 \\+ 1 == 3 is false, .*check_test.cpp:");
}

TEST(Check, TrueClaimDoesNothing)
{
    LYCEUM_CHECK(1 + 1 == 2, "sums are right");
}

} // namespace

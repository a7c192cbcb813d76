#include "core/runtime/guard.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::runtime {
namespace {

using testing::HasSubstr;

TEST(Guard, PassesTheValueOn)
{
    const Result<int> result = guard("adding", [] { return 2 + 3; });
    ASSERT_TRUE(result);
    EXPECT_EQ(result.value(), 5);
}

TEST(Guard, KeepsAResultAsItIs)
{
    const Result<int> result = guard("opening", []() -> Result<int> {
        return Error{ErrorCode::NotFound, "no such file", ""};
    });
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::NotFound);
}

TEST(Guard, TurnsATorchErrorIntoOneLineThatSaysWhatWasGoingOn)
{
    const Result<void> result = guard("multiplying", [] {
        at::mm(at::zeros({2, 3}), at::zeros({2, 3}));
    });
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::Unsupported);
    EXPECT_THAT(result.error().message, HasSubstr("multiplying: "));
    EXPECT_THAT(result.error().message, Not(HasSubstr("\n")));
}

TEST(Guard, TellsOutOfMemoryApart)
{
    const std::int64_t pebibyte_of_floats = std::int64_t{1} << 48;
    const Result<void> result =
        guard("making room", [&] { at::empty({pebibyte_of_floats}).fill_(1.0F); });
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::OutOfMemory) << result.error().message;
}

TEST(Guard, CatchesWhatTheStandardLibraryThrows)
{
    const Result<void> result = guard("reading", [] { throw std::runtime_error("broken pipe"); });
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message, "reading: broken pipe");
}

} // namespace
} // namespace lyceum::runtime

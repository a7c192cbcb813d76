#include "core/loader/batch.h"

#include <gtest/gtest.h>

namespace lyceum::loader {
namespace {

// Three samples; the second learns its last two tokens.
const std::vector<data::EncodedSample> kSamples = {
    {{10, 11, 12}, {1, 1, 1}, 0}, {{20, 21, 22, 23}, {0, 0, 1, 1}, 0}, {{30, 31}, {0, 1}, 0}};

at::Tensor longs(std::initializer_list<std::int64_t> values)
{
    return torch::tensor(std::vector<std::int64_t>(values), at::kLong);
}

TEST(Batch, LaysSamplesSideBySideWithRestartingPositions)
{
    const std::vector<Row> rows = {{0, 1}, {2}};
    const auto batch = make_batch(kSamples, rows, Layout::Padded);
    EXPECT_TRUE(torch::equal(batch.ids.flatten(),
                             longs({10, 11, 12, 20, 21, 22, 23, 30, 31, 0, 0, 0, 0, 0})));
    EXPECT_TRUE(
        torch::equal(batch.positions.flatten(), longs({0, 1, 2, 0, 1, 2, 3, 0, 1, 0, 0, 0, 0, 0})));
    ASSERT_EQ(batch.segments.size(), 3U);
    EXPECT_EQ(batch.segments[1].row, 0);
    EXPECT_EQ(batch.segments[1].start, 3);
    EXPECT_EQ(batch.segments[1].length, 4);
    EXPECT_EQ(batch.num_tokens, 9);
}

TEST(Batch, TargetsAreTheLearntTokensThatHaveOneBeforeThem)
{
    const std::vector<Row> rows = {{0, 1}, {2}};
    const auto batch = make_batch(kSamples, rows, Layout::Padded);
    EXPECT_TRUE(torch::equal(batch.targets, longs({11, 12, 22, 23, 31})));
    // The token before each target, never one of another sample.
    EXPECT_TRUE(torch::equal(batch.predictors, longs({0, 1, 4, 5, 7})));
}

TEST(Batch, SeamlessRowsRunOnWithoutPadding)
{
    const std::vector<Row> rows = {{0, 1}, {2}};
    const auto batch = make_batch(kSamples, rows, Layout::Seamless);
    EXPECT_EQ(batch.ids.size(0), 1);
    EXPECT_TRUE(torch::equal(batch.ids.flatten(), longs({10, 11, 12, 20, 21, 22, 23, 30, 31})));
    EXPECT_TRUE(torch::equal(batch.positions.flatten(), longs({0, 1, 2, 0, 1, 2, 3, 0, 1})));
    EXPECT_TRUE(torch::equal(batch.predictors, longs({0, 1, 4, 5, 7})));
    EXPECT_EQ(batch.segments[2].start, 7);
    EXPECT_EQ(batch.num_tokens, 9);
}

TEST(Batch, WithoutRowsStillHasATokenButNoTarget)
{
    const auto batch = make_batch(kSamples, {}, Layout::Seamless);
    EXPECT_EQ(batch.ids.numel(), 1);
    EXPECT_EQ(batch.num_targets(), 0);
    EXPECT_EQ(batch.num_tokens, 0);
}

} // namespace
} // namespace lyceum::loader

#include "core/data/shuffle.h"

#include <gmock/gmock.h>

namespace lyceum::data {
namespace {

/// The published outputs of SplitMix64 for this seed.
TEST(SplitMix64, GivesThePublishedNumbers)
{
    SplitMix64 random(1234567);
    for (const std::uint64_t expected :
         {6457827717110365317U, 3203168211198807973U, 9817491932198370423U, 4593380528125082431U,
          16408922859458223821U})
        EXPECT_EQ(random.next(), expected);
}

TEST(SplitMix64, DrawsEveryNumberBelowABoundAboutAsOften)
{
    SplitMix64 random(7);
    std::vector<int> counts(6);
    for (int i = 0; i < 60000; ++i)
        ++counts[random.below(6)];
    for (const int count : counts)
        EXPECT_NEAR(count, 10000, 400);
}

TEST(ShuffledIndices, AreAPermutationThatNeverChanges)
{
    EXPECT_THAT(shuffled_indices(5, 1), testing::UnorderedElementsAre(0, 1, 2, 3, 4));
    EXPECT_EQ(shuffled_indices(10, 42), shuffled_indices(10, 42));
    EXPECT_NE(shuffled_indices(10, 42), shuffled_indices(10, 43));
    EXPECT_TRUE(shuffled_indices(0, 1).empty());
    // By tests/reference/shuffle_reference.py: runs and published results depend on this order.
    EXPECT_THAT(shuffled_indices(10, 1234), testing::ElementsAre(0, 1, 8, 6, 4, 3, 7, 2, 9, 5));
}

} // namespace
} // namespace lyceum::data

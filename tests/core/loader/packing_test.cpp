#include "core/loader/packing.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

namespace lyceum::loader {
namespace {

std::vector<data::EncodedSample> samples_of(const std::vector<std::size_t>& lengths)
{
    std::vector<data::EncodedSample> samples;
    for (const auto length : lengths)
        samples.push_back(
            {std::vector<text::TokenId>(length, 1), std::vector<std::uint8_t>(length, 1), 0});
    return samples;
}

std::vector<std::size_t> random_lengths(std::size_t count)
{
    std::mt19937 generator(3);
    std::vector<std::size_t> lengths;
    for (std::size_t i = 0; i < count; ++i)
        lengths.push_back(1 + generator() % 100);
    return lengths;
}

TEST(Packing, FirstFitTakesTheFirstRowWithRoom)
{
    const auto rows = plan_rows(samples_of({6, 5, 4, 3, 7, 2}),
                                {.max_length = 10, .packing = true, .shuffle = false}, 0);
    EXPECT_EQ(rows, (std::vector<Row>{{0, 2}, {1, 3, 5}, {4}}));
}

TEST(Packing, HoldsEverySampleOnceAndNoRowIsTooLong)
{
    const auto lengths = random_lengths(1000);
    const auto rows = plan_rows(samples_of(lengths), {.max_length = 128, .seed = 9}, 4);
    std::vector<std::uint32_t> seen;
    for (const auto& row : rows) {
        std::size_t length = 0;
        for (const auto index : row) {
            length += lengths[index];
            seen.push_back(index);
        }
        EXPECT_LE(length, 128U);
    }
    std::sort(seen.begin(), seen.end());
    ASSERT_EQ(seen.size(), lengths.size());
    for (std::uint32_t i = 0; i < seen.size(); ++i)
        EXPECT_EQ(seen[i], i);
}

TEST(Packing, EqualsTheObviousFirstFit)
{
    const auto lengths = random_lengths(300);
    std::vector<Row> obvious;
    std::vector<std::size_t> used;
    for (std::uint32_t i = 0; i < lengths.size(); ++i) {
        std::size_t row = 0;
        while (row < used.size() && used[row] + lengths[i] > 110)
            ++row;
        if (row == used.size()) {
            used.push_back(0);
            obvious.emplace_back();
        }
        used[row] += lengths[i];
        obvious[row].push_back(i);
    }
    EXPECT_EQ(plan_rows(samples_of(lengths), {.max_length = 110, .shuffle = false}, 0), obvious);
}

TEST(Packing, GivesASampleLongerThanARowARowOfItsOwn)
{
    const auto rows =
        plan_rows(samples_of({3, 50, 3}), {.max_length = 10, .packing = true, .shuffle = false}, 0);
    EXPECT_EQ(rows, (std::vector<Row>{{0, 2}, {1}}));
}

TEST(Packing, OrderDependsOnSeedAndEpochOnly)
{
    const auto samples = samples_of(random_lengths(200));
    const PlanOptions options{.max_length = 128, .seed = 7};
    EXPECT_EQ(plan_rows(samples, options, 2), plan_rows(samples, options, 2));
    EXPECT_NE(plan_rows(samples, options, 2), plan_rows(samples, options, 3));
    PlanOptions other = options;
    other.seed = 8;
    EXPECT_NE(plan_rows(samples, options, 2), plan_rows(samples, other, 2));
}

TEST(Packing, OffMeansOneSampleARow)
{
    const auto rows = plan_rows(samples_of({4, 5}), {.packing = false, .shuffle = false}, 0);
    EXPECT_EQ(rows, (std::vector<Row>{{0}, {1}}));
    EXPECT_TRUE(plan_rows({}, {}, 0).empty());
}

} // namespace
} // namespace lyceum::loader

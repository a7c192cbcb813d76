#include "core/store/run_store.h"
#include "core/store/series.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <random>

namespace lyceum::store {
namespace {

/// The definition: the first lowest and highest point of each range of steps.
std::vector<SeriesPoint> by_definition(const std::vector<SeriesPoint>& points, std::int64_t first,
                                       std::int64_t last, int count)
{
    const auto range = last - first + 1;
    const auto used = std::min<std::int64_t>(count, range);
    std::vector<SeriesPoint> result;
    for (std::int64_t i = 0; i < used; ++i) {
        const auto begin = first + i * range / used;
        const auto end = first + (i + 1) * range / used;
        const SeriesPoint* lowest = nullptr;
        const SeriesPoint* highest = nullptr;
        for (const auto& point : points) {
            if (point.step < begin || point.step >= end)
                continue;
            const bool first_number =
                lowest != nullptr && std::isnan(lowest->value) && !std::isnan(point.value);
            if (lowest == nullptr || first_number) {
                lowest = highest = &point;
                continue;
            }
            if (point.value < lowest->value)
                lowest = &point;
            if (point.value > highest->value)
                highest = &point;
        }
        if (lowest == nullptr)
            continue;
        if (lowest->step > highest->step)
            std::swap(lowest, highest);
        result.push_back(*lowest);
        if (highest->step != lowest->step)
            result.push_back(*highest);
    }
    return result;
}

class SeriesTest : public testing::Test {
protected:
    void SetUp() override
    {
        store_ = std::move(RunStore::open(folder_.path())).value();
        RunRow row;
        row.name = "run";
        id_ = store_->create_run(row).value();
    }

    void expect_as_defined(std::int64_t first, std::int64_t last, int buckets)
    {
        const auto points = store_->series(id_, "loss").value();
        const auto expected = by_definition(points, first, last, buckets);
        const auto result = store_->decimated_series(id_, "loss", first, last, buckets);
        ASSERT_TRUE(result) << result.error().message;
        ASSERT_EQ(result.value().size(), expected.size()) << first << " " << last << " " << buckets;
        for (std::size_t i = 0; i < expected.size(); ++i) {
            ASSERT_EQ(result.value()[i].step, expected[i].step)
                << first << " " << last << " " << buckets << " point " << i;
            ASSERT_EQ(result.value()[i].time, expected[i].time);
        }
    }

    test::TemporaryFolder folder_;
    std::unique_ptr<RunStore> store_;
    RunId id_ = 0;
};

TEST_F(SeriesTest, DecimationEqualsItsDefinitionOnAnyRange)
{
    std::mt19937 random(11);
    std::normal_distribution<double> noise;
    std::vector<Metric> metrics;
    for (std::int64_t step = 0; step < 30000; ++step) {
        const bool is_missing = random() % 5 == 0 || (step > 9000 && step < 13500);
        const bool is_nan = random() % 50 == 0;
        if (!is_missing)
            metrics.push_back({step, "loss",
                               is_nan ? std::numeric_limits<double>::quiet_NaN() : noise(random),
                               1.0 + static_cast<double>(step)});
    }
    ASSERT_TRUE(store_->record(id_, {}, metrics));
    expect_as_defined(0, 29999, 10);
    expect_as_defined(0, 29999, 1);
    expect_as_defined(0, 40000, 133);
    for (int round = 0; round < 8; ++round) {
        const auto first = static_cast<std::int64_t>(random() % 30000);
        const auto last = first + static_cast<std::int64_t>(random() % 30000);
        expect_as_defined(first, last, static_cast<int>(1 + random() % 100));
    }
}

TEST_F(SeriesTest, DecimationHoldsAfterEveryKindOfWrite)
{
    std::mt19937 random(5);
    std::normal_distribution<double> noise;
    std::int64_t step = 0;
    for (int round = 0; round < 12; ++round) {
        std::vector<Metric> metrics;
        for (int i = 0; i < 1500; ++i)
            metrics.push_back({step++, "loss", noise(random), 1});
        ASSERT_TRUE(store_->record(id_, {.step = step}, metrics));
        if (round == 5) { // a finished chunk is written again
            ASSERT_TRUE(store_->record(id_, {.step = step}, {{100, "loss", -100, 1}}));
        }
        if (round == 8) { // resumed from an earlier checkpoint
            ASSERT_TRUE(store_->rewind_to(id_, 6000));
            step = 6001;
        }
        expect_as_defined(0, 20000, 40);
        expect_as_defined(50, step, 7);
    }
}

TEST_F(SeriesTest, RangesWithoutPointsAreEmpty)
{
    EXPECT_TRUE(store_->decimated_series(id_, "loss", 0, 100, 10).value().empty());
    ASSERT_TRUE(store_->record(id_, {}, {{5, "loss", 1, 1}}));
    EXPECT_TRUE(store_->decimated_series(id_, "loss", 10, 5, 10).value().empty());
    EXPECT_TRUE(store_->decimated_series(id_, "loss", 0, 100, 0).value().empty());
    EXPECT_EQ(store_->decimated_series(id_, "loss", -5, 100, 10).value().size(), 1U);
    const auto all = std::numeric_limits<std::int64_t>::max();
    EXPECT_EQ(store_->decimated_series(id_, "loss", 0, all, 10).value().size(), 1U);
}

TEST_F(SeriesTest, AMillionPointsAreDrawnWithoutReadingThemAll)
{
    constexpr std::int64_t kPoints = 1'000'000;
    constexpr std::int64_t kSpike = 123'457;
    std::vector<Metric> metrics;
    metrics.reserve(kPoints);
    for (std::int64_t step = 0; step < kPoints; ++step)
        metrics.push_back({step, "loss", step == kSpike ? 99.0 : static_cast<double>(step % 997),
                           static_cast<double>(step)});
    metrics[kSpike].value = 5000;
    ASSERT_TRUE(store_->record(id_, {.step = kPoints}, metrics));

    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    const auto drawn = store_->decimated_series(id_, "loss", 0, kPoints - 1, 1000);
    const auto drawing = Clock::now() - start;
    ASSERT_TRUE(drawn);
    EXPECT_LE(drawn.value().size(), 2000U);
    const auto highest =
        std::ranges::max_element(drawn.value(), {}, [](const auto& point) { return point.value; });
    EXPECT_EQ(highest->step, kSpike);

    const auto middle = Clock::now();
    ASSERT_EQ(store_->series(id_, "loss").value().size(), static_cast<std::size_t>(kPoints));
    EXPECT_LT(drawing * 10, Clock::now() - middle) << "it read the points themselves";
}

} // namespace
} // namespace lyceum::store

#include "core/optim/plateau_schedule.h"
#include "tests/core/optim/reference.h"

#include <gtest/gtest.h>

namespace lyceum::optim {
namespace {

PlateauSchedule plateau(const config::PlateauConfig& options, double min_lr_ratio = 0.0)
{
    return PlateauSchedule({.peak = 1.0, .warmup_steps = 2, .min_lr_ratio = min_lr_ratio}, options);
}

void expect_equal(const char* name, PlateauSchedule schedule)
{
    const auto reference = test::optimizer_reference();
    const auto& losses = reference["plateau_losses"];
    for (std::size_t i = 0; i < losses.size(); ++i) {
        schedule.on_validation(losses[i]);
        EXPECT_NEAR(schedule.learning_rate(9), reference[name][i].get<double>(), 1e-12)
            << name << " after " << i;
    }
}

TEST(PlateauSchedule, GoesDownWhenPyTorchsDoes)
{
    expect_equal("plateau", plateau({.factor = 0.5, .patience = 2, .threshold = 1e-4}));
    expect_equal("plateau_impatient",
                 plateau({.factor = 0.3, .patience = 0, .threshold = 1e-2}, 0.05));
}

TEST(PlateauSchedule, SaysWhatChanges)
{
    auto schedule = plateau({.factor = 0.5, .patience = 0});
    EXPECT_FALSE(schedule.on_validation(1.0));
    const auto change = schedule.on_validation(1.0);
    ASSERT_TRUE(change);
    EXPECT_NE(change->find("from 1 to 0.5"), std::string::npos) << *change;
    EXPECT_TRUE(schedule.needs_validation());
}

TEST(PlateauSchedule, WarmsUpFirst)
{
    const auto schedule = plateau({});
    EXPECT_DOUBLE_EQ(schedule.learning_rate(0), 0.5);
    EXPECT_DOUBLE_EQ(schedule.learning_rate(1), 1.0);
    EXPECT_DOUBLE_EQ(schedule.learning_rate(1000), 1.0);
}

TEST(PlateauSchedule, GoesOnFromItsStateAtAnyPoint)
{
    const auto losses = test::optimizer_reference()["plateau_losses"];
    for (std::size_t at = 0; at < losses.size(); ++at) {
        auto whole = plateau({}), first = plateau({}), second = plateau({});
        for (std::size_t i = 0; i < losses.size(); ++i) {
            whole.on_validation(losses[i]);
            if (i < at)
                first.on_validation(losses[i]);
        }
        const auto text = first.state().dump(); // through the file
        ASSERT_TRUE(second.load_state(nlohmann::json::parse(text)));
        for (std::size_t i = at; i < losses.size(); ++i)
            second.on_validation(losses[i]);
        EXPECT_EQ(second.learning_rate(9), whole.learning_rate(9));
        EXPECT_EQ(second.state(), whole.state());
    }
}

TEST(PlateauSchedule, RefusesABrokenState)
{
    auto schedule = plateau({});
    EXPECT_FALSE(schedule.load_state({{"share", 0.5}}));
    EXPECT_FALSE(schedule.load_state({{"share", "fast"}, {"without_gain", 1}}));
}

} // namespace
} // namespace lyceum::optim

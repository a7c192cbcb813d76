#include "core/infer/stop_texts.h"

#include <gtest/gtest.h>

namespace lyceum::infer {
namespace {

TEST(StopTexts, EndsBeforeAStopThatComesInPieces)
{
    StopTexts stops({"END", "\n\n"});
    std::string text = stops.push("one E");
    EXPECT_EQ(text, "one ");
    text += stops.push("ND two");
    EXPECT_EQ(text, "one ");
    EXPECT_TRUE(stops.found());
    EXPECT_EQ(stops.push("more") + stops.flush(), "");
}

TEST(StopTexts, GivesBackWhatOnlyLookedLikeAStop)
{
    StopTexts stops({"END"});
    std::string text = stops.push("the E");
    text += stops.push("N");
    text += stops.push("CYCLOPEDIA EN");
    EXPECT_EQ(text, "the ENCYCLOPEDIA ");
    EXPECT_FALSE(stops.found());
    EXPECT_EQ(stops.flush(), "EN");
}

TEST(StopTexts, TheFirstOfSeveralWins)
{
    StopTexts stops({"b", "ab"});
    EXPECT_EQ(stops.push("xxabyy"), "xx");
}

TEST(StopTexts, WithoutStopsEverythingPasses)
{
    StopTexts stops({});
    EXPECT_EQ(stops.push("all of it"), "all of it");
}

} // namespace
} // namespace lyceum::infer

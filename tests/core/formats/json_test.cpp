#include "core/formats/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::formats {
namespace {

using testing::HasSubstr;

std::string problem_of(std::string_view text)
{
    const auto parsed = parse_json(text, "x.json");
    EXPECT_FALSE(parsed) << text;
    return parsed ? std::string() : parsed.error().message;
}

TEST(Json, ParsesWhatNlohmannParses)
{
    const std::string text = R"({"a":[1,-2,3.5,null,true,{"b":"\u00e9"}],"c":{}})";
    const auto parsed = parse_json(text, "x.json");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed.value(), Json::parse(text));
}

TEST(Json, NamesTheFileAndThePlaceOfASyntaxError)
{
    EXPECT_THAT(problem_of("{\"a\": }"), HasSubstr("x.json is not valid JSON at byte 7"));
    EXPECT_THAT(problem_of(""), HasSubstr("not valid JSON"));
    EXPECT_THAT(problem_of("{} {}"), HasSubstr("not valid JSON"));
    EXPECT_THAT(problem_of("[1e999]"), HasSubstr("not valid JSON"));
    EXPECT_THAT(problem_of("[\"\xff\"]"), HasSubstr("not valid JSON"));
}

TEST(Json, RefusesAKeyThatIsThereTwice)
{
    EXPECT_THAT(problem_of(R"({"a":1,"b":{"a":2},"a":3})"), HasSubstr("key \"a\" twice"));
}

TEST(Json, RefusesDeepNestingWithoutDescendingIntoIt)
{
    EXPECT_THAT(problem_of(std::string(10'000'000, '[')), HasSubstr("more than 64 deep"));
    const std::string deep = std::string(64, '[') + std::string(64, ']');
    EXPECT_TRUE(parse_json(deep, "x.json"));
}

TEST(JsonObject, NamesKeyAndValueOfAWrongType)
{
    const Json json = {{"size", "ten"}, {"huge", UINT64_MAX}, {"flag", 1}, {"none", nullptr}};
    const JsonObject object(json, "x.json");
    EXPECT_THAT(object.integer("size").error().message,
                HasSubstr("x.json: \"size\" is \"ten\", expected an integer"));
    EXPECT_FALSE(object.integer("huge"));
    EXPECT_FALSE(object.boolean_or("flag", true));
    EXPECT_THAT(object.string("none").error().message, HasSubstr("\"none\" is missing"));
    EXPECT_EQ(object.integer_or("none", 7).value(), 7);
    EXPECT_EQ(object.string_or("absent", "x").value(), "x");
}

} // namespace
} // namespace lyceum::formats

// Text from outside may be one "word" of a megabyte: the time for a token must not grow with it.

#include "core/text/tokenizer.h"
#include "tests/support/smollm2.h"

#include <gtest/gtest.h>

#include <ctime>

namespace lyceum::text {
namespace {

using nlohmann::json;

std::string repeated(std::string_view part, std::size_t bytes)
{
    std::string text;
    while (text.size() < bytes)
        text += part;
    return text;
}

/// Of this thread's processor time: other programs do not count.
double seconds_to_encode(const Tokenizer& tokenizer, const std::string& text)
{
    const auto now = [] {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
    };
    const double begin = now();
    EXPECT_LE(tokenizer.encode(text).size(), text.size() + 3); // a space before, two around
    return now() - begin;
}

/// 16 times the text takes about 16 times as long; where it took the square, 256 times.
void expect_near_linear(const Tokenizer& tokenizer)
{
    constexpr std::size_t kSmall = 1 << 13;
    for (const char* part : {"a", "ab", " ", "\n", "\r\n \t", "1", "!", "'", "\xE4\xB8\xAD",
                             "\xE4\xBD\xA0\xE5\xA5\xBD", "e\xCC\x81", "\xCC\x81",
                             "\xE2\x80\x8D\xF0\x9F\x91\xA9", "<", "\xF3\xA0\x84\x80"}) {
        SCOPED_TRACE(json(part).dump(-1, ' ', true, json::error_handler_t::replace));
        const std::string small = repeated(part, kSmall);
        double least = seconds_to_encode(tokenizer, small);
        for (int i = 0; i < 4; ++i)
            least = std::min(least, seconds_to_encode(tokenizer, small));
        EXPECT_LT(seconds_to_encode(tokenizer, repeated(part, 16 * kSmall)), 100 * least + 0.05);
    }
}

TEST(LongInput, TakesTimeByItsLengthInEveryKindOfTokenizer)
{
    const json reference = test::read_reference("core/text/data/tokenizer_parts.json");
    ASSERT_FALSE(reference["tokenizers"].empty());
    for (const json& entry : reference["tokenizers"]) {
        SCOPED_TRACE(entry["name"].get<std::string>());
        const auto tokenizer = Tokenizer::from_json(entry["json"].dump());
        ASSERT_TRUE(tokenizer) << tokenizer.error().message;
        expect_near_linear(*tokenizer.value());
    }
}

TEST(LongInput, TakesTimeByItsLengthInSmolLm2)
{
    expect_near_linear(*test::smollm2().tokenizer);
}

// Two letters and all their doublings: the most merges that a text can cause.
TEST(LongInput, MergesAMegabyteOfOneLetterToTheLongestToken)
{
    std::vector<std::string> merges;
    json vocabulary = {{"a", 0}};
    for (std::string token = "a"; token.size() < 1024; token += token) {
        merges.push_back(token + " " + token);
        vocabulary[token + token] = vocabulary.size();
    }
    const json file = {{"model", {{"type", "BPE"}, {"vocab", vocabulary}, {"merges", merges}}}};
    const auto tokenizer = Tokenizer::from_json(file.dump());
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;
    const auto ids = tokenizer.value()->encode(std::string(1 << 20, 'a'));
    EXPECT_EQ(ids, std::vector<TokenId>(1024, 10));
    expect_near_linear(*tokenizer.value());
}

// One that looked at each of them at every place would take minutes.
TEST(LongInput, FindsAddedTokensAmongManyThatBeginAlike)
{
    TokenizerSpec spec = test::smollm2().tokenizer->spec();
    const auto first = static_cast<TokenId>(spec.vocabulary.size());
    constexpr TokenId kMany = 200'000;
    for (TokenId i = 0; i < kMany; ++i)
        spec.added_tokens.push_back(
            {.id = first + i, .content = "<<<<|unused" + std::to_string(i) + "|>"});
    const auto tokenizer = Tokenizer::create(std::move(spec));
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;
    const auto ids =
        tokenizer.value()->encode(std::string(300'000, '<') + "<<<<|unused1|><<<<|unused199999|>");
    ASSERT_GT(ids.size(), 2U);
    EXPECT_EQ(ids[ids.size() - 2], first + 1);
    EXPECT_EQ(ids.back(), first + kMany - 1);
}

} // namespace
} // namespace lyceum::text

#include "core/base/sha256.h"
#include "core/text/tokenizer.h"
#include "core/text/utf8.h"
#include "tests/support/smollm2.h"

#include <gtest/gtest.h>

namespace lyceum::text {
namespace {

using Ids = std::vector<TokenId>;
using test::smollm2;

const nlohmann::json& reference()
{
    static const nlohmann::json values = test::read_reference("core/text/data/smollm2_tokens.json");
    return values;
}

std::shared_ptr<const Tokenizer> with_gpt2_rules()
{
    TokenizerSpec spec = smollm2().tokenizer->spec();
    spec.pre_tokenizer = "gpt2";
    return Tokenizer::create(std::move(spec)).value();
}

TEST(Tokenizer, EncodesAndDecodesAsHuggingFaceDoes)
{
    const Tokenizer& tokenizer = *smollm2().tokenizer;
    const auto gpt2 = with_gpt2_rules();
    for (const auto& c : reference()["cases"]) {
        const auto text = c["text"].get<std::string>();
        SCOPED_TRACE(c["text"].dump());
        const Ids ids = tokenizer.encode(text);
        EXPECT_EQ(ids, c["ids"].get<Ids>());
        EXPECT_EQ(tokenizer.encode(text, {.parse_special = false}), c["plain_ids"].get<Ids>());
        EXPECT_EQ(gpt2->encode(text), c["gpt2_ids"].get<Ids>());
        EXPECT_EQ(tokenizer.decode(ids, false), c["decoded"].get<std::string>());
    }
}

TEST(Tokenizer, DecodesHalvesOfCharactersAsHuggingFaceDoes)
{
    for (const auto& c : reference()["decodes"])
        EXPECT_EQ(smollm2().tokenizer->decode(c["ids"].get<Ids>()), c["text"].get<std::string>());
}

TEST(Tokenizer, TreatsEveryCodePointAsHuggingFaceDoes)
{
    std::string ids;
    std::string text;
    int in_text = 0;
    const auto flush = [&] {
        for (const TokenId id : smollm2().tokenizer->encode(text))
            for (int shift = 0; shift < 32; shift += 8)
                ids.push_back(static_cast<char>(id >> shift));
        text.clear();
        in_text = 0;
    };
    for (char32_t point = 0; point < 0x110000; ++point) {
        if (point >= 0xD800 && point < 0xE000)
            continue;
        text += 'a';
        append_utf8(text, point);
        text += ' ';
        append_utf8(text, point);
        text += "1 ";
        if (++in_text == 20000)
            flush();
    }
    flush();
    EXPECT_EQ(sha256_hex(ids), reference()["all_code_points_sha256"].get<std::string>());
}

TEST(Tokenizer, StreamsTheSameTextWithoutHalfCharacters)
{
    for (const auto& c : reference()["cases"]) {
        StreamDecoder stream(smollm2().tokenizer);
        std::string streamed;
        for (const TokenId id : c["ids"].get<Ids>()) {
            const std::string part = stream.push(id);
            EXPECT_TRUE(is_valid_utf8(part));
            streamed += part;
        }
        streamed += stream.flush();
        EXPECT_EQ(streamed, smollm2().tokenizer->decode(c["ids"].get<Ids>()));
    }
}

TEST(Tokenizer, StreamsIdsOutOfOrderAsItDecodesThem)
{
    for (const auto& c : reference()["decodes"]) {
        StreamDecoder stream(smollm2().tokenizer);
        std::string streamed;
        for (const TokenId id : c["ids"].get<Ids>())
            streamed += stream.push(id);
        EXPECT_EQ(streamed + stream.flush(), c["text"].get<std::string>());
    }
}

TEST(Tokenizer, GivesTheSameIdsAfterATripThroughTokenizerJson)
{
    const auto again = Tokenizer::from_json(smollm2().tokenizer->to_json());
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again.value()->vocabulary_size(), 49152);
    for (const auto& c : reference()["cases"])
        EXPECT_EQ(again.value()->encode(c["text"].get<std::string>()), c["ids"].get<Ids>());
}

TEST(Tokenizer, ReadsBytesThatAreNotUtf8AsReplacementCharacters)
{
    EXPECT_EQ(smollm2().tokenizer->encode("a\xFFz"), smollm2().tokenizer->encode("a\xEF\xBF\xBDz"));
}

TEST(Tokenizer, KnowsItsSpecialTokens)
{
    const Tokenizer& tokenizer = *smollm2().tokenizer;
    EXPECT_EQ(tokenizer.id_of("<|im_end|>"), 2);
    EXPECT_FALSE(tokenizer.id_of("no such token at all"));
    EXPECT_TRUE(tokenizer.is_special(2));
    EXPECT_FALSE(tokenizer.is_special(2000));
    EXPECT_FALSE(tokenizer.is_special(-1));
    EXPECT_FALSE(tokenizer.is_special(1 << 30));
    EXPECT_EQ(tokenizer.decode(Ids{-5, 1 << 30}), "");
    EXPECT_EQ(tokenizer.token_bytes(1), "<|im_start|>");
}

TEST(Tokenizer, EncodesAMegabyteOfOneLetterInTime)
{
    const std::string letters(1'000'000, 'a');
    const Ids ids = smollm2().tokenizer->encode(letters);
    EXPECT_EQ(smollm2().tokenizer->decode(ids), letters);
}

} // namespace
} // namespace lyceum::text

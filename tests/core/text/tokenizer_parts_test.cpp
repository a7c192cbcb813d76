#include "core/base/sha256.h"
#include "core/text/normalizers/normalizer.h"
#include "core/text/pre_tokenizers/pre_tokenizer.h"
#include "core/text/tokenizer.h"
#include "core/text/utf8.h"
#include "tests/support/smollm2.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>

namespace lyceum::text {
namespace {

using nlohmann::json;
using Ids = std::vector<TokenId>;

const json& reference()
{
    static const json values = test::read_reference("core/text/data/tokenizer_parts.json");
    return values;
}

std::vector<std::string> texts()
{
    return reference()["texts"].get<std::vector<std::string>>();
}

std::shared_ptr<const Tokenizer> tokenizer_of(const json& entry)
{
    auto made = Tokenizer::from_json(entry["json"].dump());
    EXPECT_TRUE(made) << made.error().message;
    return std::move(made).value();
}

/// Every code point between others that combine with it, in texts of 20000.
std::vector<std::string> all_code_points()
{
    std::vector<std::string> texts;
    int count = 0;
    for (char32_t point = 0; point < 0x110000; ++point) {
        if (point >= 0xD800 && point < 0xE000)
            continue;
        if (count++ % 20000 == 0)
            texts.emplace_back();
        texts.back() += 'a';
        append_utf8(texts.back(), point);
        texts.back() += "\u0334 ";
        append_utf8(texts.back(), point);
        texts.back() += '1';
    }
    return texts;
}

template <typename Function>
void expect_same(const json& entry, Function make)
{
    SCOPED_TRACE(entry["part"].dump().substr(0, 200));
    const auto inputs = texts();
    for (std::size_t i = 0; i < inputs.size(); ++i)
        EXPECT_EQ(make(inputs[i]), entry["texts"][i].get<std::string>()) << inputs[i];
    std::string all;
    for (const std::string& text : all_code_points())
        all += (all.empty() ? "" : "\x01") + make(text);
    EXPECT_EQ(sha256_hex(all), entry["all"].get<std::string>());
}

TEST(TokenizerParts, NormalizeEveryCodePointAsHuggingFaceDoes)
{
    for (const json& entry : reference()["normalizers"]) {
        const auto made = make_normalizer(entry["part"]);
        ASSERT_TRUE(made) << made.error().message;
        expect_same(entry, [&](const std::string& text) {
            AlignedText aligned(text, false);
            made.value()->normalize(aligned);
            return aligned.text();
        });
    }
}

TEST(TokenizerParts, SplitEveryCodePointAsHuggingFaceDoes)
{
    for (const json& entry : reference()["pre_tokenizers"]) {
        const auto made = make_pre_tokenizer(entry["part"], PieceForm::Alphabet);
        ASSERT_TRUE(made) << made.error().message;
        expect_same(entry, [&](const std::string& text) {
            std::string pieces;
            const AlignedText aligned(text, true);
            bool first = true;
            const auto add = [&](const TextView& piece) {
                pieces += first ? "" : "\x02";
                pieces += piece.text;
                first = false;
            };
            if (!text.empty())
                made.value()->split(aligned.view(), add);
            return pieces;
        });
    }
}

TEST(TokenizerParts, EncodeAsHuggingFaceDoes)
{
    const auto inputs = texts();
    for (const json& entry : reference()["tokenizers"]) {
        SCOPED_TRACE(entry["name"].get<std::string>());
        const auto tokenizer = tokenizer_of(entry);
        const auto again = Tokenizer::from_json(tokenizer->to_json());
        ASSERT_TRUE(again) << again.error().message;
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            SCOPED_TRACE(inputs[i]);
            const json& expected = entry["cases"][i];
            const auto ids = expected["ids"].get<Ids>();
            EXPECT_EQ(tokenizer->encode(inputs[i]), ids);
            EXPECT_EQ(again.value()->encode(inputs[i]), ids);
            if (!expected["plain"].is_null()) {
                EXPECT_EQ(tokenizer->encode(inputs[i], {.add_special_tokens = false}),
                          expected["plain"].get<Ids>());
            }
            const Encoding encoding = tokenizer->encode_with_offsets(inputs[i]);
            EXPECT_EQ(encoding.ids, ids);
            std::vector<std::uint32_t> offsets;
            for (const Origin& origin : encoding.offsets)
                offsets.insert(offsets.end(), {origin.begin, origin.end});
            EXPECT_EQ(offsets, expected["offsets"].get<std::vector<std::uint32_t>>());
            EXPECT_EQ(tokenizer->decode(ids, false), expected["text"].get<std::string>());
        }
        const Encoding pair = tokenizer->encode_pair(inputs[5], inputs[8]);
        EXPECT_EQ(pair.ids, entry["pair"]["ids"].get<Ids>());
        EXPECT_EQ(pair.type_ids, entry["pair"]["type_ids"].get<std::vector<std::int32_t>>());
    }
}

// Two ways to cut these score alike but for the last bit; expected ids are the reference's.
TEST(TokenizerParts, ReadScoresToTheBitAsHuggingFaceDoes)
{
    const auto tokenizer = Tokenizer::from_json(R"({"model": {"type": "Unigram", "unk_id": 0,
        "vocab": [["<unk>", 0.0], ["\"", -4.5], ["00", -9.18987651735753],
                  ["000", -10.734815740888617]]}, "decoder": null})");
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;
    EXPECT_EQ(tokenizer.value()->encode("\"\"00000"), (Ids{1, 1, 3, 2}));
}

/// What a stream gives for `ids`; each part of it must be whole characters.
std::string streamed(const std::shared_ptr<const Tokenizer>& tokenizer, const Ids& ids)
{
    StreamDecoder stream(tokenizer);
    std::string text;
    for (const TokenId id : ids) {
        const std::string part = stream.push(id);
        EXPECT_TRUE(is_valid_utf8(part));
        text += part;
    }
    const std::string rest = stream.flush();
    EXPECT_TRUE(is_valid_utf8(rest));
    return text + rest;
}

TEST(TokenizerParts, StreamTheTextThatTheyDecode)
{
    for (const json& entry : reference()["tokenizers"]) {
        SCOPED_TRACE(entry["name"].get<std::string>());
        const auto tokenizer = tokenizer_of(entry);
        for (const json& expected : entry["cases"]) {
            const auto ids = expected["ids"].get<Ids>();
            EXPECT_EQ(streamed(tokenizer, ids), tokenizer->decode(ids));
        }
    }
}

// A model that has not learnt much yet says anything.
TEST(TokenizerParts, StreamRandomTokensAsTheyDecodeThem)
{
    std::mt19937 random(5);
    for (const json& entry : reference()["tokenizers"]) {
        SCOPED_TRACE(entry["name"].get<std::string>());
        const auto tokenizer = tokenizer_of(entry);
        const auto size = static_cast<std::uint64_t>(tokenizer->vocabulary_size());
        for (int round = 0; round < 200; ++round) {
            Ids ids;
            // Few different ones, so that they repeat and bytes meet bytes.
            const std::uint64_t first = random() % size;
            const std::uint64_t range = round % 2 == 0 ? size : 1 + random() % 20;
            for (int i = 0; i < 40; ++i)
                ids.push_back(static_cast<TokenId>((first + random() % range) % size));
            EXPECT_EQ(streamed(tokenizer, ids), tokenizer->decode(ids)) << json(ids).dump();
        }
    }
}

// The words that a thread remembers are of one tokenizer, with places for each.
TEST(TokenizerParts, EncodeTheSameWhateverTheThreadHasEncodedBefore)
{
    const auto inputs = texts();
    std::vector<std::shared_ptr<const Tokenizer>> tokenizers;
    for (const json& entry : reference()["tokenizers"])
        tokenizers.push_back(tokenizer_of(entry));
    for (int round = 0; round < 2; ++round) {
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            for (const auto& tokenizer : tokenizers) {
                Encoding alone;
                std::thread([&] { alone = tokenizer->encode_with_offsets(inputs[i]); }).join();
                const Encoding again = tokenizer->encode_with_offsets(inputs[i]);
                EXPECT_EQ(again.ids, alone.ids) << inputs[i];
                EXPECT_EQ(again.offsets, alone.offsets) << inputs[i];
            }
        }
    }
}

} // namespace
} // namespace lyceum::text

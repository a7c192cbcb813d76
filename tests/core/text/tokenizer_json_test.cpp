#include "core/text/tokenizer.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace lyceum::text {
namespace {

using nlohmann::json;
using Ids = std::vector<TokenId>;

/// Tokens a b c ab abc, an added <s>, GPT-2's pre-tokenizer.
json small()
{
    return json::parse(R"({
      "version": "1.0", "normalizer": null, "post_processor": null,
      "added_tokens": [{"id": 5, "content": "<s>", "single_word": false, "lstrip": false,
                        "rstrip": false, "normalized": false, "special": true}],
      "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true},
      "decoder": {"type": "ByteLevel"},
      "model": {"type": "BPE", "unk_token": null, "ignore_merges": false,
                "vocab": {"a": 0, "b": 1, "c": 2, "ab": 3, "abc": 4},
                "merges": ["a b", ["ab", "c"]]}})");
}

Error error_of(const json& file)
{
    const auto made = Tokenizer::from_json(file.dump());
    return made ? Error{ErrorCode::Cancelled, "it was accepted", ""} : made.error();
}

Ids encode(const json& file, std::string_view text)
{
    const auto made = Tokenizer::from_json(file.dump());
    EXPECT_TRUE(made) << made.error().message;
    return made.value()->encode(text);
}

TEST(TokenizerJson, ReadsMergesOfBothWritings)
{
    EXPECT_EQ(encode(small(), "abcab<s>cb"), (Ids{4, 3, 5, 2, 1}));
}

TEST(TokenizerJson, LeavesOutBytesThatAreNoTokenWithoutAnUnknownToken)
{
    EXPECT_EQ(encode(small(), "azb"), (Ids{3}));
}

TEST(TokenizerJson, EncodesBytesThatAreNoTokenAsTheUnknownToken)
{
    json file = small();
    file["model"]["vocab"]["<unk>"] = 6;
    file["model"]["unk_token"] = "<unk>";
    EXPECT_EQ(encode(file, "azb"), (Ids{0, 6, 1}));
}

TEST(TokenizerJson, KeepsWholeTokensWhereMergesAreIgnored)
{
    json file = small();
    file["model"]["vocab"]["ba"] = 6;
    EXPECT_EQ(encode(file, "ba"), (Ids{1, 0}));
    file["model"]["ignore_merges"] = true;
    EXPECT_EQ(encode(file, "ba"), (Ids{6}));
}

TEST(TokenizerJson, BeginsWithTheTokenOfItsTemplate)
{
    json file = small();
    file["post_processor"] = json::parse(R"({"type": "TemplateProcessing",
        "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
        "pair": [], "special_tokens": {"<s>": {"id": "<s>", "ids": [5], "tokens": ["<s>"]}}})");
    EXPECT_EQ(encode(file, "ab"), (Ids{5, 3}));
    const auto tokenizer = Tokenizer::from_json(file.dump()).value();
    EXPECT_EQ(tokenizer->encode("ab", {.add_special_tokens = false}), (Ids{3}));
    EXPECT_EQ(encode(json::parse(tokenizer->to_json()), "ab"), (Ids{5, 3}));
}

TEST(TokenizerJson, SplitsByThePatternOfLlama3)
{
    json file = small();
    file["pre_tokenizer"] = json::parse(R"({"type": "Sequence", "pretokenizers": [
        {"type": "Split", "behavior": "Isolated", "invert": false, "pattern": {"Regex":
         "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}},
        {"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}]})");
    EXPECT_EQ(encode(file, "ab"), (Ids{3}));
}

TEST(TokenizerJson, NamesThePartThatIsNotKnown)
{
    const auto message = [](const char* pointer, const json& value) {
        json file = small();
        file[json::json_pointer(pointer)] = value;
        return error_of(file).message;
    };
    const auto has = [](const std::string& text, const char* part) {
        return text.find(part) != std::string::npos;
    };
    EXPECT_TRUE(has(message("/model/type", "Trigram"), "Trigram"));
    EXPECT_TRUE(has(message("/model/dropout", 0.5), "0.5"));
    EXPECT_TRUE(has(message("/normalizer", {{"type", "NFX"}}), "NFX"));
    EXPECT_TRUE(has(message("/decoder", {{"type", "Undo"}}), "Undo"));
    EXPECT_TRUE(has(message("/pre_tokenizer", {{"type", "Cut"}}), "Cut"));
    EXPECT_TRUE(has(message("/post_processor", {{"type", "Frame"}}), "Frame"));
    EXPECT_TRUE(has(message("/added_tokens/0/lstrip", "yes"), "lstrip"));
    EXPECT_TRUE(has(message("/model/byte_fallback", 1), "byte_fallback"));
    EXPECT_TRUE(has(message("/model/merges/0", "a q"), "a q"));
    EXPECT_TRUE(has(message("/model/vocab/q", 4), "same id 4"));
    EXPECT_TRUE(has(message("/model/vocab/q", -1), "-1"));
    EXPECT_TRUE(has(message("/model/vocab/q", 1e9), "\"q\""));
    EXPECT_TRUE(has(message("/added_tokens/0/id", 1), "<s>"));
}

TEST(TokenizerJson, RefusesDamagedFilesWithAnError)
{
    const std::string whole = small().dump();
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(Tokenizer::from_json(whole.substr(0, size)));
    for (std::size_t i = 0; i < whole.size(); ++i) { // Whatever it says, it must not crash.
        std::string changed = whole;
        changed[i] = '9';
        if (const auto made = Tokenizer::from_json(changed))
            (void)made.value()->encode("abc <s>");
    }
    EXPECT_FALSE(Tokenizer::from_json(std::string(100'000, '[')));
}

} // namespace
} // namespace lyceum::text

#include "core/formats/gguf_writer.h"
#include "core/models/gguf_tokenizer.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace lyceum::models {
namespace {

using formats::GgufEntry;
using testing::ElementsAre;
using testing::HasSubstr;
using Values = std::map<std::string, GgufEntry>;
using Texts = std::vector<std::string>;

constexpr const char* kMark = "\xE2\x96\x81";

Values sentencepiece()
{
    const std::string mark = kMark;
    return {{"model", std::string("llama")},
            {"tokens", Texts{"<unk>", "<s>", "</s>", "<0x0A>", mark, "a", "b", mark + "a", "ab"}},
            {"scores", std::vector<float>{0, 0, 0, 0, -9, -9, -9, -2, -1}},
            {"token_type", std::vector<std::int32_t>{2, 3, 3, 6, 1, 1, 1, 1, 1}}};
}

Values word_piece()
{
    const std::string mark = kMark;
    return {{"model", std::string("bert")},
            {"tokens", Texts{"[PAD]", "[UNK]", "[CLS]", "[SEP]", mark + "un", "able", mark + "!"}},
            {"token_type", std::vector<std::int32_t>{3, 3, 3, 3, 1, 1, 1}},
            {"unknown_token_id", 1U},
            {"cls_token_id", 2U},
            {"seperator_token_id", 3U}};
}

Values byte_level()
{
    return {{"model", std::string("gpt2")},
            {"pre", std::string("gpt-2")},
            {"tokens", Texts{"a", "b", "ab", "<s>", "</s>"}},
            {"merges", Texts{"a b"}},
            {"bos_token_id", 3U},
            {"eos_token_id", 4U}};
}

Result<std::shared_ptr<const text::Tokenizer>> open(const Values& values)
{
    const test::TemporaryFolder folder;
    formats::GgufMetadata metadata;
    for (const auto& [key, value] : values)
        metadata.emplace_back("tokenizer.ggml." + key, value);
    LYCEUM_ASSIGN(auto writer, formats::create_gguf(folder.path() / "x.gguf", metadata, {}));
    LYCEUM_TRY(writer->commit());
    LYCEUM_ASSIGN(const auto file, formats::GgufFile::open(folder.path() / "x.gguf"));
    LYCEUM_ASSIGN(text::TokenizerSpec spec, read_gguf_tokenizer(*file));
    return text::Tokenizer::create(std::move(spec));
}

std::shared_ptr<const text::Tokenizer> opened(const Values& values)
{
    const auto tokenizer = open(values);
    EXPECT_TRUE(tokenizer) << tokenizer.error().message;
    return tokenizer.value();
}

Values with(Values values, const std::string& key, GgufEntry value)
{
    values.insert_or_assign(key, std::move(value));
    return values;
}

TEST(GgufTokenizer, SentencePieceMergesByScoreAndFallsBackToBytes)
{
    const auto tokenizer = opened(sentencepiece());
    EXPECT_THAT(tokenizer->encode("ab"), ElementsAre(1, 4, 8));
    EXPECT_THAT(tokenizer->encode("aab\n"), ElementsAre(1, 7, 8, 3));
    EXPECT_THAT(tokenizer->encode("a</s>a"), ElementsAre(1, 7, 2, 7));
    EXPECT_THAT(tokenizer->encode("x"), ElementsAre(1, 4, 0));
    EXPECT_EQ(tokenizer->decode(tokenizer->encode("aab a\n")), "aab a\n");
    const auto plain = opened(with(sentencepiece(), "add_space_prefix", false));
    EXPECT_THAT(plain->encode("a ab"), ElementsAre(1, 5, 4, 8));
}

TEST(GgufTokenizer, WordPieceHasItsContinuationsAndEnds)
{
    const auto tokenizer = opened(word_piece());
    EXPECT_THAT(tokenizer->encode("Un\xC3\xA0"
                                  "ble! unable"),
                ElementsAre(2, 4, 5, 6, 4, 5, 3));
    EXPECT_THAT(tokenizer->encode_pair("un", "un").ids, ElementsAre(2, 4, 3, 4, 3));
    EXPECT_EQ(tokenizer->token_text(5), "##able");
    const auto cased = opened(with(word_piece(), "normalizer.lowercase", false));
    EXPECT_THAT(cased->encode("Un un"), ElementsAre(2, 1, 4, 3));
}

TEST(GgufTokenizer, AddsTheEndsThatTheFileSays)
{
    EXPECT_THAT(opened(byte_level())->encode("ab"), ElementsAre(2));
    Values both = with(with(byte_level(), "add_bos_token", true), "add_eos_token", true);
    EXPECT_THAT(opened(both)->encode("ab"), ElementsAre(3, 2, 4));
    EXPECT_THAT(opened(both)->encode_pair("a", "b").ids, ElementsAre(3, 0, 4, 1, 4));
    both["pre"] = std::string("roberta-bpe");
    EXPECT_THAT(opened(both)->encode_pair("a", "b").ids, ElementsAre(3, 0, 4, 4, 1, 4));
    both["add_bos_token"] = false;
    EXPECT_THAT(opened(both)->encode("ab"), ElementsAre(2, 4));
    EXPECT_THAT(opened(with(byte_level(), "pre", std::string("llama-bpe")))->encode("ab"),
                ElementsAre(3, 2));
}

TEST(GgufTokenizer, DamageIsNamedByKeyAndValue)
{
    constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
    std::vector<float> nan(9, kNan);
    Texts tokens = std::get<Texts>(sentencepiece().at("tokens"));
    tokens.back() = std::string(5000, 'a');
    const std::tuple<Values, const char*, GgufEntry, const char*> cases[] = {
        {sentencepiece(), "scores", std::vector<float>{1}, "scores has 1 entries for 9 tokens"},
        {sentencepiece(), "scores", nan, "scores of token 0 is not a number"},
        {sentencepiece(), "scores", std::string("x"), "tokenizer.ggml.scores"},
        {sentencepiece(), "tokens", tokens, "Token 8 has 5000 bytes"},
        {sentencepiece(), "token_type", std::vector<std::int32_t>{1}, "token_type has 1 entries"},
        {sentencepiece(), "bos_token_id", 9U, "bos_token_id is 9, but there are 9 tokens"},
        {word_piece(), "cls_token_id", 7U, "cls_token_id is 7"},
        {word_piece(), "unknown_token_id", std::string("x"), "unknown_token_id"},
        {byte_level(), "add_eos_token", 7U, "add_eos_token"},
        {byte_level(), "merges", Texts{"a c"}, "\"a c\""},
        {byte_level(), "tokens", Texts{"a", "a", "ab", "b", "c"}, "\"a\""}};
    for (const auto& [values, key, value, message] : cases) {
        const auto tokenizer = open(with(values, key, value));
        ASSERT_FALSE(tokenizer) << key;
        EXPECT_EQ(tokenizer.error().code, ErrorCode::InvalidData) << key;
        EXPECT_THAT(tokenizer.error().message, HasSubstr(message));
    }
    Values missing = word_piece();
    missing.erase("cls_token_id");
    EXPECT_THAT(open(missing).error().message, HasSubstr("cls, seperator and unknown"));
    missing = byte_level();
    missing.erase("eos_token_id");
    EXPECT_THAT(open(with(missing, "add_eos_token", true)).error().message,
                HasSubstr("no eos_token_id"));
}

TEST(GgufTokenizer, AnUnknownKindIsUnsupportedWithItsNameAndTheKnownOnes)
{
    const auto pre = open(with(byte_level(), "pre", std::string("kimi-k2")));
    ASSERT_FALSE(pre);
    EXPECT_EQ(pre.error().code, ErrorCode::Unsupported);
    EXPECT_THAT(pre.error().message, HasSubstr("tokenizer.ggml.pre is kimi-k2"));
    EXPECT_THAT(pre.error().hint, HasSubstr("llama-bpe"));
    const auto model = open(with(byte_level(), "model", std::string("t5")));
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code, ErrorCode::Unsupported);
    EXPECT_THAT(model.error().message, HasSubstr("tokenizer.ggml.model is t5"));
}

} // namespace
} // namespace lyceum::models

#include "core/base/atomic_file.h"
#include "core/base/sha256.h"
#include "core/text/training/train_tokenizer.h"
#include "core/text/utf8.h"
#include "tests/support/smollm2.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <sstream>

namespace lyceum::text {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using Texts = std::vector<std::string>;

Texts read_texts(const std::string& dataset, const std::string& split)
{
    const auto file = read_file(std::filesystem::path(LYCEUM_SOURCE_DIR) / "datasets" / dataset /
                                (split + ".jsonl"));
    EXPECT_TRUE(file);
    Texts texts;
    std::istringstream lines(file.value());
    for (std::string line; std::getline(lines, line);) {
        const json record = json::parse(line);
        if (record.contains("text"))
            texts.push_back(record["text"]);
        else
            for (const json& message : record["messages"])
                texts.push_back(message["content"]);
    }
    return texts;
}

Result<TokenizerSpec> train(const Texts& texts, const TokenizerTrainingOptions& options = {},
                            const std::function<bool(double)>& on_progress = {})
{
    return train_tokenizer({texts.begin(), texts.end()}, options, on_progress);
}

TokenizerTrainingOptions options_for(const std::string& kind, std::int64_t vocab_size)
{
    TokenizerTrainingOptions options{.vocab_size = vocab_size};
    if (kind == "wordpiece") {
        options.kind = TokenizerTraining::WordPiece;
        options.special_tokens.clear();
    }
    if (kind == "unigram")
        options.kind = TokenizerTraining::Unigram;
    return options;
}

std::shared_ptr<const Tokenizer> tokenizer_of(const Result<TokenizerSpec>& spec)
{
    EXPECT_TRUE(spec) << spec.error().message;
    auto made = Tokenizer::create(spec.value());
    EXPECT_TRUE(made) << made.error().message;
    return std::move(made).value();
}

/// Entries of what Hugging Face's trainers learnt, with what is learnt here.
template <typename Check>
void for_each_reference(const std::string& kind, Check check)
{
    static const json values = test::read_reference("core/text/data/tokenizer_training.json");
    int count = 0;
    for (const json& entry : values["entries"]) {
        if (entry["kind"] != kind)
            continue;
        SCOPED_TRACE(entry["dataset"].get<std::string>());
        const std::string dataset = entry["dataset"];
        const auto spec =
            train(read_texts(dataset, "train"), options_for(kind, entry["vocab_size"]));
        ASSERT_TRUE(spec) << spec.error().message;
        check(entry, spec.value(), *tokenizer_of(spec), read_texts(dataset, "validation"));
        ++count;
    }
    EXPECT_EQ(count, 2);
}

void expect_same_ids(const json& entry, const Tokenizer& tokenizer, const Texts& texts)
{
    std::string lines;
    for (const std::string& text : texts) {
        std::string line;
        for (const TokenId id : tokenizer.encode(text))
            line += (line.empty() ? "" : " ") + std::to_string(id);
        lines += (lines.empty() ? "" : "\n") + line;
    }
    EXPECT_EQ(sha256_hex(lines), entry["ids_sha256"]);
}

TEST(TokenizerTraining, BpeLearnsTheReferencesMergesInItsOrder)
{
    for_each_reference("bpe", [](const json& entry, const TokenizerSpec& spec,
                                 const Tokenizer& tokenizer, const Texts& held_out) {
        EXPECT_EQ(spec.vocabulary, entry["vocabulary"].get<Texts>());
        EXPECT_EQ(spec.merges, entry["merges"].get<Texts>());
        expect_same_ids(entry, tokenizer, held_out);
    });
}

TEST(TokenizerTraining, WordPieceLearnsTheReferencesVocabulary)
{
    for_each_reference("wordpiece", [](const json& entry, const TokenizerSpec& spec,
                                       const Tokenizer& tokenizer, const Texts& held_out) {
        EXPECT_EQ(spec.vocabulary, entry["vocabulary"].get<Texts>());
        expect_same_ids(entry, tokenizer, held_out);
    });
}

// Characters that come back at the end have their scores in the order of a hash table there.
TEST(TokenizerTraining, UnigramLearnsTheReferencesPiecesAndScores)
{
    for_each_reference("unigram", [](const json& entry, const TokenizerSpec& spec,
                                     const Tokenizer& tokenizer, const Texts& held_out) {
        std::map<std::string, double> scores;
        for (std::size_t id = 0; id < spec.vocabulary.size(); ++id)
            scores[spec.vocabulary[id]] = spec.scores[id];
        const auto names = entry["restored"].get<Texts>();
        const std::set<std::string> restored(names.begin(), names.end());
        ASSERT_EQ(scores.size(), entry["pieces"].size());
        for (const json& piece : entry["pieces"]) {
            ASSERT_TRUE(scores.contains(piece[0])) << piece;
            const double tolerance =
                restored.contains(piece[0]) ? 1e-4 * static_cast<double>(restored.size()) : 1e-6;
            EXPECT_NEAR(scores[piece[0]], piece[1], tolerance) << piece;
        }
        std::size_t num_tokens = 0;
        for (const std::string& text : held_out)
            num_tokens += tokenizer.encode(text).size();
        EXPECT_EQ(num_tokens, entry["num_tokens"]);
    });
}

// "abc" comes to be by "ab c" and by "a bc", so its pairs with others have several beginnings.
TEST(TokenizerTraining, ATokenThatTwoMergesMakeIsOneToken)
{
    const auto spec = train({"abc abc abc ab ab ab ab bcx bcx bcx bcx bcx abcx abcx", "aabcbcabc"},
                            {.vocab_size = 300});
    ASSERT_TRUE(spec);
    const std::set<std::string> tokens(spec.value().vocabulary.begin(),
                                       spec.value().vocabulary.end());
    EXPECT_EQ(tokens.size(), spec.value().vocabulary.size());
    EXPECT_TRUE(Tokenizer::create(spec.value()));
}

std::string random_text(std::mt19937& random)
{
    std::string text;
    const auto length = std::uniform_int_distribution<int>(0, 60)(random);
    for (int i = 0; i < length; ++i) {
        const int kind = std::uniform_int_distribution<int>(0, 3)(random);
        char32_t point = std::uniform_int_distribution<char32_t>(0, 0x7F)(random);
        if (kind == 2)
            point = std::uniform_int_distribution<char32_t>(0x80, 0xD7FF)(random);
        if (kind == 3)
            point = std::uniform_int_distribution<char32_t>(0xE000, 0x10FFFF)(random);
        append_utf8(text, point);
    }
    return text;
}

TEST(TokenizerTraining, ATrainedBpeGivesAnyTextBack)
{
    std::mt19937 random(7);
    for (int round = 0; round < 20; ++round) {
        const Texts texts = {"the cat", random_text(random), random_text(random)};
        const auto tokenizer =
            tokenizer_of(train(texts, {.vocab_size = 257 + 10 * round, .min_frequency = 1}));
        for (int i = 0; i < 50; ++i) {
            const std::string text = random_text(random);
            EXPECT_EQ(tokenizer->decode(tokenizer->encode(text)), text);
        }
    }
}

TEST(TokenizerTraining, AByteTokenizerWritesEveryTextByteByByte)
{
    const auto tokenizer = tokenizer_of(byte_tokenizer());
    EXPECT_EQ(tokenizer->vocabulary_size(), 257);
    EXPECT_EQ(tokenizer->spec().eos, 0);
    EXPECT_EQ(tokenizer->encode("a\u00e9").size(), 3U);
    EXPECT_EQ(tokenizer->decode(tokenizer->encode("Na\u00efve \U0001f600\n")),
              "Na\u00efve \U0001f600\n");
    EXPECT_EQ(tokenizer->encode("<|endoftext|>"), std::vector<TokenId>{0});
}

TEST(TokenizerTraining, TheFileItIsSavedAsGivesTheSameIds)
{
    const Texts texts = read_texts("science-explainers", "validation");
    for (const char* kind : {"bpe", "wordpiece", "unigram"}) {
        const auto tokenizer = tokenizer_of(train(texts, options_for(kind, 400)));
        const auto read = Tokenizer::from_json(tokenizer->to_json());
        ASSERT_TRUE(read) << read.error().message;
        EXPECT_EQ(read.value()->encode(texts[0]), tokenizer->encode(texts[0])) << kind;
    }
}

TEST(TokenizerTraining, SpecialTokensComeFirstAndHaveTheirRoles)
{
    const Texts texts = {"one two three one two"};
    const auto bpe = train(texts, {.vocab_size = 270, .special_tokens = {"<pad>", "</s>"}});
    ASSERT_TRUE(bpe);
    EXPECT_EQ(bpe.value().vocabulary[1], "</s>");
    EXPECT_EQ(bpe.value().eos, 1);
    EXPECT_EQ(bpe.value().pad, 0);
    const auto bert = train(texts, options_for("wordpiece", 60));
    ASSERT_TRUE(bert);
    EXPECT_EQ(bert.value().vocabulary[4], "[MASK]");
    EXPECT_EQ(bert.value().unknown, 1);
    EXPECT_EQ(bert.value().pad, 0);
    const auto unigram = train(texts, options_for("unigram", 20));
    ASSERT_TRUE(unigram);
    EXPECT_EQ(unigram.value().unknown, 0);
    EXPECT_EQ(unigram.value().eos, 1);
}

TEST(TokenizerTraining, TooSmallAVocabularySaysTheSmallestThatDoes)
{
    for (const auto& [kind, needed] : std::map<std::string, std::int64_t>{
             {"bpe", 257}, {"wordpiece", 5 + 3 + 2}, {"unigram", 2 + 4}}) {
        const Texts texts = {"abc", "ab"};
        const auto small = train(texts, options_for(kind, needed - 1));
        ASSERT_FALSE(small) << kind;
        EXPECT_EQ(small.error().code, ErrorCode::InvalidConfig);
        EXPECT_THAT(small.error().hint, HasSubstr(std::to_string(needed)));
        EXPECT_TRUE(train(texts, options_for(kind, needed))) << kind;
    }
}

TEST(TokenizerTraining, BadTextsAndOptionsAreNamed)
{
    for (const Texts& texts : {Texts{}, Texts{"", ""}})
        EXPECT_EQ(train(texts).error().code, ErrorCode::InvalidData);
    const auto not_utf8 = train({"good", "b\xFF"});
    ASSERT_FALSE(not_utf8);
    EXPECT_THAT(not_utf8.error().message, AllOf(HasSubstr("Text 1"), HasSubstr("offset 1")));
    const Texts texts = {"a b"};
    EXPECT_EQ(train(texts, {.vocab_size = 0}).error().code, ErrorCode::InvalidConfig);
    EXPECT_EQ(train(texts, {.min_frequency = 0}).error().code, ErrorCode::InvalidConfig);
    EXPECT_THAT(train(texts, {.special_tokens = {"<a>", "<a>"}}).error().message, HasSubstr("<a>"));
    EXPECT_FALSE(train(texts, {.special_tokens = {""}}));
}

TEST(TokenizerTraining, ProgressRisesToTheEndAndFalseCancels)
{
    const Texts texts = read_texts("science-explainers", "validation");
    for (const char* kind : {"bpe", "wordpiece", "unigram"}) {
        std::vector<double> shares;
        ASSERT_TRUE(train(texts, options_for(kind, 400), [&shares](double share) {
            shares.push_back(share);
            return true;
        }));
        EXPECT_TRUE(std::ranges::is_sorted(shares)) << kind;
        EXPECT_GT(shares.size(), 20U) << kind;
        EXPECT_DOUBLE_EQ(shares.back(), 1.0);
        const auto stopped =
            train(texts, options_for(kind, 400), [](double share) { return share < 0.5; });
        ASSERT_FALSE(stopped) << kind;
        EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
    }
}

} // namespace
} // namespace lyceum::text

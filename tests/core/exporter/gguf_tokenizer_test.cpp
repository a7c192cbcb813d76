#include "core/base/atomic_file.h"
#include "core/exporter/gguf_tokenizer.h"
#include "core/formats/gguf.h"
#include "core/models/gguf_tokenizer.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::exporter {
namespace {

using testing::HasSubstr;

models::ModelPackage package_of(text::TokenizerSpec spec)
{
    models::ModelPackage package;
    const auto tokenizer = text::Tokenizer::create(std::move(spec));
    EXPECT_TRUE(tokenizer) << tokenizer.error().message;
    package.tokenizer = tokenizer.value();
    package.architecture.vocab_size = package.tokenizer->vocabulary_size();
    if (const auto eos = package.tokenizer->spec().eos)
        package.stop_tokens.push_back(*eos);
    return package;
}

/// Written to a file without tensors and opened again.
Result<std::shared_ptr<const formats::GgufFile>> write_and_open(const models::ModelPackage& package,
                                                                const std::filesystem::path& path)
{
    formats::GgufMetadata metadata;
    LYCEUM_TRY(add_gguf_tokenizer(package, metadata));
    LYCEUM_ASSIGN(auto writer, formats::create_gguf(path, metadata, {}));
    LYCEUM_TRY(writer->commit());
    return formats::GgufFile::open(path);
}

class GgufTokenizer : public testing::TestWithParam<const char*> {
protected:
    [[nodiscard]] static std::filesystem::path path()
    {
        return std::filesystem::path(LYCEUM_VOCABULARIES) /
               ("ggml-vocab-" + std::string(GetParam()) + ".gguf");
    }
    void SetUp() override
    {
        if (!std::filesystem::exists(path()))
            GTEST_SKIP() << path().string()
                         << " is missing: bash packaging/setup.sh test fetches it";
    }
};

TEST_P(GgufTokenizer, OfARealVocabularyGivesTheSameIdsAfterAnExport)
{
    const auto original = formats::GgufFile::open(path()).value();
    const models::ModelPackage package = package_of(models::read_gguf_tokenizer(*original).value());
    const test::TemporaryFolder folder;
    const auto written = write_and_open(package, folder.path() / "x.gguf");
    ASSERT_TRUE(written) << written.error().message;
    const models::ModelPackage again =
        package_of(models::read_gguf_tokenizer(*written.value()).value());
    const std::string text = read_file(path().string() + ".inp").value() + "<s></s>e\xCC\x81 [SEP]";
    EXPECT_EQ(again.tokenizer->encode(text), package.tokenizer->encode(text));
    EXPECT_EQ(again.tokenizer->encode_pair("a b", text).ids,
              package.tokenizer->encode_pair("a b", text).ids);
    EXPECT_EQ(again.tokenizer->spec().bos, package.tokenizer->spec().bos);
    // The vocabularies were written by llama.cpp's converter with gguf-py.
    const std::string prefix = "tokenizer.ggml.";
    EXPECT_EQ(written.value()->get_string(prefix + "model").value(),
              original->get_string(prefix + "model").value());
    if (GetParam() == std::string("bert-bge")) // by an older one, which left [unused1] without mark
        return;
    const std::string list = original->has(prefix + "merges") ? "merges" : "tokens";
    for (const std::string& key : {prefix + "tokens", prefix + list})
        EXPECT_EQ(written.value()->get_strings(key).value(), original->get_strings(key).value());
    if (original->has(prefix + "scores")) {
        EXPECT_EQ(written.value()->get_numbers(prefix + "scores").value(),
                  original->get_numbers(prefix + "scores").value());
    }
    EXPECT_EQ(written.value()->get_string(prefix + "pre").value(),
              original->get_string(prefix + "pre").value());
    if (GetParam() == std::string("phi-3")) // whose placeholders are of the type unknown
        return;
    EXPECT_EQ(written.value()->get_integers(prefix + "token_type").value(),
              original->get_integers(prefix + "token_type").value());
}

INSTANTIATE_TEST_SUITE_P(LlamaCpp, GgufTokenizer,
                         testing::Values("gpt-2", "llama-bpe", "qwen2", "llama-spm", "phi-3",
                                         "bert-bge"),
                         [](const auto& name) {
                             std::string word = name.param;
                             std::erase(word, '-');
                             return word;
                         });

/// SentencePiece's BPE in miniature, with its merges in `order`.
text::TokenizerSpec tiny_sentencepiece(std::vector<std::string> merges)
{
    text::TokenizerSpec spec;
    spec.vocabulary = {"<unk>", "\xE2\x96\x81", "a", "b", "ab", "ba", "aba"};
    spec.merges = std::move(merges);
    spec.unknown = 0;
    spec.encode_unknown = true;
    spec.byte_fallback = true;
    spec.fuse_unknown = true;
    spec.normalizer = R"({"type":"Replace","pattern":{"String":" "},"content":")"
                      "\xE2\x96\x81"
                      R"("})";
    spec.decoder = R"({"type":"Fuse"})";
    return spec;
}

TEST(GgufTokenizerExport, MakesScoresForSentencePieceMergesOrSaysThatNoneFit)
{
    const test::TemporaryFolder folder;
    const models::ModelPackage package =
        package_of(tiny_sentencepiece({"b a", "a b", "ab a", "a ba"}));
    const auto file = write_and_open(package, folder.path() / "x.gguf");
    ASSERT_TRUE(file) << file.error().message;
    const models::ModelPackage again =
        package_of(models::read_gguf_tokenizer(*file.value()).value());
    EXPECT_EQ(again.tokenizer->spec().merges, package.tokenizer->spec().merges);
    EXPECT_EQ(again.tokenizer->encode("abab aab x"), package.tokenizer->encode("abab aab x"));
    const auto mixed = write_and_open(
        package_of(tiny_sentencepiece({"a ba", "b a", "a b", "ab a"})), folder.path() / "y.gguf");
    ASSERT_FALSE(mixed);
    EXPECT_EQ(mixed.error().code, ErrorCode::Unsupported);
    EXPECT_THAT(mixed.error().message, HasSubstr("the order of its merges"));
}

TEST(GgufTokenizerExport, WhatGgufHasNoNameForIsNamed)
{
    text::TokenizerSpec spec = test::tiny_tokenizer_spec();
    spec.pre_tokenizer = R"({"type":"ByteLevel","add_prefix_space":true,"use_regex":true})";
    formats::GgufMetadata metadata;
    const auto prefix = add_gguf_tokenizer(package_of(spec), metadata);
    ASSERT_FALSE(prefix);
    EXPECT_EQ(prefix.error().code, ErrorCode::Unsupported);
    EXPECT_THAT(prefix.error().message, HasSubstr("add_prefix_space"));
    spec.pre_tokenizer = "gpt2";
    spec.normalizer = R"({"type":"Lowercase"})";
    const auto lower = add_gguf_tokenizer(package_of(spec), metadata);
    ASSERT_FALSE(lower);
    EXPECT_THAT(lower.error().message, HasSubstr("Lowercase"));
}

} // namespace
} // namespace lyceum::exporter

#include "core/models/hugging_face_tokenizer.h"
#include "tests/support/gguf_builder.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::models {
namespace {

using formats::Json;
using testing::HasSubstr;

const Json& reference()
{
    static const auto file =
        formats::read_json_file(LYCEUM_TEST_DATA "/core/models/tokenizer_folders.json");
    EXPECT_TRUE(file);
    return file.value();
}

void write_files(const std::filesystem::path& folder, const Json& files)
{
    for (const auto& [name, content] : files.items())
        test::write_bytes(folder / name, content.get<std::string>());
}

/// A folder of the reference as it was, or with one file changed.
class TokenizerFolder : public testing::Test {
protected:
    [[nodiscard]] const std::filesystem::path& folder() const { return temporary_.path(); }
    void write_base(const char* base) { write_files(folder(), reference()["bases"][base]); }
    Result<text::TokenizerSpec> read(const std::string& config, const char* model_type)
    {
        return read_hugging_face_tokenizer(folder(), Json::parse(config), model_type);
    }
    /// The error that one changed file makes.
    Error error_with(const char* base, const std::string& file, const std::string& content)
    {
        write_base(base);
        const std::string before = reference()["bases"][base].value(file, std::string());
        test::write_bytes(folder() / file, content);
        const auto result =
            read(file == "tokenizer_config.json" ? content : std::string("{}"), base);
        EXPECT_FALSE(result) << content;
        if (before.empty())
            std::filesystem::remove(folder() / file);
        return result ? Error{} : result.error();
    }

private:
    test::TemporaryFolder temporary_;
};

std::optional<text::TokenId> id_or_none(const Json& value)
{
    return value.is_null() ? std::nullopt : std::optional(value.get<text::TokenId>());
}

TEST_F(TokenizerFolder, GivesTheIdsOfTransformers)
{
    const Json& texts = reference()["texts"];
    for (const Json& expected : reference()["cases"]) {
        const test::TemporaryFolder folder;
        write_files(folder.path(), reference()["bases"][expected["base"].get<std::string>()]);
        write_files(folder.path(), expected["files"]);
        const std::string config = expected["files"]["tokenizer_config.json"];
        const std::string name =
            expected["base"].get<std::string>() + " with " + expected["files"].dump();
        auto spec = read_hugging_face_tokenizer(folder.path(), Json::parse(config),
                                                expected["model_type"].get<std::string>());
        ASSERT_TRUE(spec) << name << ": " << spec.error().message;
        EXPECT_EQ(spec.value().bos, id_or_none(expected["bos"])) << name;
        EXPECT_EQ(spec.value().eos, id_or_none(expected["eos"])) << name;
        EXPECT_EQ(spec.value().pad, id_or_none(expected["pad"])) << name;
        const auto tokenizer = text::Tokenizer::create(std::move(spec).value());
        ASSERT_TRUE(tokenizer) << name << ": " << tokenizer.error().message;
        EXPECT_EQ(tokenizer.value()->vocabulary_size(), expected["size"]) << name;
        for (std::size_t i = 0; i < texts.size(); ++i)
            EXPECT_EQ(Json(tokenizer.value()->encode(texts[i].get<std::string>())),
                      expected["ids"][i])
                << name << ", text " << texts[i];
        EXPECT_EQ(Json(tokenizer.value()
                           ->encode_pair(texts[1].get<std::string>(), texts[6].get<std::string>())
                           .ids),
                  expected["pair"])
            << name;
        const auto again = text::Tokenizer::from_json(tokenizer.value()->to_json());
        ASSERT_TRUE(again) << name << ": " << again.error().message;
        for (const Json& text : texts)
            EXPECT_EQ(again.value()->encode(text.get<std::string>()),
                      tokenizer.value()->encode(text.get<std::string>()))
                << name << " written as tokenizer.json, text " << text;
    }
}

TEST_F(TokenizerFolder, DamagedFilesAreNamedWithWhatIsWrong)
{
    const std::tuple<const char*, const char*, const char*, const char*> cases[] = {
        {"gpt2", "vocab.json", "[", "vocab.json"},
        {"gpt2", "vocab.json", "[]", "vocab.json is not a JSON object"},
        {"gpt2", "vocab.json", R"({"a":-1})", R"(the token "a" has the id -1)"},
        {"gpt2", "vocab.json", R"({"a":99999999999})", "has the id 99999999999"},
        {"gpt2", "vocab.json", R"({"a":0,"b":0})", "have the same id 0"},
        {"gpt2", "merges.txt", "#version: 0.2\na b\nabc\n", R"(merges.txt: line 3 is "abc")"},
        {"gpt2", "merges.txt", "a b c\n", "merges.txt: line 1"},
        {"gpt2", "merges.txt", "a \xFF\n", "merges.txt: byte 2 is not UTF-8"},
        {"bert", "vocab.txt", "", "vocab.txt has 0 lines"},
        {"bert", "vocab.txt", "a\nb\n", R"("unk_token" names no token)"},
        {"gpt2", "added_tokens.json", R"({"x":"y"})", R"(added_tokens.json: the token "x")"},
        {"gpt2", "added_tokens.json", R"({"<new>":7})", "the next id that is free is 331"},
        {"gpt2", "added_tokens.json", R"({"!":7})", "in the vocabulary it has 0"},
        {"gpt2", "special_tokens_map.json", "7", "special_tokens_map.json is not a JSON object"},
        {"gpt2", "special_tokens_map.json", R"({"pad_token":3})", R"("pad_token" is 3)"},
        {"gpt2", "tokenizer_config.json", R"({"added_tokens_decoder":{"x":{"content":"y"}}})",
         R"("added_tokens_decoder" has the id "x")"},
        {"gpt2", "tokenizer_config.json", R"({"added_tokens_decoder":{"9":{}}})",
         R"("added_tokens_decoder" is {})"},
        {"gpt2", "tokenizer_config.json", R"({"add_bos_token":"yes"})", R"("add_bos_token")"}};
    for (const auto& [base, file, content, message] : cases) {
        const Error error = error_with(base, file, content);
        EXPECT_EQ(error.code, ErrorCode::InvalidData) << content;
        EXPECT_THAT(error.message, HasSubstr(message)) << content;
    }
}

TEST_F(TokenizerFolder, WhatCannotBeReadSaysHowToConvertIt)
{
    test::write_bytes(folder() / "tokenizer.model", "x");
    const auto sentencepiece = read("{}", "llama");
    ASSERT_FALSE(sentencepiece);
    EXPECT_EQ(sentencepiece.error().code, ErrorCode::Unsupported);
    EXPECT_THAT(sentencepiece.error().message, HasSubstr("tokenizer.model"));
    EXPECT_THAT(sentencepiece.error().hint, HasSubstr("save_pretrained"));
    write_base("gpt2");
    const auto unknown = read(R"({"tokenizer_class":"CodeGenTokenizer"})", "llama");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, ErrorCode::Unsupported);
    EXPECT_THAT(unknown.error().message, HasSubstr("CodeGenTokenizer"));
    EXPECT_THAT(unknown.error().hint, HasSubstr("GPT2Tokenizer"));
    std::filesystem::remove(folder() / "merges.txt");
    const auto half = read("{}", "gpt2");
    ASSERT_FALSE(half);
    EXPECT_EQ(half.error().code, ErrorCode::NotFound);
    EXPECT_THAT(half.error().message, HasSubstr("merges.txt"));
}

} // namespace
} // namespace lyceum::models

#include "core/base/atomic_file.h"
#include "core/base/text.h"
#include "core/formats/gguf.h"
#include "core/formats/json.h"
#include "core/models/gguf_tokenizer.h"
#include "core/models/hugging_face_tokenizer.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace lyceum::models {
namespace {

using testing::HasSubstr;

std::filesystem::path vocabulary(const std::string& name)
{
    return std::filesystem::path(LYCEUM_VOCABULARIES) / ("ggml-vocab-" + name + ".gguf");
}

/// llama.cpp's test texts, separated by a line of their own (tests/test-tokenizer-0).
std::vector<std::string> read_texts(const std::filesystem::path& path)
{
    const std::string content = read_file(path).value();
    const std::string separator = "\n__ggml_vocab_test__\n";
    std::vector<std::string> texts;
    for (std::size_t begin = 0; begin < content.size();) {
        const std::size_t end = content.find(separator, begin);
        texts.push_back(content.substr(begin, end - begin));
        begin = end == std::string::npos ? content.size() : end + separator.size();
    }
    return texts;
}

std::vector<text::TokenId> read_ids(const std::string& line)
{
    std::vector<text::TokenId> ids;
    for (const std::string& word : split(line, ' '))
        if (!word.empty())
            ids.push_back(std::stoi(word));
    return ids;
}

Result<std::shared_ptr<const text::Tokenizer>> open_vocabulary(const std::filesystem::path& path)
{
    LYCEUM_ASSIGN(const auto file, formats::GgufFile::open(path));
    LYCEUM_ASSIGN(text::TokenizerSpec spec, read_gguf_tokenizer(*file));
    return text::Tokenizer::create(std::move(spec));
}

class Vocabulary : public testing::TestWithParam<const char*> {
protected:
    void SetUp() override
    {
        if (!std::filesystem::exists(vocabulary(GetParam())))
            GTEST_SKIP() << vocabulary(GetParam()).string()
                         << " is missing: bash packaging/setup.sh test fetches it";
    }
};

TEST_P(Vocabulary, GivesTheIdsOfLlamaCpp)
{
    const std::filesystem::path path = vocabulary(GetParam());
    const auto tokenizer = open_vocabulary(path);
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;
    auto texts = read_texts(path.string() + ".inp");
    const auto lines = split(read_file(path.string() + ".out").value(), '\n');
    ASSERT_GE(texts.size(), 45U);
    ASSERT_GE(lines.size(), texts.size());
    // The last three have combining marks, which Qwen's own tokenizer composes (NFC) and llama.cpp
    // does not.
    if (GetParam() == std::string("qwen35"))
        texts.resize(46);
    for (std::size_t i = 0; i < texts.size(); ++i)
        EXPECT_EQ(tokenizer.value()->encode(texts[i],
                                            {.add_special_tokens = false, .parse_special = false}),
                  read_ids(lines[i]))
            << GetParam() << ", text " << i << ": " << texts[i];
}

INSTANTIATE_TEST_SUITE_P(LlamaCpp, Vocabulary,
                         testing::Values("gpt-2", "llama-bpe", "qwen2", "qwen35", "llama-spm",
                                         "phi-3", "bert-bge", "starcoder", "refact", "command-r",
                                         "mpt", "falcon", "deepseek-coder"),
                         [](const auto& name) {
                             std::string word = name.param;
                             std::erase(word, '-');
                             return word;
                         });

/// The folder that packaging/setup.sh fetches, or a copy of its small files without one of them.
TEST(Vocabularies, AllMiniLmGivesTheIdsOfTokenizersFromEitherOfItsFiles)
{
    const std::filesystem::path folder = LYCEUM_MINILM;
    if (!std::filesystem::exists(folder / "vocab.txt"))
        GTEST_SKIP() << folder.string() << " is missing: bash packaging/setup.sh test fetches it";
    const auto reference =
        formats::read_json_file(LYCEUM_TEST_DATA "/core/models/tokenizer_folders.json");
    ASSERT_TRUE(reference);
    const test::TemporaryFolder older;
    for (const char* name : {"vocab.txt", "tokenizer_config.json", "special_tokens_map.json"})
        std::filesystem::copy_file(folder / name, older.path() / name);
    for (const std::filesystem::path& each : {folder, older.path()}) {
        const auto config = formats::read_json_file(each / "tokenizer_config.json");
        ASSERT_TRUE(config);
        auto spec = read_hugging_face_tokenizer(each, config.value(), "bert");
        ASSERT_TRUE(spec) << spec.error().message;
        EXPECT_EQ(spec.value().pad, 0);
        const auto tokenizer = text::Tokenizer::create(std::move(spec).value());
        ASSERT_TRUE(tokenizer) << tokenizer.error().message;
        for (std::size_t i = 0; i < reference.value()["texts"].size(); ++i)
            EXPECT_EQ(formats::Json(tokenizer.value()->encode(
                          reference.value()["texts"][i].get<std::string>())),
                      reference.value()["minilm"][i])
                << each << ", text " << i;
    }
}

TEST(Vocabularies, OfAKindThatIsNotKnownAreUnsupportedByName)
{
    const std::pair<const char*, const char*> cases[] = {
        {"gemma-4", "tokenizer.ggml.model is gemma4"},
        {"nomic-bert-moe", "tokenizer.ggml.model is t5"},
        {"deepseek-llm", "tokenizer.ggml.pre is deepseek-llm"}};
    for (const auto& [name, message] : cases) {
        if (!std::filesystem::exists(vocabulary(name)))
            continue;
        const auto opened = open_vocabulary(vocabulary(name));
        ASSERT_FALSE(opened) << name;
        EXPECT_EQ(opened.error().code, ErrorCode::Unsupported);
        EXPECT_THAT(opened.error().message, HasSubstr(message));
    }
}

} // namespace
} // namespace lyceum::models

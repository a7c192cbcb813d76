#include "core/formats/json.h"
#include "core/models/model_tensors.h"
#include "core/models/new_model.h"
#include "core/models/new_tokenizer.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::models {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

config::ModelConfig scratch(std::string config = "", std::string family = "llama")
{
    config::ModelConfig model;
    model.base = "none";
    model.method = config::Method::Full;
    model.family = std::move(family);
    model.config = std::move(config);
    return model;
}

struct Wrong {
    std::string family;
    std::string config;
    std::string field;
    std::string message;
    std::string hint;
};

void PrintTo(const Wrong& wrong, std::ostream* out)
{
    *out << wrong.family << " " << wrong.config;
}

class CheckNewModel : public testing::TestWithParam<Wrong> {};

TEST_P(CheckNewModel, NamesTheFieldAndWhatToDo)
{
    const auto& wrong = GetParam();
    const auto problems = check_new_model(scratch(wrong.config, wrong.family));
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_EQ(problems[0].field, wrong.field) << problems[0].message;
    EXPECT_THAT(problems[0].message, HasSubstr(wrong.message));
    EXPECT_THAT(problems[0].hint, HasSubstr(wrong.hint));
}

INSTANTIATE_TEST_SUITE_P(
    Values, CheckNewModel,
    testing::Values(
        Wrong{"lama", "", "model.family", "lama", "Did you mean llama?"},
        Wrong{"bert", "", "model.family", "encoder", "llama"},
        Wrong{"llama", R"({"hiden_size": 64})", "model.config.hiden_size",
              "is not a setting of llama", "Did you mean hidden_size?"},
        Wrong{"gpt2", R"({"hidden_size": 64})", "model.config.hidden_size",
              "is not a setting of gpt2", "Did you mean n_embd?"},
        Wrong{"llama", R"({"n_embd": 64})", "model.config.n_embd", "is not a setting",
              "hidden_size"},
        Wrong{"llama", R"({"hidden_size": "64"})", "model.config.hidden_size",
              "must be a whole number, not \"64\"", ""},
        Wrong{"llama", R"({"hidden_size": 64.5})", "model.config.hidden_size",
              "must be a whole number", ""},
        Wrong{"llama", R"({"tie_word_embeddings": 1})", "model.config.tie_word_embeddings",
              "must be true or false", ""},
        Wrong{"llama", R"({"hidden_size": -4})", "model.config.hidden_size", "is -4", ""},
        Wrong{"gpt2", R"({"n_layer": 0})", "model.config.n_layer", "is 0", ""},
        Wrong{"gpt2", R"({"n_embd": 64, "n_head": 5})", "model.config.n_head", "does not divide",
              ""},
        Wrong{"llama", R"({"num_key_value_heads": 3})", "model.config.num_attention_heads",
              "8 is no multiple of num_key_value_heads 3", ""},
        Wrong{"llama", R"({"hidden_act": "swish2"})", "model.config.hidden_act", "swish2", ""},
        Wrong{"llama", R"({"vocab_size": 256})", "model.config.vocab_size",
              "the tokenizer has 257 tokens", "Leave vocab_size out"},
        Wrong{"llama", R"({"hidden_size": 1048576, "num_hidden_layers": 1000})", "model.config",
              "more than this version trains", ""},
        Wrong{"llama", R"({"eos_token_id": 2})", "model.config.eos_token_id", "not set here",
              "tokenizer"},
        Wrong{"llama", R"({"model_type": "gpt2"})", "model.config.model_type",
              "model.family is llama", "Leave it out"}));

TEST(NewModel, AModelWithABaseHasNothingToCheck)
{
    auto model = scratch(R"({"nonsense": 1})");
    model.base = "smollm2-135m-instruct";
    EXPECT_TRUE(check_new_model(model).empty());
}

TEST(NewModel, WithoutAWordItIsASmallLlamaOfSomeMillions)
{
    const auto architecture = new_architecture(scratch(), 257);
    ASSERT_TRUE(architecture) << architecture.error().message;
    EXPECT_EQ(architecture.value().hidden_size, 256);
    EXPECT_EQ(architecture.value().vocab_size, 257);
    EXPECT_GT(count_parameters(architecture.value()), 3'000'000);
    EXPECT_LT(count_parameters(architecture.value()), 8'000'000);
}

TEST(NewModel, SizesThatAreNotNamedFollowThoseThatAre)
{
    for (const std::string& family : new_model_families()) {
        const std::string key = family == "gpt2" ? "n_embd" : "hidden_size";
        const auto architecture = new_architecture(scratch("{\"" + key + "\": 96}", family), 300);
        ASSERT_TRUE(architecture) << family << ": " << architecture.error().message;
        EXPECT_EQ(architecture.value().head_dim, 32) << family;
        EXPECT_EQ(architecture.value().num_attention_heads, 3) << family;
    }
}

TEST(NewModel, CountsWhatItsTensorsHold)
{
    for (const std::string& family : new_model_families()) {
        const auto architecture = new_architecture(scratch("", family), 300);
        ASSERT_TRUE(architecture) << family;
        std::int64_t count = 0;
        for (const auto& [name, shape] : expected_tensors(architecture.value())) {
            std::int64_t numbers = 1;
            for (const std::int64_t size : shape)
                numbers *= size;
            count += numbers;
        }
        EXPECT_EQ(count_parameters(architecture.value()), count) << family;
    }
}

class NewModelFiles : public testing::Test {
protected:
    [[nodiscard]] ModelPackage made(config::TokenizerConfig tokenizer, bool has_dialogues)
    {
        const std::string text = "the cat sat on the mat, the cat sat on the hat";
        TokenizerTexts texts{.texts = std::vector<std::string_view>(5, text),
                             .has_dialogues = has_dialogues};
        auto parts = make_tokenizer(tokenizer, texts, folder_.path());
        EXPECT_TRUE(parts) << parts.error().message;
        auto package = make_new_model(scratch(R"({"hidden_size": 64})"), std::move(parts).value());
        EXPECT_TRUE(package) << package.error().message;
        return std::move(package).value();
    }

    test::TemporaryFolder folder_;
};

TEST_F(NewModelFiles, TheRunFolderGivesTheSamePackageBack)
{
    for (const std::string source : {"byte", "train"}) {
        for (const bool has_dialogues : {false, true}) {
            const auto folder = folder_.path() / (source + (has_dialogues ? "-chat" : ""));
            const auto package = made({.source = source, .vocab_size = 280}, has_dialogues);
            ASSERT_TRUE(write_new_model(folder, package));
            const auto read = open_new_model(folder);
            ASSERT_TRUE(read) << read.error().message;
            EXPECT_EQ(read.value().architecture, package.architecture);
            EXPECT_EQ(read.value().name, package.name);
            EXPECT_EQ(read.value().stop_tokens, package.stop_tokens);
            EXPECT_EQ(read.value().chat_template != nullptr, has_dialogues);
            const std::string text = "the cat <|im_start|> \xC3\xA9 <|endoftext|>";
            const auto ids = package.tokenizer->encode(text);
            EXPECT_EQ(read.value().tokenizer->encode(text), ids);
            EXPECT_EQ(read.value().tokenizer->decode(ids, false), text);
            EXPECT_EQ(read.value().tokenizer->spec().eos, package.tokenizer->spec().eos);
        }
    }
}

TEST_F(NewModelFiles, AnEndOfTurnEndsAnAnswer)
{
    const auto package = made({.source = "byte"}, true);
    EXPECT_EQ(package.tokenizer->vocabulary_size(), 259);
    EXPECT_EQ(package.architecture.vocab_size, 259);
    EXPECT_THAT(package.stop_tokens, ElementsAre(package.tokenizer->id_of("<|endoftext|>").value(),
                                                 package.tokenizer->id_of("<|im_end|>").value()));
    const auto text =
        package.chat_template->render({{"user", "Hi"}}, {.add_generation_prompt = true});
    ASSERT_TRUE(text) << text.error().message;
    EXPECT_EQ(text.value(), "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
}

TEST_F(NewModelFiles, TakesTheTokenizerOfAModelOrOfAFolderWithNothingElse)
{
    test::write_tiny_folder(folder_.path() / "models" / "tiny");
    const auto bare = folder_.path() / "bare";
    std::filesystem::create_directories(bare);
    for (const char* name : {"tokenizer.json", "tokenizer_config.json"})
        std::filesystem::copy(folder_.path() / "models" / "tiny" / name, bare / name);
    for (const std::string& source : {std::string("tiny"), bare.string()}) {
        const auto package = made({.source = source}, true);
        EXPECT_EQ(package.architecture.vocab_size, 258) << source;
        ASSERT_NE(package.chat_template, nullptr) << source;
        EXPECT_EQ(package.chat_template->source(), test::kTinyTemplate);
        EXPECT_THAT(package.stop_tokens, ElementsAre(257)) << source;
    }
    const auto missing = make_tokenizer({.source = "tinny"}, {}, folder_.path());
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().message, HasSubstr("model.tokenizer"));
    EXPECT_THAT(missing.error().hint, HasSubstr("tiny"));
}

TEST_F(NewModelFiles, APlanHasTheSizeOfTheTokenizerThatIsToBeLearnt)
{
    auto model = scratch();
    model.tokenizer = {.source = "train", .vocab_size = 1234};
    const auto package = plan_new_model(model, folder_.path());
    ASSERT_TRUE(package) << package.error().message;
    EXPECT_EQ(package.value().architecture.vocab_size, 1234);
    EXPECT_EQ(package.value().tokenizer, nullptr);
    EXPECT_EQ(package.value().num_parameters, count_parameters(package.value().architecture));
}

} // namespace
} // namespace lyceum::models

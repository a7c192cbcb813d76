/// @file
/// score, generate and embed as people call them, on models small enough to be made here.

#include "core/models/hugging_face_config.h"
#include "tests/integration/program.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace lyceum::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

class InferenceTest : public testing::Test {
protected:
    /// A Llama that reads and writes bytes.
    std::string decoder()
    {
        write_tiny_folder(folder_.path() / "decoder");
        return (folder_.path() / "decoder").string();
    }

    /// A BERT with the pooling of a sentence-transformers folder: at most 5 tokens of a text.
    std::string encoder()
    {
        const std::filesystem::path folder = folder_.path() / "encoder";
        const json config = {{"model_type", "bert"},
                             {"vocab_size", 258},
                             {"hidden_size", 16},
                             {"intermediate_size", 24},
                             {"num_hidden_layers", 1},
                             {"num_attention_heads", 2},
                             {"max_position_embeddings", 64},
                             {"architectures", {"BertModel"}}};
        auto shape = models::read_hugging_face_config(config, "config.json");
        EXPECT_TRUE(shape) << shape.error().message;
        write_model(folder, config.dump(), shape.value());
        folder_.write("encoder/modules.json",
                      R"([{"path": "", "type": "sentence_transformers.models.Transformer"},
                          {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
                          {"path": "2", "type": "sentence_transformers.models.Normalize"}])");
        folder_.write("encoder/1_Pooling/config.json", R"({"pooling_mode_cls_token": true})");
        folder_.write("encoder/sentence_bert_config.json", R"({"max_seq_length": 5})");
        return folder.string();
    }

    TemporaryFolder folder_;
    Lyceum lyceum_{folder_.path() / "workspace"};

private:
    static void write_model(const std::filesystem::path& folder, const std::string& config,
                            const models::Architecture& shape)
    {
        write_tiny_folder(folder); // its tokenizer
        write_bytes(folder / "config.json", config);
        write_tensors(folder / "model.safetensors", tiny_tensors(shape));
    }
};

TEST_F(InferenceTest, TextLinesAndJsonLinesHaveTheSameScore)
{
    const std::string model = decoder();
    const auto text = folder_.write("texts.txt", "one two\n\nthree \"four\"\r\n");
    const auto records = folder_.write("texts.jsonl", "{\"text\": \"one two\"}\n\n"
                                                      "{\"text\": \"three \\\"four\\\"\"}\n");
    const Outcome plain = lyceum_({"score", model, "--file", text.string(), "--json"});
    const Outcome jsonl = lyceum_({"score", model, "--file", records.string(), "--json"});
    ASSERT_EQ(plain.status, 0) << plain.err;
    ASSERT_EQ(jsonl.status, 0) << jsonl.err;
    const auto lines = plain.lines();
    ASSERT_EQ(lines.size(), 4U);
    EXPECT_EQ(lines[1]["tokens"], 0) << "a blank line of text is a text, too";
    ASSERT_EQ(jsonl.lines().size(), 3U);
    EXPECT_EQ(jsonl.lines()[0], lines[0]);
    EXPECT_EQ(jsonl.lines()[1], lines[2]);
    EXPECT_EQ(jsonl.lines()[2], lines[3]);
    EXPECT_EQ(lines[0]["tokens"], 6) << "7 bytes, the first of which is context";
    const double nll = lines[0]["nll"].get<double>() + lines[2]["nll"].get<double>();
    EXPECT_NEAR(lines[3]["nll"].get<double>(), nll, 1e-9);
    EXPECT_NEAR(lines[3]["perplexity"].get<double>(),
                std::exp(nll / lines[3]["tokens"].get<double>()), 1e-6);
}

TEST_F(InferenceTest, OfARecordOnlyTheAnswerIsScored)
{
    const auto records =
        folder_.write("records.jsonl", "{\"prompt\": \"abc\", \"completion\": \"de\"}\n");
    const Outcome outcome = lyceum_({"score", decoder(), "--file", records.string(), "--json"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    // The template writes "<s>assistant:de</s>": what comes with the answer, to its end of turn.
    EXPECT_GT(outcome.last()["tokens"], 2);
    EXPECT_LT(outcome.last()["tokens"], 20);
}

TEST_F(InferenceTest, ABadLineIsNamedWithItsFile)
{
    const std::string model = decoder();
    const auto file = folder_.write("bad.jsonl", "{\"text\": \"a b\"}\n{\"txt\": 3}\n");
    for (const char* verb : {"score", "generate"}) {
        const Outcome outcome = lyceum_({verb, model, "--file", file.string()});
        EXPECT_EQ(outcome.status, 1) << verb;
        EXPECT_THAT(outcome.err, AllOf(HasSubstr("bad.jsonl"), HasSubstr("line "))) << verb;
    }
    const auto empty = folder_.write("empty.txt", "");
    EXPECT_THAT(lyceum_({"score", model, "--file", empty.string()}).err, HasSubstr("is empty"));
    EXPECT_THAT(lyceum_({"score", model, "--file", "/nonexistent.txt"}).err,
                HasSubstr("/nonexistent.txt"));
}

TEST_F(InferenceTest, AFileOfPromptsGivesEachItsOwnTextInOrder)
{
    const std::string model = decoder();
    const auto file = folder_.write("prompts.txt", "a\nlonger than the others\nbc\n");
    const Outcome many =
        lyceum_({"generate", model, "--file", file.string(), "--max-new-tokens", "9", "--json"});
    ASSERT_EQ(many.status, 0) << many.err;
    const auto lines = many.lines();
    ASSERT_EQ(lines.size(), 3U);
    const std::vector<std::string> prompts = {"a", "longer than the others", "bc"};
    for (std::size_t i = 0; i < prompts.size(); ++i) {
        const Outcome one =
            lyceum_({"generate", model, "--prompt", prompts[i], "--max-new-tokens", "9", "--json"});
        ASSERT_EQ(one.status, 0) << one.err;
        EXPECT_EQ(lines[i]["ids"], one.last()["ids"]) << i;
        EXPECT_EQ(lines[i]["text"], one.last()["text"]) << i;
        EXPECT_EQ(lines[i]["prompt_tokens"], prompts[i].size());
    }
}

TEST_F(InferenceTest, ChatsOfAFileUseTheTemplateAndTheInstruction)
{
    const std::string model = decoder();
    const auto file = folder_.write(
        "prompts.jsonl", "{\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]}\n");
    const auto tokens = [&](std::vector<std::string> more) {
        std::vector<std::string> arguments = {"generate", model, "--max-new-tokens", "2", "--json"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const Outcome outcome = lyceum_(arguments);
        EXPECT_EQ(outcome.status, 0) << outcome.err;
        return outcome.last()["prompt_tokens"].get<int>();
    };
    const int chat = tokens({"--prompt", "hi", "--chat"});
    EXPECT_EQ(tokens({"--file", file.string()}), chat);
    const int told = tokens({"--prompt", "hi", "--chat", "--system", "Be brief."});
    EXPECT_EQ(told, chat + 2 + 7 + 9); // <s>system:Be brief.</s>
    EXPECT_EQ(tokens({"--file", file.string(), "--system", "Be brief."}), told);
}

TEST_F(InferenceTest, GenerateStopsAtATextAndSaysWhatIsWrongWithAnOption)
{
    const std::string model = decoder();
    const std::vector<std::string> base = {"generate", model, "--prompt", "abc", "--json"};
    const auto with = [&](std::vector<std::string> more) {
        std::vector<std::string> arguments = base;
        arguments.insert(arguments.end(), more.begin(), more.end());
        return lyceum_(arguments);
    };
    const json ids = with({"--max-new-tokens", "8"}).last()["ids"];
    ASSERT_FALSE(ids.empty());
    const Outcome stopped = with({"--stop-token", std::to_string(ids[0].get<int>())});
    EXPECT_EQ(stopped.last()["ids"], json::array());
    EXPECT_EQ(stopped.last()["finish_reason"], "stop");
    EXPECT_EQ(with({"--stop", "a", "--stop", "b", "--max-new-tokens", "1"}).status, 0);
    const auto expect_usage = [&](std::vector<std::string> more, const char* message) {
        const Outcome outcome = with(std::move(more));
        EXPECT_EQ(outcome.status, 2) << message;
        EXPECT_THAT(outcome.err, HasSubstr(message));
    };
    expect_usage({"--top-k", "-3"}, "top_k is -3");
    expect_usage({"--min-p", "2"}, "min_p is 2");
    expect_usage({"--repetition-penalty", "0"}, "repetition_penalty is 0");
    expect_usage({"--stop-token", "<nothing>"}, "<nothing>");
    expect_usage({"--system", "x"}, "--chat");
    expect_usage({"--file", "prompts.txt"}, "--prompt and --file");
}

TEST_F(InferenceTest, EmbedGivesALineATextAndSaysWhatItCut)
{
    const std::string model = encoder();
    const auto file = folder_.write("texts.txt", "abc\nabcdefgh\nabcde\n");
    const Outcome outcome = lyceum_({"embed", model, "--file", file.string(), "--json"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const auto lines = outcome.lines();
    ASSERT_EQ(lines.size(), 3U);
    double square = 0.0;
    for (const double value : lines[0]["embedding"])
        square += value * value;
    EXPECT_NEAR(square, 1.0, 1e-5);
    EXPECT_EQ(lines[0]["embedding"].size(), 16U);
    EXPECT_EQ(lines[1]["embedding"], lines[2]["embedding"]) << "cut to the same five bytes";
    EXPECT_EQ(lines[1]["cut_tokens"], 3);
    EXPECT_FALSE(lines[2].contains("cut_tokens"));
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("1 of the texts"), HasSubstr("5 tokens")));
    const auto records = folder_.write("texts.jsonl", "{\"text\": \"abc\"}\n");
    const auto record = lyceum_({"embed", model, "--file", records.string()}).last();
    EXPECT_EQ(record["tokens"], lines[0]["tokens"]);
    // Another text beside it changes the order of sums, and so the last bits.
    for (std::size_t i = 0; i < lines[0]["embedding"].size(); ++i)
        EXPECT_NEAR(record["embedding"][i].get<double>(), lines[0]["embedding"][i].get<double>(),
                    1e-6);
}

TEST_F(InferenceTest, InspectShowsHowAnEncoderPools)
{
    const Outcome outcome = lyceum_({"models", "inspect", encoder(), "--json"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const json model = outcome.last();
    EXPECT_EQ(model["architecture"], "bert");
    EXPECT_EQ(model["context_length"], 64);
    EXPECT_EQ(model["dtype"], "F32");
    EXPECT_GT(model["parameters"], 0);
    EXPECT_EQ(model["embedding"]["pooling"], "cls");
    EXPECT_EQ(model["embedding"]["normalize"], true);
    EXPECT_EQ(model["embedding"]["max_length"], 5);
    EXPECT_EQ(model["embedding"]["dimension"], 16);
    EXPECT_FALSE(lyceum_({"models", "inspect", decoder(), "--json"}).last().contains("embedding"));
}

TEST_F(InferenceTest, TheWrongKindOfModelIsAClearError)
{
    const auto file = folder_.write("texts.txt", "abc\n");
    const Outcome embed = lyceum_({"embed", decoder(), "--file", file.string()});
    EXPECT_EQ(embed.status, 1);
    EXPECT_THAT(embed.err, AllOf(HasSubstr("llama"), HasSubstr("no encoder")));
    const std::string model = encoder();
    for (const std::string verb : {"score", "generate"}) {
        const Outcome outcome = lyceum_({verb, model, "--file", file.string()});
        EXPECT_EQ(outcome.status, 1);
        EXPECT_THAT(outcome.err, AllOf(HasSubstr("bert"), HasSubstr("embed"))) << verb;
    }
}

} // namespace
} // namespace lyceum::test

#include "core/base/sha256.h"
#include "tests/integration/program.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr auto kModel = "smollm2-135m-instruct";

class CommandLineTest : public testing::Test {
protected:
    TemporaryFolder folder_;
    Lyceum lyceum_{folder_.path() / "workspace"};
};

TEST_F(CommandLineTest, UnknownVerbIsWrongUsageAndNamesTheNearest)
{
    const Outcome outcome = lyceum_({"trian", "starter", "--json"});
    EXPECT_EQ(outcome.status, 2);
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("trian"), HasSubstr("train?")));
    ASSERT_EQ(outcome.lines().size(), 1u);
    EXPECT_THAT(outcome.last()["error"]["hint"].get<std::string>(), HasSubstr("train?"));
}

TEST_F(CommandLineTest, HelpIsAResultAndNamesEveryVerb)
{
    const Outcome outcome = lyceum_({"--help"});
    EXPECT_EQ(outcome.status, 0);
    for (const char* verb : {"doctor", "models", "tokenize", "score", "generate", "embed", "train",
                             "runs", "evaluate", "export", "serve"})
        EXPECT_THAT(outcome.out, HasSubstr(verb));
    EXPECT_EQ(outcome.err, "");
}

TEST_F(CommandLineTest, UnknownKeyNamesTheNearestAndItsLine)
{
    const auto file = folder_.write("run.yaml", "data: {train: fractions-tutor}\n"
                                                "optimizer:\n  learning_rte: 1.0e-3\n");
    const Outcome outcome = lyceum_({"train", file.string()});
    EXPECT_EQ(outcome.status, 2);
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("learning_rte"), HasSubstr("line 3")));
    EXPECT_EQ(outcome.out, "");
    EXPECT_FALSE(std::filesystem::exists(lyceum_.workspace() / "runs"));
}

TEST_F(CommandLineTest, TwoFaultsAreBothReported)
{
    const auto file = folder_.write("run.yaml", "data: {train: fractions-tutor, max_length: -3}\n"
                                                "trainer: {max_steps: many}\n");
    const Outcome outcome = lyceum_({"train", file.string(), "--json"});
    EXPECT_EQ(outcome.status, 2);
    ASSERT_EQ(outcome.lines().size(), 1u);
    const auto problems = outcome.last()["error"]["problems"];
    ASSERT_EQ(problems.size(), 2u);
    EXPECT_EQ(problems[0]["field"], "data.max_length");
    EXPECT_EQ(problems[1]["field"], "trainer.max_steps");
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("-3"), HasSubstr("many")));
}

TEST_F(CommandLineTest, MissingConfigurationIsWrongUsage)
{
    const Outcome outcome = lyceum_({"train", "startre", "--json"});
    EXPECT_EQ(outcome.status, 2);
    EXPECT_THAT(outcome.err, HasSubstr("startre"));
}

TEST_F(CommandLineTest, OverrideThatNamesNoFieldIsWrongUsage)
{
    const Outcome outcome = lyceum_({"train", "starter", "--set", "trainer.max_stps=3"});
    EXPECT_EQ(outcome.status, 2);
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("max_stps"), HasSubstr("max_steps")));
}

TEST_F(CommandLineTest, UnwritableWorkspaceIsSaidWithTheWayOut)
{
    const Lyceum lyceum{folder_.write("a-file", "") / "workspace"};
    const Outcome outcome = lyceum({"train", "starter", "--json"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("a-file"), HasSubstr("--workspace")));
    ASSERT_EQ(outcome.lines().size(), 1u);
    EXPECT_TRUE(outcome.last().contains("error"));
}

TEST_F(CommandLineTest, RunThatIsNotThereIsAnErrorForEveryVerb)
{
    for (const char* verb : {"show", "stop", "resume", "metrics", "log", "delete"}) {
        const Outcome outcome = lyceum_({"runs", verb, "nothing", "--json"});
        EXPECT_EQ(outcome.status, 1) << verb;
        EXPECT_THAT(outcome.err, HasSubstr("nothing")) << verb;
        EXPECT_TRUE(outcome.last().contains("error")) << verb;
    }
}

TEST_F(CommandLineTest, NoRunsIsAnEmptyList)
{
    const Outcome outcome = lyceum_({"runs", "list", "--json"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.out, "");
}

TEST_F(CommandLineTest, DoctorNamesEveryCheck)
{
    const Outcome outcome = lyceum_({"doctor", "--json"});
    ASSERT_EQ(outcome.lines().size(), 1u);
    const auto checks = outcome.last()["checks"];
    EXPECT_GE(checks.size(), 5u);
    for (const auto& check : checks) {
        EXPECT_TRUE(check["name"].is_string());
        EXPECT_THAT((std::vector<std::string>{"ok", "note", "fault"}),
                    testing::Contains(check["status"].get<std::string>()));
        EXPECT_FALSE(check["detail"].get<std::string>().empty()) << check;
        const bool is_engine = check["name"] == "engine";
        EXPECT_TRUE(!is_engine || check["status"] == "ok") << check;
    }
}

TEST_F(CommandLineTest, ModelsAreListedAndInspected)
{
    const Outcome list = lyceum_({"models", "list", "--json"});
    EXPECT_EQ(list.status, 0);
    EXPECT_EQ(list.last()["name"], kModel);
    const Outcome inspect = lyceum_({"models", "inspect", kModel, "--json"});
    EXPECT_EQ(inspect.status, 0) << inspect.err;
    EXPECT_EQ(inspect.last()["architecture"], "llama");
    EXPECT_EQ(inspect.last()["parameters"], 134'515'008);
    EXPECT_EQ(inspect.last()["context_length"], 8192);
    EXPECT_EQ(inspect.last()["licence"]["name"], "Apache-2.0");
}

TEST_F(CommandLineTest, UnknownModelNamesTheNearest)
{
    const Outcome outcome = lyceum_({"models", "inspect", "smollm2-135m-instrct"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.err, HasSubstr(kModel));
}

// The ids are those of Transformers' tokenizer of the same vocabulary.
TEST_F(CommandLineTest, TokenizeGivesOneLineALineAndBackAgain)
{
    const auto file = folder_.write("text", "Hello world\n\nWhat is 1/2?");
    const Outcome ids = lyceum_({"tokenize", kModel, "--file", file.string(), "--json"});
    EXPECT_EQ(ids.status, 0) << ids.err;
    ASSERT_EQ(ids.lines().size(), 3u);
    EXPECT_EQ(ids.lines()[0]["ids"], (std::vector<int>{19556, 905}));
    EXPECT_EQ(ids.lines()[1]["ids"], std::vector<int>{});
    const auto back = folder_.write("ids", ids.out);
    const Outcome text = lyceum_({"tokenize", kModel, "--decode", "--file", back.string()});
    EXPECT_EQ(text.out, "Hello world\n\nWhat is 1/2?\n");
}

TEST_F(CommandLineTest, ATrainedTokenizerOpensByItsFolder)
{
    const auto file = folder_.write("class.txt", "A half is one of two equal parts.\n\nTwo halves "
                                                 "make a whole. Two parts, one whole.\n");
    for (const char* kind : {"bpe", "wordpiece", "unigram"}) {
        const std::string out = (folder_.path() / kind).string();
        const Outcome trained =
            lyceum_({"tokenizer", "train", file.string(), "science-explainers", "--kind", kind,
                     "--vocab-size", "400", "--out", out, "--json"});
        ASSERT_EQ(trained.status, 0) << trained.err;
        EXPECT_EQ(trained.last()["kind"], kind);
        EXPECT_EQ(trained.last()["vocab_size"], 400);
        EXPECT_EQ(trained.last()["sources"].size(), 2u);
        EXPECT_EQ(trained.last()["sha256"].get<std::string>(),
                  sha256_file(std::filesystem::path(out) / "tokenizer.json").value());
        const Outcome ids = lyceum_({"tokenize", out, "--file", file.string(), "--json"});
        EXPECT_EQ(ids.status, 0) << ids.err;
        ASSERT_EQ(ids.lines().size(), 3u);
        EXPECT_GT(ids.lines()[0]["ids"].size(), 5u);
    }
}

TEST_F(CommandLineTest, TokenizerTrainingThatCannotBeSaysWhyAndWritesNothing)
{
    const std::string out = (folder_.path() / "out").string();
    const Outcome small =
        lyceum_({"tokenizer", "train", "science-explainers", "--vocab-size", "100", "--out", out});
    EXPECT_EQ(small.status, 2);
    EXPECT_THAT(small.err, HasSubstr("257"));
    const Outcome ignored = lyceum_({"tokenizer", "train", "science-explainers", "--kind",
                                     "unigram", "--min-frequency", "3", "--out", out});
    EXPECT_EQ(ignored.status, 2);
    EXPECT_THAT(ignored.err, HasSubstr("--min-frequency"));
    EXPECT_FALSE(std::filesystem::exists(out));
    folder_.write("model/config.json", "{}");
    const Outcome taken = lyceum_(
        {"tokenizer", "train", "science-explainers", "--out", (folder_.path() / "model").string()});
    EXPECT_EQ(taken.status, 1);
    EXPECT_THAT(taken.err, HasSubstr("config.json"));
}

TEST_F(CommandLineTest, TokenizeSaysWhichLineIsNotUtf8OrNoId)
{
    const auto text = folder_.write("text", "good\nb\xFF"
                                            "d\n");
    const Outcome bad_text = lyceum_({"tokenize", kModel, "--file", text.string()});
    EXPECT_EQ(bad_text.status, 1);
    EXPECT_THAT(bad_text.err, AllOf(HasSubstr("line 2"), HasSubstr("UTF-8")));
    const auto ids = folder_.write("ids", "1 2\n3 x\n");
    const Outcome bad_ids = lyceum_({"tokenize", kModel, "--decode", "--file", ids.string()});
    EXPECT_EQ(bad_ids.status, 1);
    EXPECT_THAT(bad_ids.err, AllOf(HasSubstr("line 2"), HasSubstr("3 x")));
}

} // namespace
} // namespace lyceum::test

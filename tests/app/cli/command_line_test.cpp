#include "app/cli/command_line.h"
#include "app/cli/engine_verb.h"
#include "core/base/paths.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Result<CommandLine> parse(std::vector<const char*> words)
{
    words.insert(words.begin(), "lyceum");
    return parse_command_line(static_cast<int>(words.size()), words.data());
}

TEST(CommandLine, GlobalOptionsMayStandBeforeAndAfterTheVerb)
{
    for (const auto& line : {parse({"--json", "--workspace", "/w", "runs", "list"}),
                             parse({"runs", "list", "--workspace", "/w", "--json"})}) {
        ASSERT_TRUE(line);
        EXPECT_TRUE(line.value().json);
        EXPECT_EQ(line.value().workspace, "/w");
        EXPECT_TRUE(std::holds_alternative<RunsList>(line.value().command));
    }
    EXPECT_EQ(parse({"doctor"}).value().workspace, default_workspace_dir());
}

TEST(CommandLine, ShortFormsOfTrainAreOverridesInTheirOrder)
{
    const auto line = parse({"train", "a.yaml", "--set", "seed=1", "--devices", "2", "--set",
                             "optimizer.lr=1e-3", "--strategy", "ddp", "--detach"});
    ASSERT_TRUE(line);
    const auto& train = std::get<Train>(line.value().command);
    EXPECT_EQ(train.source, "a.yaml");
    EXPECT_TRUE(train.detach);
    EXPECT_THAT(train.overrides,
                testing::UnorderedElementsAre("seed=1", "trainer.devices=2", "optimizer.lr=1e-3",
                                              "trainer.strategy=ddp"));
}

TEST(CommandLine, SetTakesOneValueSoThatTheRecipeMayFollow)
{
    const auto line = parse({"train", "--set", "seed=1", "starter"});
    ASSERT_TRUE(line);
    EXPECT_EQ(std::get<Train>(line.value().command).source, "starter");
    EXPECT_THAT(std::get<Train>(line.value().command).overrides, ElementsAre("seed=1"));
}

struct Wrong {
    std::vector<const char*> words;
    std::string message;
    std::string hint;
};

TEST(CommandLine, WrongUsageNamesTheWordAndTheNearestOne)
{
    const std::vector<Wrong> cases{
        {{"trian", "a.yaml"}, "no verb 'trian'", "Did you mean train?"},
        {{"evalute", "m"}, "no verb 'evalute'", "Did you mean evaluate?"},
        {{"--workspace", "/w", "docter"}, "no verb 'docter'", "Did you mean doctor?"},
        {{"runs", "shwo", "a"}, "lyceum runs has no verb 'shwo'", "Did you mean show?"},
        {{"train", "a.yaml", "--detatch"}, "no option --detatch", "Did you mean --detach?"},
        {{"runs", "list", "--jsno"}, "no option --jsno", "Did you mean --json?"},
        {{"tokenize"}, "model is required", "lyceum tokenize --help"},
        {{"tokenizer", "trian"}, "lyceum tokenizer has no verb 'trian'", "Did you mean train?"},
        {{}, "needs a verb: doctor", "lyceum --help"},
        {{"runs"}, "lyceum runs needs a verb: list", "lyceum runs --help"},
        {{"banana"}, "no verb 'banana'", "See: lyceum --help"},
    };
    for (const Wrong& wrong : cases) {
        const auto line = parse(wrong.words);
        ASSERT_FALSE(line) << wrong.message;
        EXPECT_EQ(line.error().code, ErrorCode::InvalidConfig);
        EXPECT_THAT(line.error().message, HasSubstr(wrong.message));
        EXPECT_THAT(line.error().hint, HasSubstr(wrong.hint));
    }
}

TEST(EngineVerb, IsFoundBehindGlobalOptionsOnly)
{
    const auto is_engine = [](std::vector<std::string> words) { return is_engine_verb(words); };
    EXPECT_TRUE(is_engine({"generate", "m"}));
    EXPECT_TRUE(is_engine({"--json", "--workspace", "train", "score"}));
    EXPECT_FALSE(is_engine({"--workspace", "score", "train"}));
    EXPECT_FALSE(is_engine({"runs", "show", "score"}));
    EXPECT_FALSE(is_engine({}));
}

TEST(CommandLine, WhatIsAskedOfARunThatGoesOn)
{
    const auto pause = parse({"runs", "pause", "tutor"});
    ASSERT_TRUE(pause);
    EXPECT_EQ(std::get<RunsAsk>(pause.value().command).kind, store::CommandKind::Pause);
    const auto rate = parse({"runs", "set-lr", "tutor", "3e-5"});
    ASSERT_TRUE(rate);
    EXPECT_EQ(std::get<RunsAsk>(rate.value().command).kind, store::CommandKind::SetLearningRate);
    EXPECT_EQ(std::get<RunsAsk>(rate.value().command).value, 3e-5);
    EXPECT_FALSE(parse({"runs", "set-max-steps", "tutor"})) << "without a number";
    EXPECT_FALSE(parse({"runs", "set-lr", "tutor", "fast"}));
}

} // namespace
} // namespace lyceum::cli

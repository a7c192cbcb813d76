#include "core/config/run_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace lyceum::config {
namespace {

using testing::HasSubstr;

std::vector<Problem> problems_of(const std::string& yaml)
{
    return parse_yaml("data: {train: lesson.jsonl}\n" + yaml).problems;
}

std::vector<Problem> problems_with(const std::string& field, const std::string& value)
{
    return parse_yaml("", {{"data.train", "lesson.jsonl"}, {field, value}}).problems;
}

TEST(ParseYaml, DefaultsAreValidOnceTheDataIsNamed)
{
    const auto parsed = parse_yaml("data: {train: fractions-tutor}");
    EXPECT_TRUE(parsed.problems.empty()) << parsed.problems.front().field;
    EXPECT_EQ(parsed.config.data.train, "fractions-tutor");
    EXPECT_EQ(parsed.config.optimizer.lr, 2e-4);
    EXPECT_EQ(parsed.config.data.validation, "auto");
}

TEST(ParseYaml, ReadsEveryKindOfValue)
{
    const auto parsed = parse_yaml("name: tutor-7b.v2_x\n"
                                   "seed: 18446744073709551615\n"
                                   "model: {method: full, lora: {targets: [q_proj, v_proj]}}\n"
                                   "data: {train: a.jsonl, validation: 10%, packing: false}\n"
                                   "trainer: {batch_size: 8, devices: auto, max_steps: 50}\n"
                                   "optimizer:\n"
                                   "  betas: [0.8, 0.99]\n"
                                   "  lr: 1e-3\n"
                                   "  schedule: linear\n"
                                   "samples: {prompts: [\"1/2 + 1/3?\", why]}\n");
    ASSERT_TRUE(parsed.problems.empty()) << parsed.problems.front().field;
    const auto& config = parsed.config;
    EXPECT_EQ(config.name, "tutor-7b.v2_x");
    EXPECT_EQ(config.seed, 18446744073709551615ULL);
    EXPECT_EQ(config.model.method, Method::Full);
    EXPECT_THAT(config.model.lora.targets, testing::ElementsAre("q_proj", "v_proj"));
    EXPECT_EQ(config.data.validation, "10%");
    EXPECT_FALSE(config.data.packing);
    EXPECT_EQ(config.trainer.batch_size, 8);
    EXPECT_FALSE(config.trainer.devices.has_value());
    EXPECT_EQ(config.optimizer.betas[1], 0.99);
    EXPECT_EQ(config.optimizer.lr, 1e-3);
    EXPECT_EQ(config.optimizer.schedule, Schedule::Linear);
    EXPECT_THAT(config.samples.prompts, testing::ElementsAre("1/2 + 1/3?", "why"));
}

TEST(ParseYaml, UnknownKeyNamesTheNearestInItsSectionAndTheLine)
{
    const auto problems = problems_of("trainer:\n  max_stpes: 5\n");
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_EQ(problems[0].field, "trainer.max_stpes");
    EXPECT_EQ(problems[0].line, 3);
    EXPECT_THAT(problems[0].hint, HasSubstr("trainer.max_steps"));
}

TEST(ParseYaml, KeyInTheWrongSectionNamesTheRightOne)
{
    const auto problems = problems_of("trainer: {lr: 0.1}\n");
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_THAT(problems[0].hint, HasSubstr("optimizer.lr"));
}

TEST(ParseYaml, ReportsAllFaultsAtOnceInTheFilesOrder)
{
    const auto parsed = parse_yaml("optimizer: {lr: 5}\n" // line 1: range
                                   "modle: {base: x}\n"   // line 2: unknown
                                   "trainer:\n"
                                   "  max_steps: many\n"         // line 4: type
                                   "  precision: 16-true\n"      // line 5: not available
                                   "data: {max_length: 256}\n"); // line 6: data.train missing
    ASSERT_EQ(parsed.problems.size(), 5U);
    const std::vector<std::pair<std::string, int>> expected = {{"optimizer.lr", 1},
                                                               {"modle", 2},
                                                               {"trainer.max_steps", 4},
                                                               {"trainer.precision", 5},
                                                               {"data.train", 6}};
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(parsed.problems[i].field, expected[i].first);
        EXPECT_EQ(parsed.problems[i].line, expected[i].second);
    }
}

struct Rejected {
    std::string field;
    std::string value;
    std::string message;
    std::string hint;
};

void PrintTo(const Rejected& rejected, std::ostream* out)
{
    *out << rejected.field << "=" << rejected.value;
}

class ParseYamlRejects : public testing::TestWithParam<Rejected> {};

TEST_P(ParseYamlRejects, TheValueWithItsFieldAndWhatToDo)
{
    const auto& rejected = GetParam();
    const auto problems = problems_with(rejected.field, rejected.value);
    ASSERT_EQ(problems.size(), 1U) << rejected.field << "=" << rejected.value;
    EXPECT_EQ(problems[0].field, rejected.field);
    EXPECT_THAT(problems[0].message, HasSubstr(rejected.message));
    EXPECT_THAT(problems[0].hint, HasSubstr(rejected.hint));
}

INSTANTIATE_TEST_SUITE_P(
    Values, ParseYamlRejects,
    testing::Values(
        Rejected{"trainer.max_steps", "fifty", "must be a whole number, not \"fifty\"", ""},
        Rejected{"trainer.max_steps", "\"50\"", "must be a whole number", ""},
        Rejected{"trainer.max_steps", "50.5", "must be a whole number", ""},
        Rejected{"trainer.max_steps", "99999999999999999999", "too large", ""},
        Rejected{"trainer.max_steps", "0", "at least 1, or -1", ""},
        Rejected{"trainer.max_epochs", "-1", "unlimited", "Limit one"},
        Rejected{"seed", "-1", "must be a whole number", ""},
        Rejected{"optimizer.lr", "0", "must be above 0 and at most 1, not 0.0", ""},
        Rejected{"optimizer.lr", "nan", "must be a number", ""},
        Rejected{"optimizer.lr", ".inf", "must be a number", ""},
        Rejected{"optimizer.betas", "[0.9]", "list of two numbers", ""},
        Rejected{"optimizer.betas", "[0.9, 1]", "at least 0 and below 1", ""},
        Rejected{"optimizer.schedule", "cosin", "one of cosine, linear, constant", "cosine"},
        Rejected{"optimizer.name", "sgd", "not available in this version", "adamw"},
        Rejected{"model.method", "qlora", "not available in this version", "lora"},
        Rejected{"model.lora.targets", "[q_pro]", "must be one of", "q_proj"},
        Rejected{"model.lora.targets", "[q_proj, q_proj]", "twice", ""},
        Rejected{"task.kind", "classification", "not available in this version", "causal_lm"},
        Rejected{"trainer.strategy", "ddp", "not available in this version", "single"},
        Rejected{"trainer.strategy", "{data: fsdp}", "not available in this version", "single"},
        Rejected{"trainer.precision", "16-true", "not available in this version", "16-mixed"},
        Rejected{"trainer.precision", "bf16", "must be one of", ""},
        Rejected{"trainer.offload_optimizer", "true", "memory already", "false"},
        Rejected{"trainer.devices", "2", "not available in this version", "auto or 1"},
        Rejected{"trainer.num_nodes", "2", "not available in this version", "1"},
        Rejected{"trainer.activation_checkpointing", "true", "auto, none, full, selective", ""},
        Rejected{"trainer.deterministic", "yes", "must be true or false", ""},
        Rejected{"trainer", "fast", "must be a group of settings", "max_steps"},
        Rejected{"data.curriculum", "length", "not available in this version", "none"},
        Rejected{"data.validation", "0.1", "is the number 0.1", "10%"},
        Rejected{"data.validation", "100%", "below 100%", "10%"},
        Rejected{"data.train", "10%", "cannot be a share", "data.validation"},
        Rejected{"data.train", "null", "has no value", ""},
        Rejected{"trackers", "[csv]", "not available in this version", "Leave it out"},
        Rejected{"callbacks.memory", "{every: 5}", "not available in this version", "{}"},
        Rejected{"callbacks.early_stopping.patience", "0", "at least 1", ""},
        Rejected{"checkpoint.mode", "max", "lower val_loss is better", "min"},
        Rejected{"samples.prompts", "what is it", "must be a list", "[one, two]"},
        Rejected{"name", "../escape", "cannot be", "letters"},
        Rejected{"name", "-rf", "cannot be", "letters"},
        Rejected{"name", "a b", "cannot be", "letters"},
        Rejected{"optimizer.learning_rte", "1", "is not a setting", "settings here are"}));

TEST(ParseYaml, ValuesThatChangeNothingAreAcceptedForKeysThatComeLater)
{
    EXPECT_TRUE(problems_of("trainer: {num_nodes: 1, activation_checkpointing: auto}\n"
                            "callbacks: {learning_rate_monitor: {}, gradient_norm: {}}\n"
                            "trackers: []\n")
                    .empty());
}

TEST(ParseYaml, PrecisionAndCheckpointingOfActivationsAreReadAndWritten)
{
    const auto parsed = parse_yaml("data: {train: x}\n"
                                   "trainer: {precision: bf16-mixed, "
                                   "activation_checkpointing: selective, "
                                   "activation_checkpointing_every: 3}\n");
    ASSERT_TRUE(parsed.problems.empty()) << parsed.problems[0].message;
    EXPECT_EQ(parsed.config.trainer.precision, "bf16-mixed");
    EXPECT_EQ(parsed.config.trainer.activation_checkpointing_every, 3);
    EXPECT_EQ(parse_yaml(to_yaml(parsed.config)).config, parsed.config);
}

TEST(ParseYaml, EarlyStoppingIsSwitchedOffByNullAndOnByAGroup)
{
    EXPECT_FALSE(parse_yaml("callbacks: {early_stopping: null}").config.callbacks.early_stopping);
    EXPECT_TRUE(parse_yaml("callbacks: {early_stopping: {}}").config.callbacks.early_stopping);
    const auto parsed = parse_yaml("callbacks: {early_stopping: {patience: 9}}");
    ASSERT_TRUE(parsed.config.callbacks.early_stopping);
    EXPECT_EQ(parsed.config.callbacks.early_stopping->patience, 9);
}

TEST(ParseYaml, OverridesWinAndTheLastOneWins)
{
    const auto parsed = parse_yaml("data: {train: a}\ntrainer: {max_steps: 5}\n",
                                   {{"trainer.max_steps", "7"},
                                    {"trainer.max_steps", "9"},
                                    {"samples.prompts", "[\"x: y\"]"}});
    EXPECT_TRUE(parsed.problems.empty());
    EXPECT_EQ(parsed.config.trainer.max_steps, 9);
    EXPECT_THAT(parsed.config.samples.prompts, testing::ElementsAre("x: y"));
}

TEST(ParseYaml, UnknownOverrideNamesTheNearestField)
{
    const auto problems = problems_with("trainer.maxsteps", "5");
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_EQ(problems[0].line, 0);
    EXPECT_THAT(problems[0].hint, HasSubstr("trainer.max_steps"));
}

TEST(ParseOverride, SplitsAtTheFirstEqualsSign)
{
    const auto change = parse_override("samples.prompts=[\"a=b\"]");
    ASSERT_TRUE(change);
    EXPECT_EQ(change.value().field, "samples.prompts");
    EXPECT_EQ(change.value().value, "[\"a=b\"]");
    EXPECT_FALSE(parse_override("trainer.max_steps"));
    EXPECT_FALSE(parse_override("=5"));
}

TEST(ParseYaml, TextThatIsNotYamlIsOneProblemNotAListOfMissingFields)
{
    const auto parsed = parse_yaml("data: {train: [unclosed\n");
    ASSERT_EQ(parsed.problems.size(), 1U);
    EXPECT_THAT(parsed.problems[0].message, HasSubstr("not YAML"));
}

TEST(ParseYaml, EmptyTextLacksOnlyTheData)
{
    const auto parsed = parse_yaml("");
    ASSERT_EQ(parsed.problems.size(), 1U);
    EXPECT_EQ(parsed.problems[0].field, "data.train");
}

TEST(ParseYaml, ListAtTheTopIsAProblem)
{
    const auto parsed = parse_yaml("- a\n- b\n");
    ASSERT_GE(parsed.problems.size(), 1U);
    EXPECT_THAT(parsed.problems[0].message, HasSubstr("must be a group of settings"));
}

} // namespace
} // namespace lyceum::config

#include "core/config/fields.h"
#include "core/config/run_config.h"
#include "core/config/trackers.h"

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
    EXPECT_EQ(config.optimizer.betas->at(1), 0.99);
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
                                   "  precision: bf16-mixed\n"   // line 5: not available
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
        Rejected{"optimizer.schedule", "cosin",
                 "one of cosine, linear, constant, cosine_with_restarts", "cosine"},
        Rejected{"optimizer.name", "adam", "not available in this version", "adamw"},
        Rejected{"optimizer.warmup_steps", "a few", "a whole number of steps or a share", ""},
        Rejected{"optimizer.warmup_steps", "101%", "between 0 and 100, not 101%", ""},
        Rejected{"optimizer.warmup_steps", "-5", "at least 0, not -5", ""},
        Rejected{"optimizer.momentum", "0.8", "optimizer.name is adamw, which does not use it",
                 "sgd or muon"},
        Rejected{"optimizer.nesterov", "true", "optimizer.name is adamw", "sgd"},
        Rejected{"optimizer.cycles", "3", "optimizer.schedule is cosine", "cosine_with_restarts"},
        Rejected{"optimizer.plateau.factor", "0.1", "optimizer.schedule is cosine",
                 "reduce_on_plateau"},
        Rejected{"optimizer.state_bits", "16", "must be one of 32, 8", ""},
        Rejected{"optimizer.layer_lr_decay", "0", "must be above 0", ""},
        Rejected{"trainer.gradient_clip_algorithm", "norms", "one of norm, value", "norm"},
        Rejected{"model.freeze", "[\"*\"]", "model.method is lora", "full"},
        Rejected{"model.freeze", "everything", "must be a list", "[one, two]"},
        Rejected{"model.method", "dora", "not available in this version", "use_dora"},
        Rejected{"model.lora.use_dora", "maybe", "must be true or false", ""},
        Rejected{"model.lora.targets", "[q_pro]", "must be one of", "q_proj"},
        Rejected{"model.lora.targets", "[q_proj, q_proj]", "twice", ""},
        Rejected{"task.kind", "classification", "not available in this version", "causal_lm"},
        Rejected{"trainer.strategy", "ddp", "not available in this version", "single"},
        Rejected{"trainer.strategy", "{data: fsdp}", "not available in this version", "single"},
        Rejected{"trainer.precision", "bf16-mixed", "not available in this version", "32-true"},
        Rejected{"trainer.devices", "2", "not available in this version", "auto or 1"},
        Rejected{"trainer.num_nodes", "2", "not available in this version", "1"},
        Rejected{"trainer.activation_checkpointing", "true", "not available", "auto"},
        Rejected{"trainer.deterministic", "yes", "must be true or false", ""},
        Rejected{"trainer", "fast", "must be a group of settings", "max_steps"},
        Rejected{"data.curriculum", "length", "not available in this version", "none"},
        Rejected{"data.validation", "0.1", "is the number 0.1", "10%"},
        Rejected{"data.validation", "100%", "below 100%", "10%"},
        Rejected{"data.train", "10%", "cannot be a share", "data.validation"},
        Rejected{"data.train", "null", "has no value", ""},
        Rejected{"trackers", "csv", "must be a list", "[csv, tensorboard]"},
        Rejected{"trackers", "[tensorbord]", "not \"tensorbord\"", "tensorboard"},
        Rejected{"trackers", "[neptune]", "ended on 2026-03-05", "csv, jsonl, tensorboard"},
        Rejected{"trackers", "[csv, csv]", "twice", ""},
        Rejected{"trackers", "[{csv: 3}]", "a list of trackers", "histograms_every_n_steps"},
        Rejected{"trackers", "[{wandb: {api_key: geheim}}]", "secrets", "WANDB_API_KEY"},
        Rejected{"trackers", "[{mlflow: {tracking_token: geheim}}]", "secrets",
                 "MLFLOW_TRACKING_TOKEN"},
        Rejected{"trackers", "[{mlflow: {uri: \"http://anna:geheim@host\"}}]", "a password",
                 "MLFLOW_TRACKING_USERNAME"},
        Rejected{"trackers", "[{mlflow: {uri: \"sqlite:///m.db\"}}]", "no address",
                 "mlflow server"},
        Rejected{"trackers", "[{tensorboard: {histogram_every_n_steps: 5}}]", "does not have",
                 "histograms_every_n_steps"},
        Rejected{"trackers", "[{tensorboard: {histograms_every_n_steps: -5}}]", "at least 0", ""},
        Rejected{"callbacks.memory", "{every: 5}", "has no setting every", "{}"},
        Rejected{"callbacks.spike_guard.action", "skipp", "must be one of", "skip"},
        Rejected{"callbacks.weight_averaging.decay", "1", "below 1", ""},
        Rejected{"callbacks.early_stopping.monitor", "val loss", "name of a metric", "val_loss"},
        Rejected{"trainer.max_time", "90 min", "DD:HH:MM:SS", "00:01:30:00"},
        Rejected{"trainer.max_time", "00:00:61:00", "DD:HH:MM:SS", ""},
        Rejected{"callbacks.early_stopping.patience", "0", "at least 1", ""},
        Rejected{"checkpoint.mode", "max", "lower val_loss is better", "min"},
        Rejected{"samples.prompts", "what is it", "must be a list", "[one, two]"},
        Rejected{"name", "../escape", "cannot be", "letters"},
        Rejected{"name", "-rf", "cannot be", "letters"},
        Rejected{"name", "a b", "cannot be", "letters"},
        Rejected{"optimizer.learning_rte", "1", "is not a setting", "settings here are"}));

TEST(ParseYaml, SettingsOfAnotherOptimizerAreProblemsUnlessTheyAreTheDefault)
{
    EXPECT_TRUE(problems_of("optimizer: {name: sgd, momentum: 0.8, nesterov: true}\n").empty());
    EXPECT_TRUE(problems_of("optimizer: {name: adamw, momentum: auto, cycles: 2}\n").empty());
    const auto problems = problems_of("optimizer: {name: sgd, state_bits: 8, eps: 1.0e-6}\n");
    ASSERT_EQ(problems.size(), 2U);
    EXPECT_EQ(problems[0].field, "optimizer.eps");
    EXPECT_EQ(problems[1].field, "optimizer.state_bits");
    EXPECT_THAT(problems[1].hint, HasSubstr("adamw or lion"));
}

TEST(ParseYaml, SettingsThatContradictEachOtherAreProblems)
{
    EXPECT_EQ(problems_of("optimizer: {name: sgd, momentum: 0, nesterov: true}\n").size(), 1U);
    EXPECT_EQ(
        problems_of("trainer: {gradient_clip_val: 0, gradient_clip_algorithm: value}\n").size(),
        1U);
    const auto parsed = parse_yaml("data: {train: a, validation: none}\n"
                                   "optimizer: {schedule: reduce_on_plateau}\n");
    ASSERT_EQ(parsed.problems.size(), 1U);
    EXPECT_EQ(parsed.problems[0].field, "optimizer.schedule");
}

TEST(ParseYaml, TakesTheWarmUpAsStepsOrAsAShare)
{
    const auto warmup = [](const std::string& value) {
        return parse_yaml("data: {train: a}\noptimizer: {warmup_steps: " + value + "}\n")
            .config.optimizer.warmup_steps;
    };
    EXPECT_EQ(warmup("7"), StepCount(7));
    EXPECT_EQ(warmup("5%"), StepCount::share(5));
    EXPECT_EQ(warmup("\"2.5%\""), StepCount::share(2.5));
    EXPECT_EQ(StepCount::share(5).of(101), 6);
    EXPECT_EQ(StepCount(7).of(101), 7);
}

TEST(ParseYaml, ValuesThatChangeNothingAreAcceptedForKeysThatComeLater)
{
    EXPECT_TRUE(problems_of("trainer: {num_nodes: 1, activation_checkpointing: auto}\n"
                            "callbacks: {learning_rate_monitor: {}, gradient_norm: {}}\n"
                            "trackers: []\n")
                    .empty());
}

TEST(ParseYaml, EveryCallbackIsSwitchedByNullOrAGroup)
{
    const auto config = parse_yaml("callbacks: {learning_rate_monitor: null, memory: null, "
                                   "gradient_norm: {by_layer: true}, nan_guard: {action: rollback},"
                                   " spike_guard: null, weight_averaging: {kind: swa, start: 0.5}}")
                            .config.callbacks;
    EXPECT_FALSE(config.learning_rate_monitor);
    EXPECT_FALSE(config.memory);
    EXPECT_FALSE(config.spike_guard);
    ASSERT_TRUE(config.gradient_norm && config.nan_guard && config.weight_averaging);
    EXPECT_TRUE(config.gradient_norm->by_layer);
    EXPECT_EQ(config.nan_guard->action, NanAction::Rollback);
    EXPECT_EQ(config.weight_averaging->kind, AveragingKind::Swa);
    EXPECT_EQ(config.weight_averaging->start, 0.5);
    EXPECT_TRUE(config.throughput) << "what is not named stays as it is by default";
}

TEST(MaxTime, IsDaysHoursMinutesSecondsAsInLightning)
{
    EXPECT_EQ(parse_max_time("00:01:30:00"), 5400.0);
    EXPECT_EQ(parse_max_time("2:00:00:01"), 172801.0);
    for (const auto* wrong :
         {"", "01:30:00", "00:24:00:00", "00:00:00:00", "0:0:-1:0", "0:0:0:1:", "a:0:0:1"})
        EXPECT_FALSE(parse_max_time(wrong)) << wrong;
}

TEST(ParseYaml, EarlyStoppingIsSwitchedOffByNullAndOnByAGroup)
{
    EXPECT_FALSE(parse_yaml("callbacks: {early_stopping: null}").config.callbacks.early_stopping);
    EXPECT_TRUE(parse_yaml("callbacks: {early_stopping: {}}").config.callbacks.early_stopping);
    const auto parsed = parse_yaml("callbacks: {early_stopping: {patience: 9}}");
    ASSERT_TRUE(parsed.config.callbacks.early_stopping);
    EXPECT_EQ(parsed.config.callbacks.early_stopping->patience, 9);
}

TEST(ParseYaml, TrackersKeepTheirOptionsInTheFileAndInTheForm)
{
    EXPECT_EQ(get_field({}, "trackers"), "csv");
    const auto config = parse_yaml("data: {train: a}\ntrackers: [csv, {mlflow: {uri: "
                                   "\"http://h:5000\"}}, {tensorboard: "
                                   "{histograms_every_n_steps: 10}}, {wandb: {}}]\n")
                            .config;
    ASSERT_EQ(config.trackers.size(), 4U);
    EXPECT_EQ(tracker_option(config.trackers[1], "uri"), "http://h:5000");
    EXPECT_EQ(tracker_option(config.trackers[1], "experiment"), "lyceum");
    EXPECT_THAT(to_yaml(config), HasSubstr("{tensorboard: {histograms_every_n_steps: 10}}"));
    EXPECT_EQ(parse_yaml(to_yaml(config)).config, config);
    RunConfig form;
    const auto lines = get_field(config, "trackers");
    EXPECT_FALSE(set_field(form, "trackers", lines));
    EXPECT_EQ(form.trackers, config.trackers) << lines;
    EXPECT_FALSE(set_field(form, "trackers", ""));
    EXPECT_TRUE(form.trackers.empty());
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

TEST(ParseYaml, VariantsOfLoraAreForMethodsWithAnAdapter)
{
    const std::string data = "data: {train: a.jsonl}\n";
    for (const char* method : {"lora", "qlora"}) {
        const auto parsed = parse_yaml(data + "model: {method: " + method +
                                       ", lora: {use_dora: true, use_rslora: true}}");
        EXPECT_TRUE(parsed.problems.empty()) << to_error(parsed.problems, "").message;
        EXPECT_TRUE(parsed.config.model.lora.use_dora);
        EXPECT_EQ(to_string(parsed.config.model.method), method);
    }
    const auto full = parse_yaml(data + "model: {method: full, lora: {use_dora: true}}");
    ASSERT_EQ(full.problems.size(), 1U);
    EXPECT_EQ(full.problems[0].field, "model.lora.use_dora");
    EXPECT_NE(full.problems[0].message.find("full"), std::string::npos);
}

} // namespace
} // namespace lyceum::config

#include "core/config/fields.h"
#include "core/config/run_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

namespace lyceum::config {
namespace {

using testing::HasSubstr;

OptimizerConfig random_optimizer(std::mt19937& random)
{
    const auto real = [&random](double low, double high) {
        return std::uniform_real_distribution(low, high)(random);
    };
    const auto whole = [&random](int low, int high) {
        return std::uniform_int_distribution(low, high)(random);
    };
    OptimizerConfig optimizer;
    optimizer.lr = std::pow(10.0, -real(0, 9));
    optimizer.name = std::vector{"adamw", "sgd", "lion", "adafactor", "muon"}[random() % 5];
    if (default_betas(optimizer.name) && whole(0, 1) == 1)
        optimizer.betas = {real(0, 0.999), real(0, 0.9999)};
    if (optimizer.name == "adamw")
        optimizer.eps = std::pow(10.0, -real(1, 20));
    if (optimizer.name == "sgd")
        optimizer.momentum = real(0, 0.99);
    if (optimizer.name == "lion")
        optimizer.state_bits = static_cast<StateBits>(whole(0, 1));
    if (whole(0, 1) == 1)
        optimizer.warmup_steps = StepCount::share(real(0, 100));
    optimizer.layer_lr_decay = real(0.1, 1);
    optimizer.schedule = static_cast<Schedule>(whole(0, 5));
    if (optimizer.schedule == Schedule::Wsd)
        optimizer.decay_shape = static_cast<DecayShape>(whole(0, 2));
    return optimizer;
}

void draw_callbacks(std::mt19937& random, RunConfig& config)
{
    const auto real = [&random](double low, double high) {
        return std::uniform_real_distribution(low, high)(random);
    };
    const auto whole = [&random](int low, int high) {
        return std::uniform_int_distribution(low, high)(random);
    };
    if (whole(0, 1) == 1)
        config.callbacks.early_stopping.reset();
    else
        config.callbacks.early_stopping = EarlyStoppingConfig{"val_loss", whole(1, 9), real(0, 1)};
    config.trainer.max_time = whole(0, 1) == 0 ? "" : "01:02:03:04";
    config.checkpoint.log_spaced = whole(0, 1) == 1;
    config.checkpoint.every_n_minutes = real(0, 9);
    if (whole(0, 1) == 1)
        config.callbacks.memory.reset();
    if (whole(0, 1) == 1)
        config.callbacks.gradient_norm = GradientNormConfig{whole(0, 1) == 1, whole(1, 9)};
    if (whole(0, 1) == 1)
        config.callbacks.weight_averaging = WeightAveragingConfig{.decay = real(0, 0.99)};
    else if (whole(0, 1) == 1)
        config.callbacks.weight_averaging =
            WeightAveragingConfig{.kind = AveragingKind::Swa, .start = real(0, 0.99)};
    config.callbacks.spike_guard->action = static_cast<SpikeAction>(whole(0, 3));
}

/// A valid configuration with every field drawn at random.
RunConfig random_config(std::mt19937& random)
{
    const auto real = [&random](double low, double high) {
        return std::uniform_real_distribution(low, high)(random);
    };
    const auto whole = [&random](int low, int high) {
        return std::uniform_int_distribution(low, high)(random);
    };
    const std::vector<std::string> texts = {"fractions-tutor",
                                            "a b.jsonl",
                                            "10%",
                                            "\"x\": #1",
                                            "line\nbreak \\n",
                                            "caf\xC3\xA9 \xF0\x9F\x98\x80",
                                            "no"};
    const auto text = [&] { return texts[random() % texts.size()]; };
    RunConfig config;
    config.name = whole(0, 1) == 0 ? "" : "run-" + std::to_string(whole(0, 999));
    config.seed = (std::uint64_t{random()} << 32) | random();
    config.model.base = text();
    config.model.method = static_cast<Method>(whole(0, 2));
    config.model.lora = {whole(1, 64), real(0.1, 64), real(0, 0.9), {}};
    config.model.lora.use_rslora = has_adapter(config.model.method) && whole(0, 1) == 1;
    config.model.lora.use_dora = has_adapter(config.model.method) && whole(0, 1) == 1;
    if (whole(0, 1) == 1)
        config.model.lora.targets = {"q_proj", "down_proj"};
    if (whole(0, 3) == 0) {
        config.model.base = "none";
        config.model.method = Method::Full;
        config.model.lora.use_rslora = config.model.lora.use_dora = false;
        config.model.family = whole(0, 1) == 0 ? "llama" : text() + "x";
        config.model.config = whole(0, 1) == 0 ? "" : R"({"hidden_size": 8, "no": "no", "x": [1]})";
        config.model.tokenizer = {text(), "bpe", 2048};
        if (whole(0, 1) == 0)
            config.model.tokenizer = {"train", whole(0, 1) == 0 ? "bpe" : "unigram", whole(8, 999)};
    }
    config.data = {text() + "x", whole(0, 1) == 0 ? "12.5%" : "none", whole(8, 4096),
                   whole(0, 1) == 1};
    config.trainer.strategy = whole(0, 1) == 0 ? "auto" : "single";
    if (whole(0, 1) == 1)
        config.trainer.devices = 1;
    if (whole(0, 1) == 1)
        config.trainer.batch_size = whole(1, 64);
    config.trainer.max_steps = whole(1, 100000);
    config.trainer.gradient_clip_val = real(0, 10);
    config.trainer.limit_val_batches = real(0.01, 1);
    config.trainer.deterministic = whole(0, 1) == 1;
    config.optimizer = random_optimizer(random);
    if (config.model.method == Method::Full && config.model.base != "none")
        config.model.freeze = {text(), "model.layers.[0-9].*"};
    draw_callbacks(random, config);
    for (int i = whole(0, 3); i > 0; --i)
        config.samples.prompts.push_back(text());
    return config;
}

TEST(ToYaml, ReadsBackEqualForAnyConfiguration)
{
    std::mt19937 random(2026);
    for (int round = 0; round < 300; ++round) {
        const auto config = random_config(random);
        const auto yaml = to_yaml(config);
        const auto parsed = parse_yaml(yaml);
        ASSERT_TRUE(parsed.problems.empty()) << to_error(parsed.problems, "").message << yaml;
        ASSERT_EQ(parsed.config, config) << yaml;
    }
}

TEST(ToYaml, KeepsTheOrderOfTheDesign)
{
    const auto yaml = to_yaml(RunConfig{});
    std::size_t last = 0;
    for (const auto* section : {"name:", "seed:", "model:", "task:", "data:", "trainer:",
                                "optimizer:", "checkpoint:", "callbacks:", "samples:"}) {
        const auto at = ("\n" + yaml).find(std::string("\n") + section);
        ASSERT_NE(at, std::string::npos) << section;
        EXPECT_GE(at, last) << section;
        last = at;
    }
}

TEST(Resolved, FillsInWhatAutoMeansOnce)
{
    RunConfig config;
    config.data.train = "lessons/My class.jsonl";
    const auto whole = resolved(config);
    EXPECT_EQ(whole.name, "My-class");
    EXPECT_EQ(whole.trainer.batch_size, 4);
    EXPECT_EQ(whole.trainer.devices, 1);
    EXPECT_EQ(whole.trainer.strategy, "single");
    EXPECT_EQ(whole.trainer.precision, "32-true");
    EXPECT_EQ(whole.optimizer.betas, (std::array{0.9, 0.95}));
    EXPECT_FALSE(whole.optimizer.momentum) << "AdamW has none";
    EXPECT_TRUE(validate(whole).empty());
    EXPECT_EQ(resolved(whole), whole);
}

TEST(Resolved, GivesEachOptimizerWhatSuitsIt)
{
    RunConfig config;
    config.data.train = "a";
    config.optimizer.name = "lion";
    EXPECT_EQ(resolved(config).optimizer.betas, (std::array{0.9, 0.99}));
    config.optimizer.name = "sgd";
    EXPECT_EQ(resolved(config).optimizer.momentum, 0.9);
    EXPECT_FALSE(resolved(config).optimizer.betas);
    config.optimizer.name = "muon";
    EXPECT_EQ(resolved(config).optimizer.momentum, 0.95);
    EXPECT_TRUE(validate(resolved(config)).empty());
}

TEST(ToYaml, LeavesOutWhatTheChosenOptimizerDoesNotUse)
{
    RunConfig config;
    EXPECT_THAT(to_yaml(config), testing::Not(HasSubstr("momentum")));
    config.optimizer.name = "sgd";
    EXPECT_THAT(to_yaml(config), HasSubstr("momentum: auto"));
    EXPECT_THAT(to_yaml(config), testing::Not(HasSubstr("betas")));
}

TEST(Resolved, NamesTheRunAfterTheDataset)
{
    RunConfig config;
    for (const auto& [train, name] : std::vector<std::pair<std::string, std::string>>{
             {"fractions-tutor", "fractions-tutor"},
             {"fractions-tutor@2:train", "fractions-tutor"},
             {"/data/lesson.1.jsonl", "lesson.1"},
             {"\xC3\xA9t\xC3\xA9.txt", "t"},
             {"...", "run"}}) {
        config.data.train = train;
        EXPECT_EQ(resolved(config).name, name) << train;
        EXPECT_TRUE(validate(resolved(config)).empty()) << train;
    }
}

TEST(ToError, NamesSourceLineFieldAndRepairOfEach)
{
    const auto parsed = parse_yaml("data: {train: a}\noptimizer:\n  lr: 7\n  nmae: adamw\n");
    const auto error = to_error(parsed.problems, "lesson.yaml");
    EXPECT_EQ(error.code, ErrorCode::InvalidConfig);
    EXPECT_EQ(error.message,
              "lesson.yaml, line 3: optimizer.lr: must be above 0 and at most 1, not "
              "7.0.\nlesson.yaml, line 4: optimizer.nmae: is not a setting. Did you "
              "mean optimizer.name?");
    EXPECT_THAT(error.hint, HasSubstr("these 2 settings"));
}

TEST(LoadSource, EveryRecipeIsAValidConfiguration)
{
    const auto recipes = list_recipes();
    EXPECT_THAT(recipes, testing::Contains("starter"));
    for (const auto& recipe : recipes) {
        const auto source = load_source(recipe);
        ASSERT_TRUE(source) << recipe;
        const auto parsed = parse_yaml(source.value().text);
        EXPECT_TRUE(parsed.problems.empty())
            << to_error(parsed.problems, source.value().name).message;
    }
}

TEST(LoadSource, UnknownRecipeNamesTheNearest)
{
    const auto source = load_source("startr");
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().code, ErrorCode::NotFound);
    EXPECT_THAT(source.error().hint, HasSubstr("starter"));
    EXPECT_FALSE(load_source("missing/run.yaml"));
}

} // namespace
} // namespace lyceum::config

#include "core/config/field_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace lyceum::config {
namespace {

using testing::HasSubstr;

TEST(Fields, EachHasALabelAHelpSentenceAndItsDefault)
{
    const RunConfig defaults;
    for (const auto& field : fields()) {
        EXPECT_FALSE(field.label.empty()) << field.path;
        EXPECT_TRUE(field.help.ends_with('.')) << field.path;
        EXPECT_EQ(field.default_value, get_field(defaults, field.path)) << field.path;
        if (field.kind == FieldKind::Choice) {
            EXPECT_FALSE(field.choices.empty()) << field.path;
        }
    }
}

TEST(Fields, TheirOwnTextSetsThemAgain)
{
    RunConfig config;
    config.samples.prompts = {"two\nlines", "back\\slash and \\n"};
    config.model.lora.targets = {"q_proj", "o_proj"};
    config.optimizer.betas = {0.5, 0.75};
    config.trainer.batch_size = 2;
    RunConfig copy;
    for (const auto& field : fields())
        if (is_in_force(config, field.path)) {
            EXPECT_FALSE(set_field(copy, field.path, get_field(config, field.path))) << field.path;
        }
    EXPECT_EQ(copy, config);
}

TEST(SetField, WrongTextIsAProblemAndChangesNothing)
{
    RunConfig config;
    for (const auto& [path, text] :
         std::vector<std::pair<std::string, std::string>>{{"optimizer.lr", "fast"},
                                                          {"optimizer.betas", "0.9"},
                                                          {"trainer.batch_size", "2.5"},
                                                          {"model.method", "magic"},
                                                          {"data.packing", "maybe"}}) {
        const auto problem = set_field(config, path, text);
        ASSERT_TRUE(problem) << path;
        EXPECT_EQ(problem->field, path);
        EXPECT_EQ(config, RunConfig{}) << path;
    }
}

TEST(SetField, AutoAndBlanksMeanAuto)
{
    RunConfig config;
    config.trainer.batch_size = 2;
    config.model.lora.targets = {"q_proj"};
    EXPECT_FALSE(set_field(config, "trainer.batch_size", " auto "));
    EXPECT_FALSE(set_field(config, "model.lora.targets", ""));
    EXPECT_EQ(config, RunConfig{});
}

TEST(SetField, PartOfASwitchedOffGroupSwitchesItOn)
{
    RunConfig config;
    EXPECT_FALSE(set_field(config, "callbacks.early_stopping", "false"));
    EXPECT_FALSE(config.callbacks.early_stopping);
    EXPECT_EQ(get_field(config, "callbacks.early_stopping.patience"), "5");
    EXPECT_FALSE(set_field(config, "callbacks.early_stopping.patience", "3"));
    ASSERT_TRUE(config.callbacks.early_stopping);
    EXPECT_EQ(config.callbacks.early_stopping->patience, 3);
}

TEST(ResetUnusedFields, PutsBackWhatAChoiceMadeUseless)
{
    RunConfig config;
    config.optimizer.name = "adamw"; // just chosen: sgd before
    config.optimizer.momentum = 0.5;
    config.optimizer.nesterov = true;
    config.optimizer.cycles = 5; // of the schedule, which nobody touched
    reset_unused_fields(config, "optimizer.name");
    EXPECT_FALSE(config.optimizer.momentum);
    EXPECT_FALSE(config.optimizer.nesterov);
    EXPECT_EQ(config.optimizer.cycles, 5);
    EXPECT_FALSE(is_used(config, find_field("optimizer.momentum")->info));
    EXPECT_TRUE(is_used(config, find_field("optimizer.betas")->info));
    EXPECT_TRUE(is_used(config, find_field("optimizer.lr")->info));
}

TEST(Fields, EachConditionNamesAFieldAndItsChoices)
{
    for (const auto& field : fields()) {
        if (field.used_with.path.empty())
            continue;
        const auto* other = find_field(field.used_with.path);
        ASSERT_NE(other, nullptr) << field.path;
        for (const auto& value : field.used_with.values)
            EXPECT_THAT(other->info.choices,
                        testing::Contains(testing::Field(&FieldChoice::value, value)))
                << field.path;
    }
}

TEST(Validate, FindsEveryProblemOfAConfigurationMadeInCode)
{
    RunConfig config;
    config.optimizer.lr = 2;
    config.data.max_length = 1;
    config.samples.prompts = {"\xFF"};
    std::vector<std::string> found;
    for (const auto& problem : validate(config))
        found.push_back(problem.field);
    EXPECT_THAT(found, testing::ElementsAre("data.train", "data.max_length", "optimizer.lr",
                                            "samples.prompts"));
}

} // namespace
} // namespace lyceum::config

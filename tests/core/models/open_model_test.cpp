#include "core/models/model_package.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::models {
namespace {

using testing::HasSubstr;

class OpenModel : public testing::Test {
protected:
    void SetUp() override
    {
        test::write_tiny_folder(workspace() / "models" / "tiny");
        for (const int step : {10, 20, 30})
            test::write_tiny_checkpoint(step_folder(step), step, "tiny", "lora",
                                        test::tiny_adapter());
        std::filesystem::create_directories(run() / "checkpoints" / "step-000040"); // unfinished
        ASSERT_TRUE(write_checkpoint_index(run(), {"step-000020", "step-000030"}));
    }
    [[nodiscard]] std::filesystem::path workspace() const { return temporary_.path(); }
    [[nodiscard]] std::filesystem::path run() const { return run_dir(workspace(), "my-run"); }
    [[nodiscard]] std::filesystem::path step_folder(int step) const
    {
        return run() / "checkpoints" / ("step-0000" + std::to_string(step));
    }
    [[nodiscard]] Result<ModelPackage> open(std::string_view reference) const
    {
        return open_model(reference, workspace());
    }
    /// The step of the checkpoint a reference means.
    [[nodiscard]] std::string step_of(std::string_view reference) const
    {
        const auto opened = open(reference);
        EXPECT_TRUE(opened) << opened.error().message;
        return opened ? opened.value().checkpoint_folder.filename().string() : "";
    }

    test::TemporaryFolder temporary_;
};

TEST_F(OpenModel, ARunIsItsBestCheckpointElseItsLast)
{
    EXPECT_EQ(step_of("my-run"), "step-000020");
    ASSERT_TRUE(write_checkpoint_index(run(), {std::nullopt, "step-000030"}));
    EXPECT_EQ(step_of("my-run"), "step-000030");
    std::filesystem::remove(run() / "checkpoints" / "index.json");
    EXPECT_EQ(step_of("my-run"), "step-000030"); // the last whole one
}

TEST_F(OpenModel, ARunsStepsHaveNames)
{
    EXPECT_EQ(step_of("my-run@10"), "step-000010");
    EXPECT_EQ(step_of("my-run@step-000010"), "step-000010");
    EXPECT_EQ(step_of("my-run@best"), "step-000020");
    EXPECT_EQ(step_of("my-run@last"), "step-000030");
    EXPECT_EQ(step_of(step_folder(10).string()), "step-000010");
}

TEST_F(OpenModel, AStepThatIsNotThereIsNamedWithThoseThatAre)
{
    for (const char* which : {"my-run@15", "my-run@40", "my-run@bets"}) {
        const auto opened = open(which);
        ASSERT_FALSE(opened) << which;
        EXPECT_EQ(opened.error().code, ErrorCode::NotFound);
        EXPECT_THAT(opened.error().hint, HasSubstr("10, 20, 30"));
    }
    ASSERT_TRUE(write_checkpoint_index(run(), {std::nullopt, "step-000030"}));
    EXPECT_THAT(open("my-run@best").error().hint, HasSubstr("my-run@last"));
}

TEST_F(OpenModel, ARunWithoutACheckpointSaysSo)
{
    std::filesystem::create_directories(run_dir(workspace(), "young"));
    EXPECT_THAT(open("young").error().message, HasSubstr("young has no checkpoint yet"));
}

TEST_F(OpenModel, ALocalModelIsFoundByNameAndByPath)
{
    const auto named = open("tiny");
    ASSERT_TRUE(named) << named.error().message;
    EXPECT_EQ(named.value().name, "tiny");
    EXPECT_EQ(named.value().base_name, "tiny");
    EXPECT_FALSE(named.value().adapter);
    EXPECT_TRUE(open((workspace() / "models" / "tiny").string()));
}

TEST_F(OpenModel, TheCatalogueKnowsSmolLm2)
{
    const auto opened = open("smollm2-135m-instruct");
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened.value().num_parameters, 134515008);
    EXPECT_EQ(opened.value().licence.name, "Apache-2.0");
    EXPECT_THAT(opened.value().licence.source, HasSubstr("huggingface.co"));
}

TEST_F(OpenModel, ASlipIsAnsweredWithTheNearestName)
{
    const auto opened = open("smollm2-135m-instrct");
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::NotFound);
    EXPECT_THAT(opened.error().hint, HasSubstr("smollm2-135m-instruct"));
    EXPECT_THAT(open("my-rum").error().hint, HasSubstr("my-run"));
    EXPECT_THAT(open("qqqqqqqqqqqqq").error().hint, HasSubstr("tiny"));
}

TEST_F(OpenModel, WhatIsNoModelIsAnErrorThatSaysWhy)
{
    EXPECT_THAT(open(workspace().string()).error().message, HasSubstr("holds neither a model"));
    EXPECT_THAT(open((workspace() / "models/tiny/model.safetensors").string()).error().message,
                HasSubstr("holds weights only"));
    EXPECT_THAT(open((workspace() / "models/tiny/config.json").string()).error().message,
                HasSubstr("not a GGUF file"));
    for (const char* reference : {"", "@", "my-run@", "../my-run", "..", "nothing/here.gguf"})
        EXPECT_FALSE(open(reference)) << reference;
}

TEST_F(OpenModel, ARunFolderIsAnsweredWithTheNameOfTheRun)
{
    test::write_bytes(run() / "run.yaml", "name: my-run\n");
    EXPECT_THAT(open(run().string()).error().hint, HasSubstr("my-run"));
}

} // namespace
} // namespace lyceum::models

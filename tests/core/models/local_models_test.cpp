#include "core/models/local_models.h"
#include "core/models/model_package.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::models {
namespace {

using testing::HasSubstr;

class LocalModels : public testing::Test {
protected:
    void SetUp() override { test::write_tiny_folder(model_); }

    test::TemporaryFolder folder_;
    std::filesystem::path workspace_ = folder_.path() / "workspace";
    std::filesystem::path model_ = folder_.path() / "downloads" / "tiny";
};

TEST_F(LocalModels, AnAddedFolderIsKnownByItsNameUntilItIsForgotten)
{
    EXPECT_EQ(add_model(workspace_, model_).value(), "tiny");
    EXPECT_TRUE(open_model("tiny", workspace_));
    EXPECT_EQ(list_models(workspace_).value().back().problem, "");
    ASSERT_TRUE(remove_model(workspace_, "tiny"));
    EXPECT_FALSE(open_model("tiny", workspace_));
    EXPECT_TRUE(std::filesystem::exists(model_ / "config.json")) << "its files stay";
}

TEST_F(LocalModels, ATakenNameIsRefusedAndAnotherOneWorks)
{
    ASSERT_TRUE(add_model(workspace_, model_));
    const auto again = add_model(workspace_, model_);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::AlreadyExists);
    EXPECT_THAT(again.error().hint, HasSubstr("--name"));
    EXPECT_EQ(add_model(workspace_, model_, "second").value(), "second");
    EXPECT_EQ(add_model(workspace_, model_, "smollm2-135m-instruct").error().code,
              ErrorCode::AlreadyExists);
}

TEST_F(LocalModels, WhatIsNoModelIsNotAdded)
{
    std::filesystem::create_directories(folder_.path() / "photos");
    EXPECT_FALSE(add_model(workspace_, folder_.path() / "photos"));
    EXPECT_EQ(add_model(workspace_, folder_.path() / "nowhere").error().code, ErrorCode::NotFound);
    for (const char* name : {"../up", "a/b", ".hidden", "a b"})
        EXPECT_EQ(add_model(workspace_, model_, name).error().code, ErrorCode::InvalidConfig)
            << name;
    EXPECT_FALSE(std::filesystem::exists(workspace_ / "models" / "photos"));
}

TEST_F(LocalModels, OnlyLinksAreForgotten)
{
    test::write_tiny_folder(workspace_ / "models" / "own");
    EXPECT_EQ(remove_model(workspace_, "own").error().code, ErrorCode::Unsupported);
    EXPECT_TRUE(std::filesystem::exists(workspace_ / "models" / "own" / "config.json"));
    EXPECT_EQ(remove_model(workspace_, "../workspace").error().code, ErrorCode::NotFound);
}

} // namespace
} // namespace lyceum::models

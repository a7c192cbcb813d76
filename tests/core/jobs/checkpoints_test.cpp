#include "core/jobs/checkpoints.h"
#include "core/models/model_package.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace lyceum::jobs {
namespace {

using testing::HasSubstr;

class ResumePointTest : public testing::Test {
protected:
    /// A checkpoint whose one file has `size` bytes where its manifest says 7.
    void add(std::int64_t step, std::size_t size = 7) const
    {
        const auto name = "checkpoints/step-" + std::to_string(1000000 + step).substr(1);
        folder_.write(name + "/adapter_model.safetensors", std::string(size, 'x'));
        models::CheckpointManifest manifest;
        manifest.run = "run";
        manifest.step = step;
        manifest.base_model = "base";
        manifest.method = "lora";
        manifest.lora_rank = 16;
        manifest.lora_alpha = 32;
        manifest.lora_targets = {"q_proj"};
        manifest.files = {{"adapter_model.safetensors", 7, std::string(64, '0')}};
        folder_.write(name + "/checkpoint.json", models::to_json(manifest));
    }

    test::TemporaryFolder folder_;
};

TEST_F(ResumePointTest, WithoutCheckpointsIsStepZero)
{
    const auto point = find_resume_point(folder_.path(), {});
    ASSERT_TRUE(point);
    EXPECT_FALSE(point.value().folder);
    EXPECT_EQ(point.value().step, 0);
}

TEST_F(ResumePointTest, IsTheNewestWholeCheckpoint)
{
    add(50);
    add(100);
    std::filesystem::create_directories(folder_.path() / "checkpoints" / "step-000150");
    const auto point = find_resume_point(folder_.path(), {});
    ASSERT_TRUE(point);
    EXPECT_EQ(point.value().step, 100);
    EXPECT_EQ(point.value().warning, "");
}

TEST_F(ResumePointTest, IsWhatTheIndexNamesLast)
{
    add(50);
    add(100);
    ASSERT_TRUE(
        models::write_checkpoint_index(folder_.path(), {.best = {}, .last = "step-000050"}));
    EXPECT_EQ(find_resume_point(folder_.path(), {}).value().step, 50);
}

TEST_F(ResumePointTest, PassesOverADamagedCheckpointWithAWarning)
{
    add(50);
    add(100, 3);
    const auto point = find_resume_point(folder_.path(), {});
    ASSERT_TRUE(point);
    EXPECT_EQ(point.value().step, 50);
    EXPECT_THAT(point.value().warning, HasSubstr("step-000100"));
    EXPECT_EQ(find_resume_point(folder_.path(), 100).error().code, ErrorCode::InvalidData);
}

TEST_F(ResumePointTest, RefusesWhenEveryCheckpointIsDamaged)
{
    add(50, 3);
    const auto point = find_resume_point(folder_.path(), {});
    ASSERT_FALSE(point);
    EXPECT_EQ(point.error().code, ErrorCode::InvalidData);
}

TEST_F(ResumePointTest, AnUnknownStepNamesTheOnesThereAre)
{
    add(50);
    add(100);
    EXPECT_EQ(find_resume_point(folder_.path(), 50).value().step, 50);
    const auto point = find_resume_point(folder_.path(), 70);
    ASSERT_FALSE(point);
    EXPECT_EQ(point.error().code, ErrorCode::NotFound);
    EXPECT_THAT(point.error().hint, HasSubstr("100, 50"));
}

} // namespace
} // namespace lyceum::jobs

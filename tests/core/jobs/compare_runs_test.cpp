#include "core/base/atomic_file.h"
#include "core/formats/safetensors.h"
#include "core/jobs/compare_runs.h"
#include "core/models/model_package.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <span>
#include <string>

namespace lyceum::jobs {
namespace {

using testing::HasSubstr;

constexpr const char* kState =
    R"({"step": 4, "timed_seconds": 1.5, "callbacks": {"early_stopping": {"best": 2.5}}})";

void write_checkpoint(const std::filesystem::path& folder, std::array<float, 3> weights,
                      const std::string& state = kState)
{
    std::filesystem::create_directories(folder);
    const std::array<float, 3> moments = {1, 2, 3};
    const auto write = [&](const char* name, const std::array<float, 3>& values) {
        ASSERT_TRUE(formats::write_safetensors(folder / name,
                                               {{.name = "norm.weight",
                                                 .shape = {3},
                                                 .dtype = "F32",
                                                 .data = std::as_bytes(std::span(values))}}));
    };
    write("model.safetensors", weights);
    write("optimizer.safetensors", moments);
    ASSERT_TRUE(write_file_atomically(folder / "trainer_state.json", state));
    models::CheckpointManifest manifest;
    manifest.run = "run";
    manifest.step = 4;
    manifest.base_model = "none";
    manifest.method = "full";
    for (const char* name : {"model.safetensors", "optimizer.safetensors", "trainer_state.json"})
        manifest.files.push_back(
            {name, std::filesystem::file_size(folder / name), std::string(64, '0')});
    ASSERT_TRUE(write_file_atomically(folder / "checkpoint.json", models::to_json(manifest)));
}

class CompareCheckpointsTest : public testing::Test {
protected:
    Comparison compare()
    {
        auto result = compare_checkpoints(folder_.path() / "a", folder_.path() / "b");
        EXPECT_TRUE(result) << result.error().message;
        return result ? result.value() : Comparison{};
    }
    test::TemporaryFolder folder_;
};

TEST_F(CompareCheckpointsTest, EqualStatesAreSameWhateverTimeTheyTook)
{
    write_checkpoint(folder_.path() / "a", {1, 2, 3});
    std::string slower = kState;
    slower.replace(slower.find("1.5"), 3, "9.5");
    write_checkpoint(folder_.path() / "b", {1, 2, 3}, slower);
    const auto result = compare();
    EXPECT_TRUE(result.is_same()) << result.first_difference;
    EXPECT_EQ(result.num_tensors, 2U);
    EXPECT_EQ(result.num_bytes, 24U);
}

TEST_F(CompareCheckpointsTest, OneBitIsNamedWithBothValues)
{
    write_checkpoint(folder_.path() / "a", {1, 2, 3});
    write_checkpoint(folder_.path() / "b", {1, std::nextafter(2.0F, 3.0F), 3});
    EXPECT_THAT(compare().first_difference,
                HasSubstr("model.safetensors: norm.weight, value 1, is 2 and 2.0000002"));
}

TEST_F(CompareCheckpointsTest, ACallbacksStateIsComparedToo)
{
    write_checkpoint(folder_.path() / "a", {1, 2, 3});
    std::string other = kState;
    other.replace(other.find("2.5"), 3, "2.6");
    write_checkpoint(folder_.path() / "b", {1, 2, 3}, other);
    EXPECT_THAT(compare().first_difference,
                HasSubstr("callbacks.early_stopping.best is 2.5 and 2.6"));
}

TEST(CompareCurves, TheFirstStepThatDiffersIsNamed)
{
    const test::TemporaryFolder folder;
    const auto store = store::RunStore::open(folder.path()).value();
    const auto run = [&](const char* name, double last) {
        const auto id = store->create_run({.name = name}).value();
        EXPECT_TRUE(store->record(id, {.step = 2},
                                  {{1, "train_loss", 2.0, 1},
                                   {2, "train_loss", last, 2},
                                   {2, "tokens_per_second", last, 2}}));
        return id;
    };
    const auto one = run("one", 1.5), same = run("same", 1.5), other = run("other", 1.25);
    EXPECT_EQ(compare_curves(*store, one, same).value().num_points, 2U);
    EXPECT_EQ(compare_curves(*store, one, other).value().first_difference,
              "train_loss at step 2 is 1.5 and 1.25");
}

} // namespace
} // namespace lyceum::jobs

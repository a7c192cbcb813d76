#include "core/jobs/run_inputs.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::jobs {
namespace {

using testing::HasSubstr;

models::ModelPackage small_model()
{
    models::ModelPackage model;
    model.num_parameters = 134'515'008;
    model.architecture.hidden_size = 576;
    model.architecture.intermediate_size = 1536;
    model.architecture.num_hidden_layers = 30;
    model.architecture.num_attention_heads = 9;
    model.architecture.num_key_value_heads = 3;
    model.architecture.head_dim = 64;
    return model;
}

TEST(CheckpointBytes, CountTheTrainedWeightsWithTheirMoments)
{
    config::RunConfig config;
    config.model.method = config::Method::Full;
    EXPECT_EQ(checkpoint_bytes(config, small_model()), 134'515'008U * 12);
    config.model.method = config::Method::Lora;
    // 4,884,480 is what PEFT's print_trainable_parameters says for rank 16 on all linear layers.
    EXPECT_EQ(checkpoint_bytes(config, small_model()), 4'884'480U * 12);
    config.model.lora.targets = {"q_proj"};
    EXPECT_EQ(checkpoint_bytes(config, small_model()), 16U * (576 + 576) * 30 * 12);

    config.optimizer.name = "lion";
    EXPECT_EQ(checkpoint_bytes(config, small_model()), 16U * (576 + 576) * 30 * 8);
}

TEST(NeededDisk, CountsWhatIsKeptAndWhatIsBeingWritten)
{
    config::RunConfig config;
    config.checkpoint.save_top_k = 2;
    const auto one = checkpoint_bytes(config, small_model());
    EXPECT_EQ(needed_disk_bytes(config, small_model()), 4 * one + (std::uint64_t{64} << 20));
    config.checkpoint.log_spaced = true;
    config.trainer.max_steps = 100; // 1, 2, 4, ..., 64
    EXPECT_EQ(needed_disk_bytes(config, small_model()), 11 * one + (std::uint64_t{64} << 20));
}

TEST(CheckDisk, NamesBothFigures)
{
    const test::TemporaryFolder folder;
    EXPECT_TRUE(check_disk(folder.path(), 1));
    const auto full = check_disk(folder.path(), std::uint64_t{1} << 60);
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().code, ErrorCode::DiskFull);
    EXPECT_THAT(full.error().message, HasSubstr("GiB free"));
    EXPECT_THAT(full.error().hint, HasSubstr("save_top_k"));
}

TEST(FindInputs, MakesPathsAbsoluteAndFindsBothFiles)
{
    const test::TemporaryFolder folder;
    const auto train = folder.write("lesson.jsonl", "{\"text\": \"a\"}\n");
    const auto check = folder.write("check.jsonl", "{\"text\": \"b\"}\n");
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path());
    config::RunConfig config;
    config.data.train = "lesson.jsonl";
    config.data.validation = "./check.jsonl";
    const auto inputs = find_inputs(config, folder.path() / "workspace");
    std::filesystem::current_path(before);
    ASSERT_TRUE(inputs) << inputs.error().message;
    EXPECT_EQ(config.data.train, train);
    EXPECT_EQ(config.data.validation, check);
    EXPECT_EQ(inputs.value().model.architecture.num_hidden_layers, 30);
}

} // namespace
} // namespace lyceum::jobs

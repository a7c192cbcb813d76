#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/retention.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <fstream>

namespace lyceum::checkpoint {
namespace {

namespace fs = std::filesystem;

Checkpoint make_checkpoint(std::int64_t step, float value = 1.5F)
{
    Checkpoint checkpoint;
    checkpoint.manifest = {.run = "r",
                           .step = step,
                           .base_model = "tiny",
                           .method = "lora",
                           .lora_rank = 2,
                           .lora_alpha = 4.0,
                           .lora_targets = {"q_proj"},
                           .val_loss = 1.25};
    checkpoint.trainer = {.step = step,
                          .tokens = 99,
                          .optimizer_steps = step,
                          .timed_seconds = 0.1,
                          .train_loss = 1.0 / 3.0,
                          .epoch = 1,
                          .rows_taken = 7,
                          .data_fingerprint = "abc",
                          .random_state = random_state(),
                          .num_threads = 2};
    checkpoint.trainer.callbacks["early_stopping"] = {{"without_gain", 3}};
    checkpoint.model = {{"a.lora_A.weight", torch::full({2, 3}, value)},
                        {"a.lora_B.weight", torch::full({3, 2}, value)}};
    checkpoint.trainer.schedule = {{"rate", 1.0 / 3.0}};
    checkpoint.optimizer = {{"exp_avg.a.lora_A.weight", torch::full({2, 3}, value)},
                            {"exp_avg_sq.a.lora_A.weight", torch::arange(6).to(at::kByte)}};
    return checkpoint;
}

std::size_t num_entries(const fs::path& folder)
{
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(Checkpoint, ComesBackAsItWas)
{
    const test::TemporaryFolder run;
    const auto original = make_checkpoint(12);
    const auto saved = save_checkpoint(run.path(), original);
    ASSERT_TRUE(saved) << saved.error().message;
    EXPECT_EQ(saved.value().folder, run.path() / "checkpoints" / "step-000012");

    const auto loaded = load_checkpoint(saved.value().folder);
    ASSERT_TRUE(loaded) << loaded.error().message;
    const auto& checkpoint = loaded.value();
    EXPECT_EQ(checkpoint.manifest.val_loss, 1.25);
    EXPECT_EQ(to_json(checkpoint.trainer), to_json(original.trainer));
    EXPECT_EQ(checkpoint.trainer.train_loss, 1.0 / 3.0); // to the last bit
    ASSERT_EQ(checkpoint.model.size(), 2U);
    EXPECT_EQ(checkpoint.model[1].name, "a.lora_B.weight");
    EXPECT_TRUE(torch::equal(checkpoint.model[1].tensor, original.model[1].tensor));
    for (std::size_t i = 0; i < 2; ++i)
        EXPECT_TRUE(torch::equal(checkpoint.optimizer[i].tensor, original.optimizer[i].tensor));
    EXPECT_EQ(checkpoint.optimizer[1].tensor.scalar_type(), at::kByte);
}

TEST(Checkpoint, LeavesOnlyTheFinishedFolder)
{
    const test::TemporaryFolder run;
    ASSERT_TRUE(save_checkpoint(run.path(), make_checkpoint(1)));
    EXPECT_EQ(num_entries(run.path() / "checkpoints"), 1U);
    EXPECT_EQ(num_entries(run.path() / "checkpoints" / "step-000001"), 4U);
}

TEST(Checkpoint, ReplacesOneOfTheSameStep)
{
    const test::TemporaryFolder run;
    ASSERT_TRUE(save_checkpoint(run.path(), make_checkpoint(5, 1.0F)));
    const auto again = save_checkpoint(run.path(), make_checkpoint(5, 2.0F));
    ASSERT_TRUE(again);
    EXPECT_EQ(num_entries(run.path() / "checkpoints"), 1U);
    EXPECT_FLOAT_EQ(
        load_checkpoint(again.value().folder).value().model[0].tensor.max().item<float>(), 2.0F);
}

TEST(Checkpoint, DamagedFilesAreNamed)
{
    const test::TemporaryFolder run;
    const auto folder = save_checkpoint(run.path(), make_checkpoint(5)).value().folder;
    std::fstream file(folder / "optimizer.safetensors", std::ios::in | std::ios::out);
    file.seekp(-1, std::ios::end);
    file.put('x');
    file.close();
    const auto loaded = load_checkpoint(folder);
    ASSERT_FALSE(loaded);
    EXPECT_NE(loaded.error().message.find("optimizer.safetensors"), std::string::npos);
}

TEST(Checkpoint, HalfWrittenOnesAreNoCheckpointsAndAreRemoved)
{
    const test::TemporaryFolder run;
    ASSERT_TRUE(save_checkpoint(run.path(), make_checkpoint(3)));
    const auto half = run.path() / "checkpoints" / (std::string(kTemporaryPrefix) + "step-000009");
    fs::create_directory(half);
    std::ofstream(half / "model.safetensors") << "half";
    EXPECT_EQ(list_checkpoints(run.path()).size(), 1U);
    EXPECT_EQ(remove_leftovers(run.path()).value(), 1);
    EXPECT_FALSE(fs::exists(half));
    EXPECT_EQ(list_checkpoints(run.path()).size(), 1U);
}

TEST(Checkpoint, RemovingOneLeavesTheOthers)
{
    const test::TemporaryFolder run;
    ASSERT_TRUE(save_checkpoint(run.path(), make_checkpoint(3)));
    ASSERT_TRUE(save_checkpoint(run.path(), make_checkpoint(4)));
    ASSERT_TRUE(remove_checkpoint(run.path(), 3));
    ASSERT_EQ(list_checkpoints(run.path()).size(), 1U);
    EXPECT_EQ(list_checkpoints(run.path())[0].step, 4);
}

TEST(RandomState, ComesBack)
{
    torch::manual_seed(1);
    static_cast<void>(torch::rand({3}));
    const auto state = random_state();
    const auto expected = torch::rand({5});
    ASSERT_TRUE(set_random_state(state));
    EXPECT_TRUE(torch::equal(torch::rand({5}), expected));
    EXPECT_FALSE(set_random_state("not hexadecimal"));
    EXPECT_FALSE(set_random_state("00"));
}

} // namespace
} // namespace lyceum::checkpoint

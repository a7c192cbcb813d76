#include "core/base/atomic_file.h"
#include "core/config/run_config.h"
#include "core/formats/json.h"
#include "core/models/model_package.h"
#include "core/store/run_store.h"
#include "core/train/evaluation.h"
#include "core/train/training_inputs.h"
#include "core/train/training_run.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

namespace lyceum::train {
namespace {

namespace fs = std::filesystem;

/// A workspace with a tiny model, twelve records and a run of its own.
class TrainingRunTest : public ::testing::Test {
protected:
    void SetUp() override
    {
        lyceum::test::write_tiny_folder(model());
        std::ofstream records(data());
        for (int i = 0; i < 12; ++i)
            records << R"({"messages":[{"role":"user","content":"Add )" << i
                    << R"( and 1."},{"role":"assistant","content":"Answer: )" << i + 1
                    << R"("}],"answer":")" << i + 1 << "\"}\n";
        records.close();
        config_.name = "run";
        config_.model.base = model().string();
        config_.model.lora.rank = 2;
        config_.data.train = data().string();
        config_.data.validation = "25%";
        config_.data.max_length = 64;
        config_.trainer.max_steps = 3;
        config_.trainer.max_epochs = -1;
        config_.samples = {.prompts = {"Add 1 and 1."}, .every_n_steps = 2, .max_new_tokens = 4};
        fs::create_directories(folder());
        store_ = store::RunStore::open(workspace_.path()).value();
        id_ = store_->create_run({.name = "run", .folder = folder()}).value();
    }

    Result<TrainingOutcome> run(const fs::path& resume = {})
    {
        std::ofstream(folder() / "run.yaml") << config::to_yaml(config_);
        return run_training(
            {.run_folder = folder(), .workspace = workspace_.path(), .resume = resume});
    }

    [[nodiscard]] fs::path folder() const { return workspace_.path() / "runs" / "run"; }
    [[nodiscard]] fs::path model() const { return workspace_.path() / "tiny"; }
    [[nodiscard]] fs::path data() const { return workspace_.path() / "records.jsonl"; }
    store::RunRow row() { return store_->run(id_).value(); }

    lyceum::test::TemporaryFolder workspace_;
    config::RunConfig config_;
    std::unique_ptr<store::RunStore> store_;
    store::RunId id_ = 0;
};

TEST_F(TrainingRunTest, TrainsAndLeavesEverythingBehind)
{
    const auto outcome = run();
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome.value().exit_status, 0);
    const auto& summary = outcome.value().summary;
    for (const char* key :
         {"run", "status", "steps", "tokens", "train_loss", "val_loss", "perplexity",
          "tokens_per_second", "peak_memory_bytes", "startup_seconds", "first_step_seconds",
          "best_checkpoint", "last_checkpoint", "strategy", "world_size"})
        EXPECT_TRUE(summary.contains(key)) << key;
    EXPECT_EQ(summary["status"], "finished");
    EXPECT_EQ(summary["steps"], 3);
    EXPECT_EQ(row().status, store::RunStatus::Finished);
    EXPECT_EQ(nlohmann::json::parse(row().summary_json), summary);

    const auto environment = formats::read_json_file(folder() / "environment.json");
    ASSERT_TRUE(environment) << environment.error().message;
    EXPECT_TRUE(environment.value()["engine"].contains("libtorch"));
    EXPECT_EQ(environment.value()["engine"]["train_sha256"].get<std::string>().size(), 64U);
    EXPECT_EQ(store_->samples(id_).value().size(), 3U); // steps 0, 2 and 3
}

TEST_F(TrainingRunTest, GoesOnFromItsCheckpoint)
{
    ASSERT_TRUE(run());
    config_.trainer.max_steps = 5;
    const auto outcome = run(folder() / "checkpoints" / "step-000003");
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome.value().summary["steps"], 5);
    EXPECT_EQ(store_->metrics(id_, "train_loss").value().size(), 5U);
}

TEST_F(TrainingRunTest, ItsCheckpointOpensAsAModelWithTheSameLoss)
{
    const auto outcome = run();
    ASSERT_TRUE(outcome) << outcome.error().message;
    const auto package = models::open_model("run", workspace_.path());
    ASSERT_TRUE(package) << package.error().message;
    const auto loaded = nn::load_causal_lm(package.value());
    ASSERT_TRUE(loaded) << loaded.error().message;
    const auto records = data::load_training_data(config_.data.train, config_.data.validation,
                                                  config_.seed, workspace_.path());
    ASSERT_TRUE(records);
    const auto result = evaluate_model(loaded.value(), package.value(), records.value().validation,
                                       {.exact_answer = true, .max_new_tokens = 3});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_NEAR(result.value().loss.value(), outcome.value().summary["val_loss"].get<double>(),
                1e-5);
    EXPECT_EQ(result.value().num_questions, records.value().validation.size());
    EXPECT_TRUE(result.value().exact_answer);
}

TEST_F(TrainingRunTest, AMissingModelFailsTheRunWithWordsAndAHint)
{
    config_.model.base = (workspace_.path() / "nothing").string();
    const auto outcome = run();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(row().status, store::RunStatus::Failed);
    EXPECT_EQ(row().message, outcome.error().message);
    EXPECT_NE(row().message.find("nothing"), std::string::npos);
}

TEST_F(TrainingRunTest, ABrokenRecordFailsTheRunNamingItsLine)
{
    std::ofstream(data(), std::ios::app) << "not json\n";
    ASSERT_FALSE(run());
    EXPECT_EQ(row().status, store::RunStatus::Failed);
    EXPECT_NE(row().message.find("13"), std::string::npos) << row().message;
}

TEST_F(TrainingRunTest, ARunFileThatCannotBeReadFailsTheRun)
{
    std::ofstream(folder() / "run.yaml") << "name: run\ntrainer: {max_stepps: 3}\n";
    ASSERT_FALSE(run_training({.run_folder = folder(), .workspace = workspace_.path()}));
    EXPECT_EQ(row().status, store::RunStatus::Failed);
    EXPECT_NE(row().message.find("max_stepps"), std::string::npos) << row().message;
}

TEST_F(TrainingRunTest, ASampleLongerThanTheContextIsAConfigurationError)
{
    config_.data.max_length = 1000;
    const auto outcome = run();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::InvalidConfig);
    EXPECT_NE(outcome.error().message.find("1000"), std::string::npos);
}

/// The same with a model from scratch and a tokenizer of either kind.
class FromScratchTest : public TrainingRunTest, public ::testing::WithParamInterface<std::string> {
protected:
    void SetUp() override
    {
        TrainingRunTest::SetUp();
        config_.model = {.base = "none",
                         .method = config::Method::Full,
                         .config = R"({"hidden_size": 32, "num_hidden_layers": 2})",
                         .tokenizer = {.source = GetParam(), .vocab_size = 300}};
        config_.trainer.max_steps = 4;
        config_.trainer.val_check_interval = 2; // so that both checkpoints are among the best
        config_.checkpoint.every_n_steps = 2;
        config_.checkpoint.save_top_k = 5;
    }
    [[nodiscard]] fs::path step(int number) const
    {
        return folder() / "checkpoints" / ("step-00000" + std::to_string(number));
    }
    static std::string content(const fs::path& path)
    {
        auto text = read_file(path);
        EXPECT_TRUE(text) << text.error().message;
        return text ? text.value() : "";
    }
};

TEST_P(FromScratchTest, ItsCheckpointIsAModelInItself)
{
    const auto outcome = run();
    ASSERT_TRUE(outcome) << outcome.error().message;
    const fs::path moved = workspace_.path() / "elsewhere";
    fs::copy(step(4), moved);
    fs::remove_all(folder() / "model");
    for (const std::string& reference : {std::string("run@4"), moved.string()}) {
        const auto package = models::open_model(reference, workspace_.path());
        ASSERT_TRUE(package) << package.error().message;
        EXPECT_EQ(package.value().base_name, "run");
        const auto loaded = nn::load_causal_lm(package.value());
        ASSERT_TRUE(loaded) << loaded.error().message;
        const auto records = data::load_training_data(config_.data.train, config_.data.validation,
                                                      config_.seed, workspace_.path());
        const auto result = evaluate_model(loaded.value(), package.value(),
                                           records.value().validation, {.max_new_tokens = 3});
        ASSERT_TRUE(result) << result.error().message;
        EXPECT_NEAR(result.value().loss.value(), outcome.value().summary["val_loss"].get<double>(),
                    1e-5);
    }
}

TEST_P(FromScratchTest, ResumedIsUninterruptedBitForBit)
{
    ASSERT_TRUE(run());
    const auto whole = content(step(4) / "model.safetensors");
    const auto moments = content(step(4) / "optimizer.safetensors");
    const auto tokenizer = content(step(4) / "tokenizer.json");
    fs::remove_all(step(4));
    const auto outcome = run(step(2));
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(content(step(4) / "model.safetensors"), whole);
    EXPECT_EQ(content(step(4) / "optimizer.safetensors"), moments);
    EXPECT_EQ(content(step(4) / "tokenizer.json"), tokenizer);
}

TEST_P(FromScratchTest, TheSeedMakesTheModelAgain)
{
    ASSERT_TRUE(run());
    const auto whole = content(step(4) / "model.safetensors");
    fs::remove_all(folder() / "model");
    fs::remove_all(folder() / "checkpoints");
    ASSERT_TRUE(run());
    EXPECT_EQ(content(step(4) / "model.safetensors"), whole);
}

TEST_P(FromScratchTest, SaysWhatModelItMade)
{
    ASSERT_TRUE(run());
    const auto events = store_->events(id_).value();
    const auto made = std::ranges::find_if(events, [](const auto& event) {
        return event.text.find("A new model: llama from scratch") != std::string::npos;
    });
    EXPECT_NE(made, events.end());
}

INSTANTIATE_TEST_SUITE_P(Tokenizers, FromScratchTest, ::testing::Values("byte", "train"),
                         [](const auto& which) { return which.param; });

TEST_F(TrainingRunTest, AVocabularySmallerThanTheTokenizersFailsTheRun)
{
    config_.model = {.base = "none",
                     .method = config::Method::Full,
                     .config = R"({"hidden_size": 32, "vocab_size": 258})"}; // dialogues add two
    const auto outcome = run();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::InvalidConfig);
    EXPECT_NE(outcome.error().message.find("259"), std::string::npos) << outcome.error().message;
}

} // namespace
} // namespace lyceum::train

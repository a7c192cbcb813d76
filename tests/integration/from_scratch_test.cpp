// A model from scratch, from the terminal: what a user would do with it, one verb after the other.
#include "core/base/atomic_file.h"
#include "tests/integration/program.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::test {
namespace {

using testing::HasSubstr;

class FromScratchTest : public testing::Test {
protected:
    std::vector<std::string> train(std::vector<std::string> more = {})
    {
        std::vector<std::string> words{"train", "gpt-mini", "--json"};
        more.insert(more.begin(),
                    {"name=mini", "trainer.max_steps=3", "trainer.batch_size=2",
                     "trainer.val_check_interval=2", "trainer.limit_val_batches=0.1",
                     "data.max_length=64", "samples.prompts=[]", "checkpoint.every_n_steps=2",
                     "checkpoint.save_top_k=3", "model.config.hidden_size=64"});
        for (const auto& setting : more) {
            words.emplace_back("--set");
            words.push_back(setting);
        }
        return words;
    }

    TemporaryFolder folder_;
    Lyceum lyceum_{folder_.path() / "workspace"};
};

class EachTokenizer : public FromScratchTest, public testing::WithParamInterface<const char*> {};

TEST_P(EachTokenizer, TrainsGeneratesExportsAndScoresAlike)
{
    const auto trained = lyceum_(train({std::string("model.tokenizer=") + GetParam()}));
    ASSERT_EQ(trained.status, 0) << trained.err;
    EXPECT_EQ(trained.last()["steps"], 3);

    const auto shown = lyceum_({"models", "inspect", "mini@2", "--json"});
    ASSERT_EQ(shown.status, 0) << shown.err;
    EXPECT_EQ(shown.last()["architecture"], "llama");

    const auto said = lyceum_(
        {"generate", "mini", "--prompt", "What is 1/2 + 1/3?", "--max-new-tokens", "5", "--json"});
    ASSERT_EQ(said.status, 0) << said.err;
    EXPECT_LE(said.last()["ids"].size(), 5U);

    const auto out = folder_.path() / "export";
    const auto exported =
        lyceum_({"export", "mini", "--format", "hf", "--out", out.string(), "--json"});
    ASSERT_EQ(exported.status, 0) << exported.err;
    EXPECT_EQ(exported.last()["verified"], true);

    const auto lines = folder_.path() / "lines.txt";
    ASSERT_TRUE(write_file_atomically(lines, "Count the wholes.\nThe answer is 5/6.\n"));
    const auto score = [&](const std::string& model) {
        const auto scored = lyceum_({"score", model, "--file", lines.string(), "--json"});
        EXPECT_EQ(scored.status, 0) << scored.err;
        return scored.last()["nll"].get<double>();
    };
    EXPECT_NEAR(score(out.string()), score("mini"), 1e-4);
}

INSTANTIATE_TEST_SUITE_P(FromScratch, EachTokenizer,
                         testing::Values("byte", "{train: {kind: bpe, vocab_size: 400}}",
                                         "smollm2-135m-instruct"));

TEST_F(FromScratchTest, WrongSettingsAreUsageErrorsThatNameTheKey)
{
    const auto wrong = lyceum_(train({"model.config.hiden_size=8"}));
    EXPECT_EQ(wrong.status, 2);
    EXPECT_THAT(wrong.err, HasSubstr("model.config.hiden_size"));
    EXPECT_THAT(wrong.err, HasSubstr("hidden_size"));
    const auto lora = lyceum_(train({"model.method=lora"}));
    EXPECT_EQ(lora.status, 2);
    EXPECT_THAT(lora.err, HasSubstr("no trained weights"));
}

} // namespace
} // namespace lyceum::test

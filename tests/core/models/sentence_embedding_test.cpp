#include "core/models/model_package.h"
#include "core/models/sentence_embedding.h"
#include "tests/support/minilm.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::models {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kModules = R"([
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
    {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}])";

class SentenceEmbeddingTest : public testing::Test {
protected:
    SentenceEmbedding read()
    {
        const auto result = read_sentence_embedding(folder_.path());
        EXPECT_TRUE(result) << result.error().message;
        return result ? result.value() : SentenceEmbedding{};
    }
    std::string problem()
    {
        const auto result = read_sentence_embedding(folder_.path());
        return result ? "accepted" : result.error().message;
    }

    test::TemporaryFolder folder_;
};

TEST_F(SentenceEmbeddingTest, AFolderThatSaysNothingHasTheMean)
{
    const SentenceEmbedding settings = read();
    EXPECT_THAT(settings.pooling, ElementsAre(Pooling::Mean));
    EXPECT_FALSE(settings.is_stated);
    EXPECT_FALSE(settings.normalize);
    EXPECT_EQ(settings.max_length, 0);
}

TEST_F(SentenceEmbeddingTest, ReadsModulesPoolingAndLength)
{
    folder_.write("modules.json", kModules);
    folder_.write("1_Pooling/config.json",
                  R"({"word_embedding_dimension": 8, "pooling_mode_cls_token": true,
                      "pooling_mode_mean_tokens": false, "pooling_mode_max_tokens": true})");
    folder_.write("sentence_bert_config.json", R"({"max_seq_length": 99, "do_lower_case": true})");
    const SentenceEmbedding settings = read();
    EXPECT_THAT(settings.pooling, ElementsAre(Pooling::Cls, Pooling::Max));
    EXPECT_TRUE(settings.is_stated);
    EXPECT_TRUE(settings.normalize);
    EXPECT_TRUE(settings.lowercase);
    EXPECT_EQ(settings.max_length, 99);
    EXPECT_EQ(settings.unsupported, "");
    folder_.write("1_Pooling/config.json", R"({"pooling_mode": "lasttoken"})");
    EXPECT_THAT(read().pooling, ElementsAre(Pooling::LastToken));
}

TEST_F(SentenceEmbeddingTest, PoolingWithoutAListOfModulesCounts)
{
    folder_.write("1_Pooling/config.json", R"({"pooling_mode_cls_token": true})");
    EXPECT_THAT(read().pooling, ElementsAre(Pooling::Cls));
}

TEST_F(SentenceEmbeddingTest, AModuleThatIsNotKnownIsRemembered)
{
    folder_.write("modules.json", R"([{"path": "", "type": "models.Transformer"},
                                      {"path": "2_Dense", "type": "models.Dense"}])");
    EXPECT_EQ(read().unsupported, "models.Dense");
}

TEST_F(SentenceEmbeddingTest, DamagedFilesAreErrorsWithFileAndKey)
{
    folder_.write("modules.json", "{}");
    EXPECT_THAT(problem(), HasSubstr("modules.json is not a JSON list"));
    folder_.write("modules.json", "[3]");
    EXPECT_THAT(problem(), HasSubstr("3 is not a module"));
    folder_.write("modules.json", R"([{"path": ""}])");
    EXPECT_THAT(problem(), HasSubstr("type"));
    folder_.write("modules.json", R"([{"path": "../../x", "type": "models.Pooling"}])");
    EXPECT_THAT(problem(), HasSubstr("outside the model's folder"));
    folder_.write("modules.json", kModules);
    EXPECT_THAT(problem(), HasSubstr("1_Pooling"));
    folder_.write("1_Pooling/config.json", R"({"pooling_mode_mean_tokens": false})");
    EXPECT_THAT(problem(), HasSubstr("pooling_mode_mean_tokens"));
    folder_.write("1_Pooling/config.json", R"({"pooling_mode": "middle"})");
    EXPECT_THAT(problem(), HasSubstr("middle"));
    folder_.write("1_Pooling/config.json", R"({"pooling_mode": "cls"})");
    folder_.write("sentence_bert_config.json", R"({"max_seq_length": 0})");
    EXPECT_THAT(problem(), HasSubstr("max_seq_length"));
}

TEST(MiniLmFolder, IsInspectedWithItsPooling)
{
    if (!test::has_minilm())
        GTEST_SKIP() << test::kNoMinilm;
    const auto package = open_model(test::minilm_folder().string(), "/nonexistent");
    ASSERT_TRUE(package) << package.error().message;
    EXPECT_EQ(package.value().architecture.family, "bert");
    EXPECT_EQ(package.value().num_parameters, 22713216);
    ASSERT_TRUE(package.value().embedding);
    EXPECT_THAT(package.value().embedding->pooling, ElementsAre(Pooling::Mean));
    EXPECT_TRUE(package.value().embedding->normalize);
    EXPECT_EQ(package.value().embedding->max_length, 256);
}

} // namespace
} // namespace lyceum::models

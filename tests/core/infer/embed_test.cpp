#include "core/infer/embed.h"
#include "core/models/hugging_face_config.h"
#include "core/nn/encoder.h"
#include "tests/support/formula_weights.h"
#include "tests/support/minilm.h"
#include "tests/support/smollm2.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::infer {
namespace {

using testing::HasSubstr;
using Ids = std::vector<text::TokenId>;

/// tests/reference/embed_reference.py made the file.
nlohmann::json reference()
{
    return test::read_reference("core/infer/embed_reference.json");
}

/// A tokenizer whose tokens are "t0" to "t60", so that a text can name its ids.
std::shared_ptr<const text::Tokenizer> word_tokenizer(std::int64_t size)
{
    text::TokenizerSpec spec;
    spec.model = text::ModelKind::WordLevel;
    for (std::int64_t id = 0; id < size; ++id)
        spec.vocabulary.push_back(std::string("t").append(std::to_string(id)));
    spec.unknown = 0;
    spec.pre_tokenizer = R"({"type": "WhitespaceSplit"})";
    auto tokenizer = text::Tokenizer::create(std::move(spec));
    EXPECT_TRUE(tokenizer) << tokenizer.error().message;
    return tokenizer.value();
}

std::string text_of(const Ids& ids)
{
    std::string text;
    for (const text::TokenId id : ids)
        text.append(text.empty() ? "t" : " t").append(std::to_string(id));
    return text;
}

float difference(const std::vector<float>& values, const std::vector<double>& expected)
{
    EXPECT_EQ(values.size(), expected.size());
    double largest = 0.0;
    for (std::size_t i = 0; i < std::min(values.size(), expected.size()); ++i)
        largest = std::max(largest, std::abs(static_cast<double>(values[i]) - expected[i]));
    return static_cast<float>(largest);
}

class SmallEncoder : public testing::Test {
protected:
    void SetUp() override
    {
        auto shape = models::read_hugging_face_config(small_["config"], "config");
        ASSERT_TRUE(shape) << shape.error().message;
        models::Architecture architecture = shape.value();
        architecture.has_pooler = true;
        package_ = test::formula_package(architecture);
        package_.tokenizer = word_tokenizer(architecture.vocab_size);
        auto model = nn::load_encoder(package_);
        ASSERT_TRUE(model) << model.error().message;
        model_ = model.value();
        for (const Ids& ids : small_["ids"].get<std::vector<Ids>>())
            texts_.push_back(text_of(ids));
    }

    std::vector<Embedding> embed(const models::SentenceEmbedding& settings)
    {
        package_.embedding = settings;
        auto result = infer::embed(*model_, package_, texts_);
        EXPECT_TRUE(result) << result.error().message;
        return std::move(result).value();
    }

    nlohmann::json small_ = reference()["small"];
    models::ModelPackage package_;
    std::shared_ptr<nn::Encoder> model_;
    std::vector<std::string> texts_;
};

TEST_F(SmallEncoder, EveryPoolingEqualsNumpyOnTransformersVectors)
{
    using models::Pooling;
    for (const Pooling pooling :
         {Pooling::Cls, Pooling::Max, Pooling::Mean, Pooling::MeanSqrtLength, Pooling::WeightedMean,
          Pooling::LastToken}) {
        const std::string name(models::pooling_name(pooling));
        const auto embeddings = embed({.pooling = {pooling}});
        ASSERT_EQ(embeddings.size(), texts_.size());
        for (std::size_t i = 0; i < embeddings.size(); ++i)
            EXPECT_LT(difference(embeddings[i].values, small_["poolings"][i][name]), 1e-4F)
                << name << " of text " << i;
    }
}

TEST_F(SmallEncoder, SeveralPoolingsStandOneBehindTheOther)
{
    const auto embeddings =
        embed({.pooling = {models::Pooling::Cls, models::Pooling::Mean}, .normalize = true});
    auto expected = small_["poolings"][1]["cls"].get<std::vector<double>>();
    for (const double value : small_["poolings"][1]["mean"])
        expected.push_back(value);
    double square = 0.0;
    for (const double value : expected)
        square += value * value;
    for (double& value : expected)
        value /= std::sqrt(square);
    EXPECT_LT(difference(embeddings[1].values, expected), 1e-5F);
}

TEST_F(SmallEncoder, ALongTextIsCutAndCounted)
{
    const auto embeddings = embed({.max_length = 6});
    EXPECT_EQ(embeddings[0].num_tokens, 6U);
    EXPECT_EQ(embeddings[0].num_cut, 5U);
    EXPECT_EQ(embeddings[1].num_cut, 0U);
    EXPECT_EQ(embedding_length(package_), 6);
}

TEST_F(SmallEncoder, NothingSaidIsTheMean)
{
    package_.embedding.reset();
    const auto result = infer::embed(*model_, package_, texts_);
    ASSERT_TRUE(result);
    EXPECT_LT(difference(result.value()[0].values, small_["poolings"][0]["mean"]), 1e-4F);
    EXPECT_EQ(embedding_length(package_), package_.architecture.context_length());
}

TEST_F(SmallEncoder, RefusesAModuleItDoesNotKnowAndATextWithoutTokens)
{
    package_.embedding = models::SentenceEmbedding{.unsupported = "models.Dense"};
    const auto dense = infer::embed(*model_, package_, texts_);
    ASSERT_FALSE(dense);
    EXPECT_EQ(dense.error().code, ErrorCode::Unsupported);
    EXPECT_THAT(dense.error().message, HasSubstr("models.Dense"));
    package_.embedding.reset();
    EXPECT_FALSE(infer::embed(*model_, package_, {" "}));
}

TEST(MiniLm, IdsAndEmbeddingsEqualTransformers)
{
    if (!test::has_minilm())
        GTEST_SKIP() << test::kNoMinilm;
    const auto package = models::open_model(test::minilm_folder().string(), "/nonexistent");
    ASSERT_TRUE(package) << package.error().message;
    const auto model = nn::load_encoder(package.value());
    ASSERT_TRUE(model) << model.error().message;
    std::vector<std::string> texts;
    const auto expected = reference()["minilm"];
    for (const auto& item : expected)
        texts.push_back(item["text"]);
    const auto embeddings = embed(*model.value(), package.value(), texts);
    ASSERT_TRUE(embeddings) << embeddings.error().message;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const EmbeddingInput input = encode_for_embedding(package.value(), texts[i]);
        EXPECT_EQ(input.ids, expected[i]["ids"].get<Ids>());
        EXPECT_EQ(embeddings.value()[i].num_cut, expected[i]["num_cut"].get<std::size_t>());
        EXPECT_LT(difference(embeddings.value()[i].values, expected[i]["embedding"]), 1e-5F) << i;
    }
}

} // namespace
} // namespace lyceum::infer

#include "core/models/family.h"
#include "core/models/hugging_face_config.h"
#include "core/nn/causal_lm.h"
#include "core/nn/encoder.h"
#include "core/nn/kv_cache.h"
#include "tests/support/formula_weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace lyceum::nn {
namespace {

using formats::Json;

/// tests/reference/families_reference.py made the file.
const Json& reference()
{
    static const Json kReference = [] {
        std::ifstream file(std::string(LYCEUM_TEST_DATA) + "/core/nn/families.json");
        return Json::parse(file);
    }();
    return kReference;
}

std::vector<std::vector<std::int64_t>> texts()
{
    return reference()["texts"].get<std::vector<std::vector<std::int64_t>>>();
}

std::vector<std::string> names(bool encoders)
{
    std::vector<std::string> names;
    for (const auto& [name, model] : reference()["models"].items()) {
        const std::string family = model["config"]["model_type"];
        if (models::find_family(family)->is_encoder == encoders)
            names.push_back(name);
    }
    return names;
}

std::vector<std::string> cached_names()
{
    std::vector<std::string> all = names(false);
    std::erase_if(all, [](const std::string& name) {
        return !reference()["models"][name].contains("greedy");
    });
    return all;
}

/// The reference's texts packed into two rows with padding between and after them.
struct Packed {
    at::Tensor ids = at::zeros({2, 24}, at::kLong);
    at::Tensor positions = at::zeros({2, 24}, at::kLong);
    at::Tensor types = at::zeros({2, 24}, at::kLong);
    std::vector<Segment> segments = {{0, 0, 11}, {0, 13, 5}, {1, 0, 16}};

    explicit Packed(std::int64_t num_types = 1)
    {
        for (std::size_t i = 0; i < segments.size(); ++i) {
            const Segment& s = segments[i];
            ids[s.row].narrow(0, s.start, s.length).copy_(at::tensor(texts()[i], at::kLong));
            positions[s.row].narrow(0, s.start, s.length).copy_(at::arange(s.length));
            types[s.row].narrow(0, s.start, s.length).copy_(at::arange(s.length) % num_types);
        }
    }
};

at::Tensor segment_of(const at::Tensor& x, const Segment& segment)
{
    return x[segment.row].narrow(0, segment.start, segment.length);
}

float difference(const at::Tensor& value, const Json& expected)
{
    return (value - at::tensor(expected.get<std::vector<float>>())).abs().max().item<float>();
}

class FamilyTest : public testing::TestWithParam<std::string> {
protected:
    const Json& expected() const { return reference()["models"][GetParam()]; }

    models::Architecture architecture() const
    {
        auto read = models::read_hugging_face_config(expected()["config"], "config.json");
        EXPECT_TRUE(read) << read.error().message;
        models::Architecture a = std::move(read).value();
        a.has_pooler = expected().contains("pooled");
        a.has_lm_head = expected()["config"].contains("architectures");
        const auto checked = models::check_architecture(a, "config.json");
        EXPECT_TRUE(checked) << checked.error().message;
        return a;
    }

    void expect_gradients(const torch::nn::Module& model) const
    {
        const Json& gradients = expected()["gradient"];
        const auto parameters = model.named_parameters();
        for (const auto& item : parameters) {
            if (!gradients.contains(item.key()))
                continue;
            const double norm = gradients[item.key()][0];
            const double projection = gradients[item.key()][1];
            const at::Tensor gradient = item.value().grad().flatten().to(at::kDouble);
            const at::Tensor direction = at::arange(gradient.numel(), at::kDouble).cos();
            EXPECT_NEAR(gradient.norm().item<double>(), norm, 5e-5 * norm + 1e-4) << item.key();
            EXPECT_NEAR((gradient * direction).sum().item<double>(), projection, 2e-4 * norm + 1e-4)
                << item.key();
        }
        for (const auto& [name, unused] : gradients.items())
            EXPECT_TRUE(parameters.contains(name)) << name;
    }
};

class CausalFamily : public FamilyTest {
protected:
    std::shared_ptr<CausalLm> model() const
    {
        auto loaded = load_causal_lm(test::formula_package(architecture()));
        EXPECT_TRUE(loaded) << loaded.error().message;
        loaded.value()->eval();
        return loaded.value();
    }
};

/// Summed next-token loss of the packed texts.
at::Tensor packed_loss(CausalLm& model, const Packed& packed)
{
    const at::Tensor hidden = model.hidden_states(packed.ids, packed.positions, packed.segments);
    at::Tensor total = at::zeros({});
    for (const Segment& segment : packed.segments)
        total = total + at::cross_entropy_loss(
                            model.logits(segment_of(hidden, segment).slice(0, 0, -1)),
                            segment_of(packed.ids, segment).slice(0, 1), {}, at::Reduction::Sum);
    return total;
}

TEST_P(CausalFamily, PackedTextsGiveTransformersLogitsForEachTextAlone)
{
    const auto lm = model();
    const Packed packed;
    const at::Tensor hidden = lm->hidden_states(packed.ids, packed.positions, packed.segments);
    for (std::size_t i = 0; i < packed.segments.size(); ++i) {
        const at::Tensor logits =
            lm->logits(segment_of(hidden, packed.segments[i]).slice(0, -1))[0];
        EXPECT_LT(difference(logits, expected()["logits"][i]), 1e-4F) << i;
    }
}

TEST_P(CausalFamily, LossAndGradientsEqualTransformers)
{
    const auto lm = model();
    const at::Tensor loss = packed_loss(*lm, Packed());
    double sum = 0.0;
    for (const double part : expected()["loss"])
        sum += part;
    EXPECT_NEAR(loss.item<double>(), sum, 1e-5 * sum);
    loss.backward();
    expect_gradients(*lm);
}

/// Dynamic scaling is left out: it turns old keys by old frequencies, as in Transformers.
class CachedFamily : public CausalFamily {};

TEST_P(CachedFamily, TheCacheGivesWhatTheWholeTextGives)
{
    const auto lm = model();
    const at::NoGradGuard no_grad;
    const at::Tensor ids = at::tensor(texts()[2], at::kLong).unsqueeze(0); // [1, 16]
    const at::Tensor whole =
        lm->hidden_states(ids, at::arange(16).unsqueeze(0), {{0, 0, 16}})[0]; // [16, D]
    KvCache cache(lm->architecture(), 3, 20);
    std::vector<at::Tensor> parts = {lm->hidden_states(ids[0].slice(0, 0, 7), cache, {{1, 7}}),
                                     lm->hidden_states(ids[0].slice(0, 7, 11), cache, {{1, 4}})};
    for (std::int64_t t = 11; t < 16; ++t)
        parts.push_back(lm->hidden_states(ids[0].slice(0, t, t + 1), cache, {{1, 1}}));
    EXPECT_LT((at::cat(parts) - whole).abs().max().item<float>(), 1e-4F);
}

TEST_P(CachedFamily, GreedyTokensEqualTransformers)
{
    const auto lm = model();
    const at::NoGradGuard no_grad;
    KvCache cache(lm->architecture(), 1, 20);
    at::Tensor input = at::tensor(texts()[1], at::kLong);
    for (const std::int64_t token : expected()["greedy"]) {
        const at::Tensor hidden = lm->hidden_states(input, cache, {{0, input.size(0)}});
        ASSERT_EQ(lm->logits(hidden.slice(0, -1)).argmax(-1).item<std::int64_t>(), token);
        input = at::full({1}, token, at::kLong);
    }
}

TEST_P(CausalFamily, LoraIsOnEveryMatrixAndMergesIntoTheSameLoss)
{
    const auto lm = model();
    const Packed packed;
    const double before = packed_loss(*lm, packed).item<double>();
    ASSERT_TRUE(lm->add_lora({.rank = 2, .alpha = 6.0}, 7));
    EXPECT_EQ(lm->num_trainable(), models::count_lora_parameters(lm->architecture(), 2, {}));
    EXPECT_NEAR(packed_loss(*lm, packed).item<double>(), before, 1e-5 * before);
    {
        const at::NoGradGuard no_grad;
        for (const auto& item : lm->named_parameters())
            if (item.key().find("lora_B") != std::string::npos)
                item.value().normal_(0.0, 0.1);
    }
    const at::Tensor adapted = packed_loss(*lm, packed);
    EXPECT_GT(std::abs(adapted.item<double>() - before), 1e-3);
    adapted.backward();
    for (const auto& item : lm->named_parameters())
        EXPECT_EQ(item.value().grad().defined(), item.key().find("lora_") != std::string::npos)
            << item.key();
    lm->merge_lora();
    EXPECT_NEAR(packed_loss(*lm, packed).item<double>(), adapted.item<double>(), 1e-4 * before);
    EXPECT_EQ(lm->named_parameters().keys(), model()->named_parameters().keys());
}

TEST_P(CausalFamily, DropoutWhileTrainingLeavesOutOnlyWhatItSays)
{
    models::Architecture dropping = architecture();
    dropping.attention_dropout = 1e-9; // takes the other path, and drops nothing
    auto lm = load_causal_lm(test::formula_package(dropping)).value();
    lm->train();
    dropping.embd_pdrop = dropping.resid_pdrop = 0.0;
    models::Architecture plain = dropping;
    plain.attention_dropout = 0.0;
    lm = load_causal_lm(test::formula_package(dropping)).value();
    auto fused = load_causal_lm(test::formula_package(plain)).value();
    lm->train();
    fused->train();
    const Packed packed;
    const double loss = packed_loss(*fused, packed).item<double>();
    EXPECT_NEAR(packed_loss(*lm, packed).item<double>(), loss, 1e-5 * loss);
    dropping.resid_pdrop = dropping.attention_dropout = 0.5;
    lm = load_causal_lm(test::formula_package(dropping)).value();
    lm->train();
    EXPECT_GT(std::abs(packed_loss(*lm, packed).item<double>() - loss), 1e-3);
    lm->eval();
    EXPECT_NEAR(packed_loss(*lm, packed).item<double>(), loss, 1e-5 * loss);
}

class EncoderFamily : public FamilyTest {
protected:
    std::shared_ptr<Encoder> model() const
    {
        auto loaded = load_encoder(test::formula_package(architecture()));
        EXPECT_TRUE(loaded) << loaded.error().message;
        loaded.value()->eval();
        return loaded.value();
    }
    /// BERT is given token types; RoBERTa has none in use.
    Packed packed() const
    {
        const models::Architecture a = architecture();
        return Packed(a.family == "bert" ? a.type_vocab_size : 1);
    }
};

TEST_P(EncoderFamily, PackedTextsGiveTransformersOutputsAndGradients)
{
    const auto encoder = model();
    const Packed input = packed();
    const at::Tensor all = encoder->hidden_states(input.ids, input.segments, input.types);
    at::Tensor total = at::zeros({});
    for (std::size_t i = 0; i < input.segments.size(); ++i) {
        const at::Tensor hidden = segment_of(all, input.segments[i]);
        if (encoder->architecture().has_lm_head) {
            const at::Tensor logits = encoder->masked_logits(hidden);
            EXPECT_LT(difference(logits[-1], expected()["logits"][i]), 1e-4F) << i;
            total = total + at::cross_entropy_loss(logits, segment_of(input.ids, input.segments[i]),
                                                   {}, at::Reduction::Sum);
            continue;
        }
        const at::Tensor pooled = encoder->pooled(hidden.slice(0, 0, 1));
        EXPECT_LT(difference(hidden[-1], expected()["hidden"][i]), 1e-4F) << i;
        EXPECT_LT(difference(pooled[0], expected()["pooled"][i]), 1e-4F) << i;
        total = total + hidden.pow(2).sum() + pooled.sum();
    }
    total.backward();
    expect_gradients(*encoder);
}

const auto kName = [](const auto& info) { return info.param; };
INSTANTIATE_TEST_SUITE_P(Configs, CausalFamily, testing::ValuesIn(names(false)), kName);
INSTANTIATE_TEST_SUITE_P(Configs, CachedFamily, testing::ValuesIn(cached_names()), kName);
INSTANTIATE_TEST_SUITE_P(Configs, EncoderFamily, testing::ValuesIn(names(true)), kName);

TEST(Families, AnEncoderIsNoCausalModelAndTheOtherWayRound)
{
    models::Architecture a{.vocab_size = 5,
                           .hidden_size = 4,
                           .intermediate_size = 4,
                           .num_hidden_layers = 1,
                           .num_attention_heads = 1,
                           .num_key_value_heads = 1,
                           .head_dim = 4,
                           .max_position_embeddings = 8};
    EXPECT_EQ(load_encoder(test::formula_package(a)).error().code, ErrorCode::Unsupported);
    a.family = "bert";
    a.type_vocab_size = 1;
    EXPECT_EQ(load_causal_lm(test::formula_package(a)).error().code, ErrorCode::Unsupported);
}

} // namespace
} // namespace lyceum::nn

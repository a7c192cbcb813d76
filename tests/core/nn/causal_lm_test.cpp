#include "core/formats/safetensors.h"
#include "core/nn/causal_lm.h"
#include "core/nn/kv_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>

namespace lyceum::nn {
namespace {

using testing::HasSubstr;

/// tests/reference/llama_reference.py made the two files.
std::string reference_path(const std::string& name)
{
    return std::string(LYCEUM_TEST_DATA) + "/core/nn/" + name;
}

models::ModelPackage tiny_package()
{
    auto tensors = formats::open_safetensors(reference_path("tiny_llama.safetensors"));
    EXPECT_TRUE(tensors) << tensors.error().message;
    models::ModelPackage package;
    package.name = "tiny-llama";
    package.architecture = {.vocab_size = 97,
                            .hidden_size = 48,
                            .intermediate_size = 80,
                            .num_hidden_layers = 2,
                            .num_attention_heads = 6,
                            .num_key_value_heads = 2,
                            .head_dim = 8,
                            .max_position_embeddings = 64,
                            .rope_theta = 100000.0};
    package.tensors = std::move(tensors).value();
    return package;
}

std::shared_ptr<CausalLm> tiny_model()
{
    auto model = load_causal_lm(tiny_package());
    EXPECT_TRUE(model) << model.error().message;
    return model.value();
}

nlohmann::json reference()
{
    std::ifstream file(reference_path("tiny_llama.json"));
    return nlohmann::json::parse(file);
}

std::vector<std::vector<std::int64_t>> reference_texts()
{
    return reference()["texts"].get<std::vector<std::vector<std::int64_t>>>();
}

/// The reference's texts packed into two rows with padding between and after them.
struct Packed {
    at::Tensor ids = at::zeros({2, 24}, at::kLong);
    at::Tensor positions = at::zeros({2, 24}, at::kLong);
    std::vector<Segment> segments = {{0, 0, 11}, {0, 13, 5}, {1, 0, 16}};

    Packed()
    {
        const auto texts = reference_texts();
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const Segment& s = segments[i];
            ids[s.row].narrow(0, s.start, s.length).copy_(at::tensor(texts[i], at::kLong));
            positions[s.row].narrow(0, s.start, s.length).copy_(at::arange(s.length));
        }
    }
};

at::Tensor segment_of(const at::Tensor& x, const Segment& segment)
{
    return x[segment.row].narrow(0, segment.start, segment.length);
}

/// Summed next-token loss of the packed texts.
at::Tensor packed_loss(CausalLm& model, const Packed& packed, std::vector<double>* means = nullptr)
{
    const at::Tensor hidden = model.hidden_states(packed.ids, packed.positions, packed.segments);
    at::Tensor total = at::zeros({});
    for (const Segment& segment : packed.segments) {
        const at::Tensor logits = model.logits(segment_of(hidden, segment).slice(0, 0, -1));
        const at::Tensor targets = segment_of(packed.ids, segment).slice(0, 1);
        const at::Tensor loss = at::cross_entropy_loss(logits, targets, {}, at::Reduction::Sum);
        if (means != nullptr)
            means->push_back(loss.item<double>() / static_cast<double>(segment.length - 1));
        total = total + loss;
    }
    return total;
}

TEST(CausalLm, PackedTextsGiveTransformersLogitsForEachTextAlone)
{
    const auto model = tiny_model();
    const Packed packed;
    const at::Tensor hidden = model->hidden_states(packed.ids, packed.positions, packed.segments);
    const auto expected = reference()["logits_last"].get<std::vector<std::vector<float>>>();
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const at::Tensor logits =
            model->logits(segment_of(hidden, packed.segments[i]).slice(0, -1))[0];
        EXPECT_LT((logits - at::tensor(expected[i])).abs().max().item<float>(), 1e-4F) << i;
    }
}

TEST(CausalLm, LossEqualsTransformers)
{
    const auto model = tiny_model();
    std::vector<double> means;
    (void)packed_loss(*model, Packed(), &means);
    const auto expected = reference()["loss"].get<std::vector<double>>();
    for (std::size_t i = 0; i < expected.size(); ++i)
        EXPECT_NEAR(means[i], expected[i], 1e-5) << i;
}

TEST(CausalLm, GradientsEqualTransformersForEveryParameter)
{
    const auto model = tiny_model();
    packed_loss(*model, Packed()).backward();
    const auto expected = reference()["gradient"];
    const auto parameters = model->named_parameters();
    EXPECT_EQ(parameters.size(), expected.size());
    for (const auto& item : parameters) {
        ASSERT_TRUE(expected.contains(item.key())) << item.key();
        const double norm = expected[item.key()][0];
        const double projection = expected[item.key()][1];
        const at::Tensor gradient = item.value().grad().flatten().to(at::kDouble);
        const at::Tensor direction = at::arange(gradient.numel(), at::kDouble).cos();
        EXPECT_NEAR(gradient.norm().item<double>(), norm, 2e-5 * norm) << item.key();
        EXPECT_NEAR((gradient * direction).sum().item<double>(), projection, 1e-4 * norm)
            << item.key();
    }
}

TEST(CausalLm, TheCacheGivesWhatTheWholeTextGives)
{
    const auto model = tiny_model();
    const at::NoGradGuard no_grad;
    const at::Tensor ids = at::tensor(reference_texts()[2], at::kLong).unsqueeze(0); // [1, 16]
    const at::Tensor whole =
        model->hidden_states(ids, at::arange(16).unsqueeze(0), {{0, 0, 16}})[0]; // [16, D]
    KvCache cache(model->architecture(), 3, 20);
    std::vector<at::Tensor> parts = {model->hidden_states(ids[0].slice(0, 0, 7), cache, {{1, 7}}),
                                     model->hidden_states(ids[0].slice(0, 7, 11), cache, {{1, 4}})};
    for (std::int64_t t = 11; t < 16; ++t)
        parts.push_back(model->hidden_states(ids[0].slice(0, t, t + 1), cache, {{1, 1}}));
    EXPECT_EQ(cache.length(1), 16);
    EXPECT_LT((at::cat(parts) - whole).abs().max().item<float>(), 1e-4F);
}

TEST(CausalLm, SlotsOfDifferentLengthsDoNotDisturbEachOther)
{
    const auto model = tiny_model();
    const at::NoGradGuard no_grad;
    const auto texts = reference_texts();
    const auto row = [&](std::size_t i) { return at::tensor(texts[i], at::kLong); };
    const auto length = [&](std::size_t i) { return static_cast<std::int64_t>(texts[i].size()); };
    const at::Tensor next = at::full({1}, 3, at::kLong);
    std::vector<at::Tensor> prompts;
    std::vector<at::Tensor> alone;
    for (std::size_t i = 0; i < 3; ++i) {
        KvCache cache(model->architecture(), 1, 20);
        prompts.push_back(model->hidden_states(row(i), cache, {{0, length(i)}}));
        alone.push_back(model->hidden_states(next, cache, {{0, 1}})[0]);
    }
    const auto expect_near = [](const at::Tensor& value, const at::Tensor& expected) {
        EXPECT_LT((value - expected).abs().max().item<float>(), 1e-4F);
    };
    KvCache together(model->architecture(), 3, 20);
    const at::Tensor packed =
        model->hidden_states(at::cat({row(2), row(0)}), together, {{2, length(2)}, {0, length(0)}});
    expect_near(packed, at::cat({prompts[2], prompts[0]}));
    const at::Tensor both = model->hidden_states(at::cat({next, next}), together, {{2, 1}, {0, 1}});
    expect_near(both[0], alone[2]);
    expect_near(both[1], alone[0]);
    together.clear(2);
    // One text goes on while another's prompt is read.
    const at::Tensor mixed =
        model->hidden_states(at::cat({row(1), next}), together, {{2, length(1)}, {0, 1}});
    expect_near(mixed.slice(0, 0, length(1)), prompts[1]);
    expect_near(model->hidden_states(next, together, {{2, 1}})[0], alone[1]);
}

TEST(CausalLm, LoraStartsAsTheBaseAndOnlyItLearns)
{
    const auto model = tiny_model();
    const Packed packed;
    const double before = packed_loss(*model, packed).item<double>();
    ASSERT_TRUE(model->add_lora({.rank = 4, .alpha = 8.0}, 7));
    EXPECT_EQ(model->num_trainable(), 2 * 4 * (4 * 48 + 48 + 16 + 16 + 48 + 3 * (48 + 80)));
    const at::Tensor loss = packed_loss(*model, packed);
    EXPECT_DOUBLE_EQ(loss.item<double>(), before);
    loss.backward();
    for (const auto& item : model->named_parameters())
        EXPECT_EQ(item.value().grad().defined(), item.key().find("lora_") != std::string::npos)
            << item.key();
    EXPECT_THAT(model->named_parameters().keys(),
                testing::Contains("model.layers.1.mlp.down_proj.lora_B.weight"));
}

TEST(CausalLm, MergedLoraGivesTheSameLogitsUnderTheOldNames)
{
    const auto model = tiny_model();
    ASSERT_TRUE(model->add_lora({.rank = 4, .alpha = 8.0, .targets = {"q_proj", "down_proj"}}, 7));
    const at::NoGradGuard no_grad;
    for (const auto& item : model->named_parameters()) {
        if (item.key().find("lora_B") != std::string::npos)
            item.value().normal_(0.0, 0.1);
    }
    const Packed packed;
    const double adapted = packed_loss(*model, packed).item<double>();
    model->merge_lora();
    EXPECT_NEAR(packed_loss(*model, packed).item<double>(), adapted, 1e-3);
    EXPECT_EQ(model->named_parameters().keys(), tiny_model()->named_parameters().keys());
}

TEST(CausalLm, LoraRefusesATargetThatIsNotThereAndNamesTheNearest)
{
    const auto result = tiny_model()->add_lora({.targets = {"q_proy"}}, 0);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::InvalidConfig);
    EXPECT_THAT(result.error().message, HasSubstr("q_proy"));
    EXPECT_THAT(result.error().hint, HasSubstr("q_proj"));
}

TEST(LoadCausalLm, NamesATensorWhoseShapeDiffers)
{
    models::ModelPackage package = tiny_package();
    package.architecture.intermediate_size = 81;
    const auto model = load_causal_lm(package);
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code, ErrorCode::InvalidData);
    EXPECT_THAT(model.error().message,
                HasSubstr("[80, 48], but the architecture asks for [81, 48]"));
}

TEST(LoadCausalLm, NamesAMissingTensor)
{
    models::ModelPackage package = tiny_package();
    package.architecture.tie_word_embeddings = false;
    const auto model = load_causal_lm(package);
    ASSERT_FALSE(model);
    EXPECT_THAT(model.error().message, HasSubstr("lm_head.weight"));
}

} // namespace
} // namespace lyceum::nn

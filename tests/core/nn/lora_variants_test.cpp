#include "core/formats/safetensors.h"
#include "core/nn/causal_lm.h"
#include "core/nn/linear.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <limits>

namespace lyceum::nn {
namespace {

/// tests/reference/lora_variants_reference.py made lora_variants.json with PEFT and bitsandbytes.
nlohmann::json read_reference(const std::string& name)
{
    std::ifstream file(std::string(LYCEUM_TEST_DATA) + "/core/nn/" + name);
    return nlohmann::json::parse(file);
}

LoraOptions options_of(const std::string& name)
{
    return {.rank = 4,
            .alpha = 6.0,
            .use_rslora = name.starts_with("rs"),
            .use_dora = name.ends_with("dora")};
}

/// A, B and magnitudes by the reference's formula.
void set_adapters(const torch::nn::Module& model)
{
    const at::NoGradGuard no_grad;
    for (const auto& item : model.named_parameters()) {
        at::Tensor parameter = item.value();
        const at::Tensor place = at::arange(parameter.numel(), at::kDouble).view(parameter.sizes());
        if (item.key().find("lora_A") != std::string::npos)
            parameter.copy_(0.2 * at::cos(0.37 * place));
        else if (item.key().find("lora_B") != std::string::npos)
            parameter.copy_(0.2 * at::sin(0.53 * place + 1));
        else if (item.key().find("lora_magnitude") != std::string::npos)
            parameter.mul_(1 + 0.1 * at::cos(place));
    }
}

models::ModelPackage tiny_package()
{
    auto tensors = formats::open_safetensors(std::string(LYCEUM_TEST_DATA) +
                                             "/core/nn/tiny_llama.safetensors");
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

std::shared_ptr<CausalLm> model_of(const std::string& name)
{
    auto loaded = load_causal_lm(tiny_package(),
                                 name.starts_with("q") ? BaseWeights::Nf4 : BaseWeights::Float32);
    EXPECT_TRUE(loaded) << loaded.error().message;
    EXPECT_TRUE(loaded.value()->add_lora(options_of(name), 1));
    set_adapters(*loaded.value());
    return loaded.value();
}

at::Tensor hidden_of(CausalLm& model, const std::vector<std::int64_t>& text)
{
    const auto length = static_cast<std::int64_t>(text.size());
    return model.hidden_states(at::tensor(text, at::kLong).unsqueeze(0),
                               at::arange(length).unsqueeze(0), {{0, 0, length}})[0];
}

at::Tensor last_logits(CausalLm& model, const std::vector<std::int64_t>& text)
{
    return model.logits(hidden_of(model, text).slice(0, -1))[0];
}

at::Tensor total_loss(CausalLm& model, const std::vector<std::vector<std::int64_t>>& texts)
{
    at::Tensor total = at::zeros({});
    for (const auto& text : texts)
        total = total + at::cross_entropy_loss(model.logits(hidden_of(model, text).slice(0, 0, -1)),
                                               at::tensor(text, at::kLong).slice(0, 1), {},
                                               at::Reduction::Sum);
    return total;
}

float difference(const at::Tensor& ours, const nlohmann::json& expected)
{
    const at::Tensor theirs = at::tensor(expected.get<std::vector<float>>());
    return (ours.reshape({-1}) - theirs).abs().max().item<float>();
}

class LoraVariant : public testing::TestWithParam<const char*> {
protected:
    const nlohmann::json expected_ = read_reference("lora_variants.json")["models"][GetParam()];
    const std::vector<std::vector<std::int64_t>> texts_ =
        read_reference("tiny_llama.json")["texts"];
};

TEST_P(LoraVariant, LogitsEqualPefts)
{
    const auto model = model_of(GetParam());
    EXPECT_LT(difference(last_logits(*model, texts_[2]), expected_["logits"]), 1e-4F);
    model->eval();
    const at::NoGradGuard no_grad;
    for (int time = 0; time < 2; ++time) // the second one knows the rows' lengths
        EXPECT_LT(difference(last_logits(*model, texts_[2]), expected_["logits"]), 1e-4F);
}

TEST_P(LoraVariant, GradientsEqualPefts)
{
    const auto model = model_of(GetParam());
    total_loss(*model, texts_).backward();
    std::size_t num_compared = 0;
    for (const auto& item : model->named_parameters()) {
        if (!item.value().requires_grad())
            continue;
        ASSERT_TRUE(expected_["gradient"].contains(item.key())) << item.key();
        const auto values = expected_["gradient"][item.key()].get<std::vector<double>>();
        const at::Tensor gradient = item.value().grad().flatten().to(at::kDouble);
        const at::Tensor direction = at::cos(at::arange(gradient.numel(), at::kDouble));
        EXPECT_NEAR(gradient.norm().item<double>(), values[0], 2e-4 * values[0]) << item.key();
        EXPECT_NEAR((gradient * direction).sum().item<double>(), values[1], 2e-4 * values[0])
            << item.key();
        ++num_compared;
    }
    EXPECT_EQ(num_compared, expected_["gradient"].size());
}

TEST_P(LoraVariant, ThreeStepsOfAdamWEqualPefts)
{
    const auto model = model_of(GetParam());
    std::vector<at::Tensor> trained;
    for (const at::Tensor& parameter : model->parameters())
        if (parameter.requires_grad())
            trained.push_back(parameter);
    torch::optim::AdamW optimizer(
        trained, torch::optim::AdamWOptions(1e-2).betas({0.9, 0.95}).weight_decay(0.0));
    for (std::size_t step = 0; step < 4; ++step) {
        optimizer.zero_grad();
        const at::Tensor loss = total_loss(*model, texts_);
        const auto expected = expected_["losses"][step].get<double>();
        EXPECT_NEAR(loss.item<double>(), expected, 1e-4 * expected) << "step " << step;
        if (step == 3)
            break;
        loss.backward();
        optimizer.step();
    }
}

TEST_P(LoraVariant, MergingChangesNoLogit)
{
    const auto model = model_of(GetParam());
    if (std::string(GetParam()).starts_with("q"))
        return; // merged into the base of full precision: tests/core/train/methods_test.cpp
    const at::NoGradGuard no_grad;
    const at::Tensor before = last_logits(*model, texts_[2]);
    model->merge_lora();
    EXPECT_LT((last_logits(*model, texts_[2]) - before).abs().max().item<float>(), 1e-4F);
    EXPECT_EQ(model->named_parameters().keys(),
              load_causal_lm(tiny_package()).value()->named_parameters().keys());
}

const auto kName = [](const auto& info) { return std::string(info.param); };
INSTANTIATE_TEST_SUITE_P(Kinds, LoraVariant,
                         testing::Values("lora", "rslora", "dora", "rsdora", "qlora", "qdora"),
                         kName);

TEST(LoraVariants, ALinearAndAConv1dGivePeftsValuesAndGradientsWithDropoutToo)
{
    const auto numbers = [](std::vector<std::int64_t> shape, double stride) {
        const at::Tensor place = at::empty(shape, at::kDouble);
        return at::sin(stride * at::arange(place.numel(), at::kDouble)).to(at::kFloat).view(shape);
    };
    const auto linears = read_reference("lora_variants.json")["linears"];
    ASSERT_EQ(linears.size(), 8U);
    for (const auto& [name, expected] : linears.items()) {
        const bool is_conv1d = name.starts_with("conv1d");
        const at::Tensor weight = numbers({24, 16}, 0.71);
        Linear linear(is_conv1d ? weight.t().contiguous() : weight, numbers({24}, 0.3),
                      is_conv1d ? WeightLayout::InOut : WeightLayout::OutIn);
        linear.bias.set_requires_grad(false);
        linear.add_lora({.rank = 3,
                         .alpha = 6.0,
                         .dropout = name.ends_with("0.5") ? 0.5 : 0.0,
                         .use_rslora = name.find("rslora") != std::string::npos,
                         .use_dora = name.find("dora") != std::string::npos},
                        at::make_generator<at::CPUGeneratorImpl>(1));
        linear.start_dora();
        set_adapters(linear);
        const at::Tensor x = numbers({10, 16}, 0.19).requires_grad_();
        at::manual_seed(3);
        const at::Tensor y = linear.forward(x);
        EXPECT_LT(difference(y, expected["y"]), 1e-5F) << name;
        (y * numbers({10, 24}, 0.43)).sum().backward();
        EXPECT_LT(difference(x.grad(), expected["x"]), 1e-4F) << name;
        for (const auto& item : linear.named_parameters())
            if (item.key().starts_with("lora_")) {
                EXPECT_LT(difference(item.value().grad(), expected[item.key()]), 1e-4F)
                    << name << " " << item.key();
            }
    }
}

TEST(LoraVariants, AdaptersOfTwoScalesMergeIntoConv1dExactly)
{
    for (const bool use_dora : {false, true}) {
        at::manual_seed(4);
        Linear linear(at::randn({16, 24}), at::randn({24}), WeightLayout::InOut);
        linear.add_lora({.rank = 3, .alpha = 6.0, .use_rslora = true, .use_dora = use_dora},
                        at::make_generator<at::CPUGeneratorImpl>(5));
        linear.start_dora();
        set_adapters(linear);
        const at::NoGradGuard no_grad;
        const at::Tensor x = at::randn({10, 16});
        const at::Tensor before = linear.forward(x);
        linear.merge_lora();
        EXPECT_LT((linear.forward(x) - before).abs().max().item<float>(), 1e-4F);
    }
}

TEST(LoraVariants, ARowOfZerosStaysARowOfZerosWithDora)
{
    at::Tensor weight = at::ones({4, 6});
    weight[2].zero_();
    Linear linear(weight);
    linear.add_lora({.rank = 2, .use_dora = true}, at::make_generator<at::CPUGeneratorImpl>(5));
    linear.start_dora();
    const at::Tensor y = linear.forward(at::ones({1, 6}));
    EXPECT_TRUE(at::allclose(y, at::tensor({6.0F, 6.0F, 0.0F, 6.0F})));
}

TEST(Qlora, KeepsTheMatricesInFourBitsAndTheRestAsItIs)
{
    const auto model = model_of("qlora");
    const auto plain = load_causal_lm(tiny_package()).value();
    for (const auto& item : plain->named_parameters()) {
        const auto own = model->named_parameters();
        EXPECT_EQ(own.contains(item.key()), item.key().find("_proj") == std::string::npos)
            << item.key();
        if (own.contains(item.key())) {
            EXPECT_TRUE(at::equal(own[item.key()], item.value())) << item.key();
        }
    }
    for (const auto& item : model->named_parameters())
        EXPECT_EQ(item.value().requires_grad(), item.key().find("lora_") != std::string::npos);
}

/// One weight is no number.
class DamagedWeights final : public formats::TensorSource {
public:
    explicit DamagedWeights(std::shared_ptr<const formats::TensorSource> source)
        : source_(std::move(source))
    {
    }
    [[nodiscard]] const std::vector<formats::TensorInfo>& tensors() const noexcept override
    {
        return source_->tensors();
    }
    [[nodiscard]] Result<void> read_float32(std::string_view name,
                                            std::span<float> out) const override
    {
        LYCEUM_TRY(source_->read_float32(name, out));
        if (name == "model.layers.1.mlp.up_proj.weight")
            out[7] = std::numeric_limits<float>::quiet_NaN();
        return {};
    }

private:
    std::shared_ptr<const formats::TensorSource> source_;
};

TEST(Qlora, AWeightThatIsNoNumberIsNamedBeforeItSpoilsItsBlock)
{
    auto package = tiny_package();
    package.tensors = std::make_shared<DamagedWeights>(package.tensors);
    const auto refused = load_causal_lm(package, BaseWeights::Nf4);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidData);
    EXPECT_THAT(refused.error().message, testing::HasSubstr("model.layers.1.mlp.up_proj.weight"));
}

TEST(LoraTargets, AnUnknownOneIsAnsweredWithTheFamilysOwn)
{
    auto model = load_causal_lm(tiny_package()).value();
    const auto refused = model->add_lora({.rank = 2, .targets = {"c_attn"}}, 1);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().hint, testing::HasSubstr("A llama model has q_proj, k_proj"));
}

} // namespace
} // namespace lyceum::nn

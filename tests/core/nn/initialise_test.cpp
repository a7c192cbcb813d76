#include "core/models/family.h"
#include "core/models/hugging_face_config.h"
#include "core/nn/causal_lm.h"
#include "core/nn/encoder.h"
#include "core/nn/initialise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

namespace lyceum::nn {
namespace {

using formats::Json;

/// tests/reference/initialisation_reference.py made the file.
const Json& reference()
{
    static const Json kReference = [] {
        std::ifstream file(std::string(LYCEUM_TEST_DATA) + "/core/nn/initialisation.json");
        return Json::parse(file);
    }();
    return kReference;
}

models::Architecture architecture_of(const Json& model)
{
    auto read = models::read_hugging_face_config(model["config"], "initialisation.json");
    EXPECT_TRUE(read) << read.error().message;
    auto architecture = std::move(read).value();
    architecture.has_pooler = models::family_of(architecture).is_encoder;
    return architecture;
}

std::shared_ptr<torch::nn::Module> make_model(const models::Architecture& architecture)
{
    if (models::family_of(architecture).is_encoder)
        return std::make_shared<Encoder>(architecture);
    return std::make_shared<CausalLm>(architecture);
}

class InitialiseLikeTransformers : public testing::TestWithParam<std::size_t> {};

/// Means and deviations of two samples of the same distribution lie within five deviations of their
/// difference; what is constant is equal.
TEST_P(InitialiseLikeTransformers, EveryParameterHasItsMeanDeviationAndZeroRows)
{
    constexpr double kDeviations = 5.0;
    const Json& model = reference().at(GetParam());
    const auto architecture = architecture_of(model);
    const auto ours = make_model(architecture);
    initialise(*ours, architecture, 7);
    const auto parameters = ours->named_parameters();
    ASSERT_EQ(parameters.size(), model["parameters"].size());
    for (const Json& expected : model["parameters"]) {
        const std::string name = expected[0];
        const auto* parameter = parameters.find(name);
        ASSERT_NE(parameter, nullptr) << name;
        const at::Tensor values = parameter->detach().to(at::kDouble);
        const auto count = static_cast<double>(values.numel());
        const double mean = expected[1];
        const double deviation = expected[2];
        EXPECT_NEAR(values.mean().item<double>(), mean,
                    kDeviations * deviation * std::sqrt(2.0 / count) + 1e-7)
            << name;
        EXPECT_NEAR(values.std(false).item<double>(), deviation,
                    kDeviations * deviation / std::sqrt(count) + 1e-7)
            << name;
        std::vector<std::int64_t> zero_rows;
        for (std::int64_t row = 0; values.dim() > 1 && row < values.size(0); ++row)
            if (values[row].abs().max().item<double>() == 0.0)
                zero_rows.push_back(row);
        EXPECT_EQ(Json(zero_rows), expected[3]) << name;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Families, InitialiseLikeTransformers, testing::Range(std::size_t{0}, std::size_t{5}),
    [](const testing::TestParamInfo<std::size_t>& which) {
        return reference().at(which.param)["config"]["model_type"].get<std::string>();
    });

TEST(Initialise, TheSeedAloneSaysWhichWeights)
{
    const auto architecture = architecture_of(reference().at(0));
    const auto weights = [&](std::uint64_t seed) {
        torch::manual_seed(static_cast<std::int64_t>(seed) * 31 + 5); // must not matter
        const auto model = make_model(architecture);
        initialise(*model, architecture, seed);
        std::vector<at::Tensor> all;
        for (const at::Tensor& parameter : model->parameters())
            all.push_back(parameter.detach().reshape({-1}));
        return at::cat(all);
    };
    EXPECT_TRUE(at::equal(weights(7), weights(7)));
    EXPECT_FALSE(at::equal(weights(7), weights(8)));
}

} // namespace
} // namespace lyceum::nn

#include "core/nn/freeze.h"
#include "tests/support/tiny_training.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lyceum::nn {
namespace {

using testing::HasSubstr;

std::vector<std::string> trained(const CausalLm& model)
{
    std::vector<std::string> names;
    for (const auto& item : model.named_parameters())
        if (item.value().requires_grad())
            names.push_back(item.key());
    return names;
}

TEST(Freeze, KeepsWhatFitsAPatternFromLearning)
{
    const auto model = test::tiny_model();
    ASSERT_TRUE(freeze(*model, {"model.embed_tokens.*", "model.layers.[0-0].*", "model.norm.weight",
                                "model.layers.1.self_attn.?_proj.weight"}));
    for (const auto& name : trained(*model))
        EXPECT_TRUE(name.starts_with("model.layers.1.mlp.") || name.ends_with("norm.weight"))
            << name;
    const auto count = count_parameters(*model);
    EXPECT_EQ(count.trained, 3 * 32 * 48 + 2 * 32);
    EXPECT_GT(count.all, count.trained);
}

TEST(Freeze, APatternThatFitsNothingIsAnErrorThatNamesTheNearest)
{
    const auto model = test::tiny_model();
    for (const auto& [pattern, hint] : std::vector<std::pair<std::string, std::string>>{
             {"model.embed_token.*", "Did you mean model.embed_tokens.*?"},
             {"model.nrom.weight", "Did you mean model.norm.weight?"},
             {"layers.1.mlp.up_proj.weight", "Did you mean model.layers.1.mlp.up_proj.weight?"},
             {"mlp.*", "Did you mean *mlp.*?"},
             {"model.layers.7.mlp.gate_proj.*", "model.layers."},
             {"transformer.wte.weight", "parameter"}}) {
        const auto frozen = freeze(*model, {pattern});
        ASSERT_FALSE(frozen) << pattern;
        EXPECT_EQ(frozen.error().code, ErrorCode::InvalidConfig);
        EXPECT_THAT(frozen.error().message, HasSubstr(pattern));
        EXPECT_THAT(frozen.error().hint, HasSubstr(hint)) << pattern;
    }
}

TEST(Freeze, OfEverythingIsAnError)
{
    const auto model = test::tiny_model();
    const auto frozen = freeze(*model, {"*"});
    ASSERT_FALSE(frozen);
    EXPECT_THAT(frozen.error().message, HasSubstr("every parameter"));
}

} // namespace
} // namespace lyceum::nn

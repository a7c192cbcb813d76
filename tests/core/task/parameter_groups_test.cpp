#include "core/task/parameter_groups.h"
#include "tests/support/tiny_training.h"

#include <gtest/gtest.h>

namespace lyceum::task {
namespace {

struct Groups {
    explicit Groups(const config::OptimizerConfig& config, bool has_lora = false)
    {
        if (has_lora) {
            EXPECT_TRUE(model->add_lora({.rank = 2}, 3));
        }
        std::vector<optim::NamedTensor> parameters;
        for (const auto& item : model->named_parameters())
            if (item.value().requires_grad())
                parameters.push_back({item.key(), item.value()});
        count = parameters.size();
        groups = parameter_groups(std::move(parameters), model->architecture(), config);
    }

    [[nodiscard]] const optim::ParameterGroup& of(const std::string& name) const
    {
        for (const auto& group : groups)
            for (const auto& parameter : group.parameters)
                if (parameter.name == name)
                    return group;
        ADD_FAILURE() << name << " is in no group";
        return groups.front();
    }

    std::shared_ptr<nn::CausalLm> model = test::tiny_model();
    std::size_t count = 0;
    std::vector<optim::ParameterGroup> groups;
};

constexpr const char* kEmbedding = "model.embed_tokens.weight";
constexpr const char* kFirst = "model.layers.0.mlp.up_proj.weight";
constexpr const char* kSecond = "model.layers.1.self_attn.q_proj.weight";
constexpr const char* kLayerNorm = "model.layers.1.input_layernorm.weight";
constexpr const char* kNorm = "model.norm.weight";

TEST(ParameterGroups, SpareNormsAndBiasesFromWeightDecay)
{
    const Groups groups({.weight_decay = 0.5});
    EXPECT_EQ(groups.groups.size(), 2U);
    for (const char* name : {kEmbedding, kFirst, kSecond})
        EXPECT_EQ(groups.of(name).weight_decay, 0.5) << name;
    for (const char* name : {kLayerNorm, kNorm})
        EXPECT_EQ(groups.of(name).weight_decay, 0.0) << name;
    std::size_t count = 0;
    for (const auto& group : groups.groups) {
        EXPECT_EQ(group.learning_rate_scale, 1.0);
        EXPECT_FALSE(group.is_hidden_matrices);
        count += group.parameters.size();
    }
    EXPECT_EQ(count, groups.count) << "each parameter once";
}

TEST(ParameterGroups, DecayNormsAndBiasesWhenAsked)
{
    const Groups groups({.weight_decay = 0.5, .decay_norms_and_biases = true});
    EXPECT_EQ(groups.groups.size(), 1U);
    EXPECT_EQ(groups.of(kNorm).weight_decay, 0.5);
}

TEST(ParameterGroups, LearnMoreSlowlyTheDeeperTheyLie)
{
    const Groups groups({.layer_lr_decay = 0.5}); // two layers
    EXPECT_DOUBLE_EQ(groups.of(kEmbedding).learning_rate_scale, 0.125);
    EXPECT_DOUBLE_EQ(groups.of(kFirst).learning_rate_scale, 0.25);
    EXPECT_DOUBLE_EQ(groups.of(kSecond).learning_rate_scale, 0.5);
    EXPECT_DOUBLE_EQ(groups.of(kLayerNorm).learning_rate_scale, 0.5);
    EXPECT_DOUBLE_EQ(groups.of(kNorm).learning_rate_scale, 1.0);
}

TEST(ParameterGroups, GiveMuonTheMatricesOfTheLayersOnly)
{
    const Groups groups({.name = "muon"});
    for (const char* name : {kFirst, kSecond})
        EXPECT_TRUE(groups.of(name).is_hidden_matrices) << name;
    for (const char* name : {kEmbedding, kLayerNorm, kNorm})
        EXPECT_FALSE(groups.of(name).is_hidden_matrices) << name;
}

TEST(ParameterGroups, TreatAdaptersAsTheLayersTheyAreIn)
{
    const Groups groups({.name = "muon", .layer_lr_decay = 0.5}, true);
    const auto& group = groups.of("model.layers.0.mlp.up_proj.lora_A.weight");
    EXPECT_TRUE(group.is_hidden_matrices);
    EXPECT_DOUBLE_EQ(group.learning_rate_scale, 0.25);
}

} // namespace
} // namespace lyceum::task

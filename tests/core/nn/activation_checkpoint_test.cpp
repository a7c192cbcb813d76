#include "core/nn/activation_checkpoint.h"
#include "core/nn/causal_lm.h"
#include "core/nn/initialise.h"
#include "core/runtime/autocast.h"
#include "tests/support/counting_allocator.h"

#include <gtest/gtest.h>

namespace lyceum::nn {
namespace {

models::Architecture shape_of(const std::string& family, double dropout)
{
    return {.family = family,
            .vocab_size = 64,
            .hidden_size = 32,
            .intermediate_size = 48,
            .num_hidden_layers = 4,
            .num_attention_heads = 4,
            .num_key_value_heads = family == "gpt2" ? 4 : 2,
            .head_dim = 8,
            .max_position_embeddings = 64,
            .hidden_act = family == "gpt2" ? "gelu_new" : "silu",
            .embd_pdrop = dropout,
            .resid_pdrop = dropout,
            .attention_dropout = dropout};
}

struct Trial {
    models::Architecture architecture = shape_of("llama", 0.0);
    bool lora = false;
    std::optional<at::ScalarType> autocast = {};
};

struct Outcome {
    at::Tensor loss;
    std::map<std::string, at::Tensor> gradients;
    at::Tensor random_state; ///< After backward.
};

/// Two micro-steps whose gradients add up.
Outcome run(const Trial& trial, std::int64_t every)
{
    CausalLm model(trial.architecture);
    initialise(model, trial.architecture, 5);
    if (trial.lora) {
        EXPECT_TRUE(model.add_lora({.rank = 2, .dropout = 0.3}, 3));
    }
    model.set_activation_checkpointing(every);
    model.train();
    torch::manual_seed(9);
    const auto ids = torch::randint(64, {2, 20}, at::kLong);
    const auto positions = torch::arange(20).expand({2, 20}).contiguous();
    Outcome outcome;
    for (int micro_step = 0; micro_step < 2; ++micro_step) {
        at::Tensor loss;
        {
            const runtime::AutocastScope autocast(trial.autocast);
            const auto hidden = model.hidden_states(ids, positions, {{0, 0, 20}, {1, 0, 13}});
            loss = hidden.narrow(1, 0, 13).to(at::kFloat).pow(3).sum();
        }
        loss.backward();
        outcome.loss = loss.detach();
    }
    for (const auto& item : model.named_parameters())
        if (item.value().grad().defined())
            outcome.gradients[item.key()] = item.value().grad();
    outcome.random_state = at::detail::getDefaultCPUGenerator().get_state();
    return outcome;
}

void expect_same_bits(const Trial& trial)
{
    const Outcome kept = run(trial, 0);
    for (const std::int64_t every : {1, 2, 3}) {
        const Outcome remade = run(trial, every);
        EXPECT_TRUE(torch::equal(remade.loss, kept.loss)) << every;
        EXPECT_TRUE(torch::equal(remade.random_state, kept.random_state)) << every;
        ASSERT_EQ(remade.gradients.size(), kept.gradients.size()) << every;
        for (const auto& [name, gradient] : kept.gradients)
            EXPECT_TRUE(torch::equal(remade.gradients.at(name), gradient)) << name << " " << every;
    }
}

TEST(ActivationCheckpointing, GivesTheSameBits)
{
    expect_same_bits({});
}

TEST(ActivationCheckpointing, DrawsTheSameDropoutAgain)
{
    expect_same_bits({.architecture = shape_of("llama", 0.2)});
    expect_same_bits({.architecture = shape_of("gpt2", 0.2)});
}

TEST(ActivationCheckpointing, ReachesLoraWhereTheLayersInputNeedsNoGradient)
{
    expect_same_bits({.lora = true});
}

TEST(ActivationCheckpointing, KeepsThePrecisionOfTheFirstRun)
{
    expect_same_bits({.architecture = shape_of("llama", 0.2), .autocast = at::kBFloat16});
    expect_same_bits({.architecture = shape_of("gpt2", 0.0), .autocast = at::kBFloat16});
}

TEST(ActivationCheckpointing, KeepsOnlyTheInputsOfItsLayers)
{
    auto architecture = shape_of("llama", 0.0);
    architecture.num_hidden_layers = 8;
    CausalLm model(architecture);
    initialise(model, architecture, 5);
    const auto ids = torch::zeros({4, 64}, at::kLong);
    const auto positions = torch::arange(64).expand({4, 64}).contiguous();
    const auto peak = [&](std::int64_t every) {
        model.set_activation_checkpointing(every);
        for (auto& parameter : model.parameters())
            parameter.mutable_grad() = torch::zeros_like(parameter);
        return test::counting_allocator().peak_of([&] {
            model.hidden_states(ids, positions, {{0, 0, 64}, {1, 0, 64}, {2, 0, 64}, {3, 0, 64}})
                .sum()
                .backward();
        });
    };
    const auto none = peak(0), half = peak(2), full = peak(1);
    EXPECT_LT(full, none / 3);
    EXPECT_LT(half, none * 3 / 4);
    EXPECT_GT(half, full);
}

} // namespace
} // namespace lyceum::nn

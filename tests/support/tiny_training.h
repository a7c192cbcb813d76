#pragma once

/// @file
/// A random Llama small enough for tests, and random samples for it.

#include "core/data/encoding.h"
#include "core/nn/causal_lm.h"

#include <torch/torch.h>

#include <memory>
#include <random>

namespace lyceum::test {

inline constexpr std::int64_t kTinyVocabulary = 64;

inline models::Architecture tiny_training_architecture()
{
    return {.vocab_size = kTinyVocabulary,
            .hidden_size = 32,
            .intermediate_size = 48,
            .num_hidden_layers = 2,
            .num_attention_heads = 4,
            .num_key_value_heads = 2,
            .head_dim = 8,
            .max_position_embeddings = 128};
}

/// With matrices of more than 4096 values, as optimizer states in 8 bits want them.
inline models::Architecture wide_training_architecture()
{
    auto architecture = tiny_training_architecture();
    architecture.intermediate_size = 160;
    return architecture;
}

/// Equal for equal seeds.
inline std::shared_ptr<nn::CausalLm>
tiny_model(std::uint64_t seed = 5,
           const models::Architecture& architecture = tiny_training_architecture())
{
    torch::manual_seed(seed);
    auto model = std::make_shared<nn::CausalLm>(architecture);
    const torch::NoGradGuard no_grad;
    for (auto& parameter : model->parameters()) {
        if (parameter.dim() == 1)
            parameter.fill_(1.0);
        else
            parameter.normal_(0.0, 0.2);
    }
    return model;
}

/// Samples of 3 to `longest` tokens; about two thirds of the tokens are learnt, the last always.
inline data::EncodedDataset tiny_samples(std::size_t count, std::size_t longest = 20,
                                         unsigned seed = 1)
{
    std::mt19937 generator(seed);
    data::EncodedDataset dataset;
    for (std::size_t i = 0; i < count; ++i) {
        data::EncodedSample sample;
        const std::size_t length = 3 + generator() % (longest - 2);
        for (std::size_t t = 0; t < length; ++t) {
            sample.ids.push_back(static_cast<text::TokenId>(generator() % kTinyVocabulary));
            sample.learn.push_back(t + 1 == length || generator() % 3 != 0 ? 1 : 0);
        }
        dataset.stats.num_tokens += length;
        dataset.stats.num_targets += sample.num_targets();
        dataset.samples.push_back(std::move(sample));
    }
    dataset.stats.num_samples = count;
    return dataset;
}

} // namespace lyceum::test

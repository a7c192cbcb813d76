#include "core/nn/causal_lm.h"

#include "core/base/check.h"
#include "core/nn/activation_checkpoint.h"
#include "core/nn/layer.h"
#include "core/nn/packing.h"
#include "core/nn/parameter_arena.h"

#include <algorithm>

namespace lyceum::nn {

struct CausalLm::Impl {
    explicit Impl(const models::Architecture& shape)
        : architecture(shape), has_rotary(models::family_of(shape).has_rotary)
    {
        if (has_rotary)
            rotary = std::make_unique<Rotary>(shape);
    }

    /// Token embeddings, with those of the positions where these are learned. @return [N, D]
    at::Tensor embed(const at::Tensor& ids, const at::Tensor& positions, bool is_training) const
    {
        at::Tensor x = at::embedding(embeddings->weight, ids.reshape({-1}));
        if (learned_positions != nullptr)
            x = x + at::embedding(learned_positions->weight, positions);
        return is_training && architecture.embd_pdrop > 0.0
                   ? at::dropout(x, architecture.embd_pdrop, true)
                   : x;
    }

    /// Of layer `index` in a forward that is followed by a backward.
    [[nodiscard]] bool is_checkpointed(std::size_t index) const
    {
        return checkpoint_every > 0 && at::GradMode::is_enabled() &&
               (static_cast<std::int64_t>(index) + 1) % checkpoint_every == 0;
    }

    models::Architecture architecture;
    bool has_rotary;
    std::int64_t checkpoint_every = 0;
    std::unique_ptr<Rotary> rotary;
    std::shared_ptr<Weight> embeddings;
    std::shared_ptr<Weight> learned_positions; ///< Null with rotary ones.
    std::vector<std::shared_ptr<Layer>> layers;
    std::shared_ptr<Norm> norm;
    std::shared_ptr<Linear> head; ///< Null when tied to the embedding.
};

CausalLm::CausalLm(const models::Architecture& architecture)
    : impl_(std::make_shared<Impl>(architecture))
{
    const models::Family& family = models::family_of(architecture);
    LYCEUM_CHECK(!family.is_encoder, "an encoder is no causal model");
    auto arena = std::make_shared<ParameterArena>(num_parameters(architecture));
    const MakeParameter make = [&](std::vector<std::int64_t> shape) { return arena->take(shape); };
    const auto table = [&](std::string_view name, std::int64_t rows) {
        auto weight = std::make_shared<Weight>(make({rows, architecture.hidden_size}));
        register_at(*this, name, weight);
        return weight;
    };
    impl_->embeddings = table(family.embeddings, architecture.vocab_size);
    if (!family.has_rotary)
        impl_->learned_positions = table(family.positions, architecture.max_position_embeddings);
    for (std::int64_t i = 0; i < architecture.num_hidden_layers; ++i) {
        impl_->layers.push_back(std::make_shared<Layer>(architecture, i, make));
        register_at(*this, std::string(family.layers) + "." + std::to_string(i),
                    impl_->layers.back());
    }
    impl_->norm = add_norm(*this, family.final_norm, architecture.hidden_size, architecture, make);
    if (architecture.tie_word_embeddings)
        return;
    impl_->head =
        std::make_shared<Linear>(make({architecture.vocab_size, architecture.hidden_size}));
    register_at(*this, family.head, impl_->head);
}

at::Tensor CausalLm::hidden_states(const at::Tensor& ids, const at::Tensor& positions,
                                   const std::vector<Segment>& segments)
{
    LYCEUM_CHECK(ids.dim() == 2 && positions.sizes() == ids.sizes(),
                 "ids and positions are [B, T]");
    auto tokens = std::make_shared<PackedTokens>(
        PackedTokens{.angles = {}, .spans = to_spans(segments, ids.size(1))});
    const at::Tensor flat = positions.reshape({-1}).contiguous();
    if (impl_->has_rotary)
        tokens->angles = impl_->rotary->angles(flat, tokens->spans);
    at::Tensor x = impl_->embed(ids, flat, is_training()); // [N, D]
    for (std::size_t i = 0; i < impl_->layers.size(); ++i) {
        const auto& layer = impl_->layers[i];
        if (impl_->is_checkpointed(i))
            x = checkpointed(
                [layer, tokens](const at::Tensor& input) { return layer->forward(input, *tokens); },
                x);
        else
            x = layer->forward(x, *tokens);
    }
    return impl_->norm->forward(x).view({ids.size(0), ids.size(1), -1}); // [B, T, D]
}

at::Tensor CausalLm::hidden_states(const at::Tensor& ids, KvCache& cache,
                                   const std::vector<NewTokens>& rows)
{
    const at::NoGradGuard no_grad;
    CachedTokens tokens{.angles = {}, .rows = rows, .cache = &cache};
    std::vector<std::int64_t> positions;
    std::vector<kernels::Span> texts;
    for (const NewTokens& row : rows) {
        const std::int64_t past = cache.length(row.slot);
        LYCEUM_CHECK(row.count > 0 && past + row.count <= cache.capacity(),
                     "the cache has room for the new tokens");
        texts.push_back({static_cast<std::int64_t>(positions.size()), row.count});
        for (std::int64_t t = 0; t < row.count; ++t)
            positions.push_back(past + t);
    }
    LYCEUM_CHECK(ids.dim() == 1 && static_cast<std::size_t>(ids.size(0)) == positions.size(),
                 "ids are those of all rows");
    const at::Tensor flat = at::tensor(positions, at::kLong);
    if (impl_->has_rotary)
        tokens.angles = impl_->rotary->angles(flat, texts);
    at::Tensor x = impl_->embed(ids, flat, false); // [N, D]
    for (const auto& layer : impl_->layers)
        x = layer->forward(x, tokens);
    for (const NewTokens& row : rows)
        cache.advance(row.slot, row.count);
    return impl_->norm->forward(x); // [N, D]
}

at::Tensor CausalLm::logits(const at::Tensor& hidden)
{
    return project(hidden, head_weight()).to(at::kFloat);
}

const at::Tensor& CausalLm::head_weight() const
{
    return impl_->head != nullptr ? impl_->head->weight : impl_->embeddings->weight;
}

Result<void> CausalLm::add_lora(const LoraOptions& options, std::uint64_t seed)
{
    return nn::add_lora(*this, impl_->architecture, options, seed);
}

void CausalLm::merge_lora()
{
    nn::merge_lora(*this);
}

void CausalLm::set_activation_checkpointing(std::int64_t every)
{
    LYCEUM_CHECK(every >= 0, "every so many layers");
    impl_->checkpoint_every = every;
}

const models::Architecture& CausalLm::architecture() const noexcept
{
    return impl_->architecture;
}

std::int64_t CausalLm::num_trainable() const
{
    std::int64_t count = 0;
    for (const at::Tensor& parameter : parameters())
        count += parameter.requires_grad() ? parameter.numel() : 0;
    return count;
}

} // namespace lyceum::nn

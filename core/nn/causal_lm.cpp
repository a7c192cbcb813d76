#include "core/nn/causal_lm.h"

#include "core/base/check.h"
#include "core/base/text.h"
#include "core/kernels/pointwise.h"
#include "core/kernels/rotary.h"
#include "core/nn/decoder.h"
#include "core/nn/parameter_arena.h"

#include <algorithm>
#include <set>

namespace lyceum::nn {

const std::vector<std::string>& lora_targets()
{
    static const std::vector<std::string> kTargets = {"q_proj",    "k_proj",  "v_proj",   "o_proj",
                                                      "gate_proj", "up_proj", "down_proj"};
    return kTargets;
}

struct CausalLm::Impl {
    explicit Impl(const models::Architecture& shape)
        : architecture(shape), rotary(shape.head_dim, shape.rope_theta)
    {
    }

    models::Architecture architecture;
    kernels::RotaryTable rotary;
    std::shared_ptr<Weight> embed_tokens;
    std::vector<std::shared_ptr<DecoderLayer>> layers;
    std::shared_ptr<Weight> norm;
    std::shared_ptr<Linear> lm_head; ///< Null when tied to the embedding.
};

CausalLm::CausalLm(const models::Architecture& architecture)
    : impl_(std::make_shared<Impl>(architecture))
{
    auto arena = std::make_shared<ParameterArena>(num_parameters(architecture));
    const MakeParameter make = [&](std::vector<std::int64_t> shape) { return arena->take(shape); };
    const auto model = register_module("model", std::make_shared<torch::nn::Module>("model"));
    impl_->embed_tokens = model->register_module(
        "embed_tokens",
        std::make_shared<Weight>(make({architecture.vocab_size, architecture.hidden_size})));
    const auto list =
        model->register_module("layers", std::make_shared<torch::nn::Module>("layers"));
    for (std::int64_t i = 0; i < architecture.num_hidden_layers; ++i)
        impl_->layers.push_back(list->register_module(
            std::to_string(i), std::make_shared<DecoderLayer>(architecture, make)));
    impl_->norm =
        model->register_module("norm", std::make_shared<Weight>(make({architecture.hidden_size})));
    if (!architecture.tie_word_embeddings)
        impl_->lm_head = register_module(
            "lm_head",
            std::make_shared<Linear>(make({architecture.vocab_size, architecture.hidden_size})));
}

at::Tensor CausalLm::hidden_states(const at::Tensor& ids, const at::Tensor& positions,
                                   const std::vector<Segment>& segments)
{
    LYCEUM_CHECK(ids.dim() == 2 && positions.sizes() == ids.sizes(),
                 "ids and positions are [B, T]");
    const std::int64_t tokens_per_row = ids.size(1);
    std::int64_t longest = 1;
    PackedTokens tokens;
    for (const Segment& segment : segments) {
        LYCEUM_CHECK(segment.start >= 0 && segment.length > 0 &&
                         segment.start + segment.length <= tokens_per_row,
                     "a segment lies inside its row");
        tokens.spans.push_back({segment.row * tokens_per_row + segment.start, segment.length});
        longest = std::max(longest, segment.length);
    }
    tokens.positions = positions.reshape({-1}).contiguous();
    // Padding may carry any position; the table covers it as well.
    longest = std::max(longest, tokens.positions.max().item<std::int64_t>() + 1);
    tokens.rotary = impl_->rotary.upto(longest);
    at::Tensor x = at::embedding(impl_->embed_tokens->weight, ids.reshape({-1})); // [N, D]
    for (const auto& layer : impl_->layers)
        x = layer->forward(x, tokens);
    x = kernels::rms_norm(x, impl_->norm->weight, impl_->architecture.rms_norm_eps);
    return x.view({ids.size(0), tokens_per_row, -1}); // [B, T, D]
}

at::Tensor CausalLm::hidden_states(const at::Tensor& ids, KvCache& cache,
                                   const std::vector<std::int64_t>& slots)
{
    LYCEUM_CHECK(ids.dim() == 2 && static_cast<std::size_t>(ids.size(0)) == slots.size(),
                 "each row of ids has its slot");
    const at::NoGradGuard no_grad;
    CachedTokens tokens;
    tokens.slots = slots;
    tokens.tokens_per_row = ids.size(1);
    tokens.cache = &cache;
    std::vector<std::int64_t> positions;
    std::int64_t last = 0;
    for (const std::int64_t slot : slots) {
        for (std::int64_t t = 0; t < ids.size(1); ++t)
            positions.push_back(cache.length(slot) + t);
        last = std::max(last, positions.back());
    }
    LYCEUM_CHECK(last < cache.capacity(), "the cache has room for the new tokens");
    tokens.positions = at::tensor(positions, at::kLong);
    tokens.rotary = impl_->rotary.upto(last + 1);
    at::Tensor x = at::embedding(impl_->embed_tokens->weight, ids.reshape({-1})); // [N, D]
    for (std::size_t i = 0; i < impl_->layers.size(); ++i)
        x = impl_->layers[i]->forward(x, tokens, i);
    for (const std::int64_t slot : slots)
        cache.advance(slot, ids.size(1));
    x = kernels::rms_norm(x, impl_->norm->weight, impl_->architecture.rms_norm_eps);
    return x.view({ids.size(0), ids.size(1), -1}); // [B, T, D]
}

at::Tensor CausalLm::logits(const at::Tensor& hidden)
{
    return project(hidden, head_weight());
}

const at::Tensor& CausalLm::head_weight() const
{
    return impl_->lm_head != nullptr ? impl_->lm_head->weight : impl_->embed_tokens->weight;
}

Result<void> CausalLm::add_lora(const LoraOptions& options, std::uint64_t seed)
{
    if (options.rank < 1)
        return Error{
            ErrorCode::InvalidConfig,
            "model.lora.rank is " + std::to_string(options.rank) + ", but must be at least 1", ""};
    const std::vector<std::string>& targets =
        options.targets.empty() ? lora_targets() : options.targets;
    for (const std::string& target : targets) {
        if (std::find(lora_targets().begin(), lora_targets().end(), target) != lora_targets().end())
            continue;
        const auto similar = nearest(target, lora_targets());
        return Error{ErrorCode::InvalidConfig,
                     "model.lora.targets names \"" + target + "\", which this model does not have",
                     similar ? "Did you mean " + *similar + "?"
                             : "It has " + join(lora_targets(), ", ") + "."};
    }
    for (at::Tensor& parameter : parameters())
        parameter.set_requires_grad(false);
    const auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    const std::set<std::string> wanted(targets.begin(), targets.end());
    for (const auto& [name, module] : named_modules().pairs()) {
        const auto linear = std::dynamic_pointer_cast<Linear>(module);
        if (linear != nullptr && wanted.contains(name.substr(name.rfind('.') + 1)))
            linear->add_lora(options, generator);
    }
    return {};
}

void CausalLm::merge_lora()
{
    for (const auto& module : modules()) {
        if (const auto linear = std::dynamic_pointer_cast<Linear>(module))
            linear->merge_lora();
    }
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

#include "core/nn/encoder.h"

#include "core/base/check.h"
#include "core/nn/layer.h"
#include "core/nn/parameter_arena.h"

namespace lyceum::nn {

struct Encoder::Impl {
    explicit Impl(const models::Architecture& shape) : architecture(shape) {}

    /// Rows of the position table, [N].
    at::Tensor positions(const at::Tensor& ids, const std::vector<kernels::Span>& spans) const
    {
        at::Tensor rows = at::zeros_like(ids);
        for (const kernels::Span& span : spans) {
            at::Tensor part = rows.narrow(0, span.start, span.length);
            if (architecture.family == "roberta") {
                const at::Tensor counts =
                    ids.narrow(0, span.start, span.length).ne(architecture.pad_token_id);
                part.copy_(counts.cumsum(0) * counts + architecture.pad_token_id);
            } else {
                part.copy_(at::arange(span.length));
            }
        }
        return rows;
    }

    at::Tensor dropped(const at::Tensor& x, bool is_training) const
    {
        return is_training && architecture.embd_pdrop > 0.0
                   ? at::dropout(x, architecture.embd_pdrop, true)
                   : x;
    }

    models::Architecture architecture;
    std::shared_ptr<Weight> words, position_table, token_types;
    std::shared_ptr<Norm> embedding_norm;
    std::vector<std::shared_ptr<Layer>> layers;
    std::shared_ptr<Linear> pooler;       ///< Null without one.
    std::shared_ptr<Linear> masked_dense; ///< Null without a masked-LM head.
    std::shared_ptr<Norm> masked_norm;
    at::Tensor masked_bias;
};

Encoder::Encoder(const models::Architecture& architecture)
    : impl_(std::make_shared<Impl>(architecture))
{
    const models::Family& family = models::family_of(architecture);
    LYCEUM_CHECK(family.is_encoder, "the family is an encoder");
    const std::int64_t hidden = architecture.hidden_size;
    auto arena = std::make_shared<ParameterArena>(num_parameters(architecture));
    const MakeParameter make = [&](std::vector<std::int64_t> shape) { return arena->take(shape); };
    const auto table = [&](std::string_view name, std::int64_t rows) {
        auto weight = std::make_shared<Weight>(make({rows, hidden}));
        register_at(*this, name, weight);
        return weight;
    };
    const auto square = [&](std::string_view name) {
        auto linear = std::make_shared<Linear>(make({hidden, hidden}), make({hidden}));
        register_at(*this, name, linear);
        return linear;
    };
    impl_->words = table(family.embeddings, architecture.vocab_size);
    impl_->position_table = table(family.positions, architecture.max_position_embeddings);
    impl_->token_types = table(family.token_types, architecture.type_vocab_size);
    impl_->embedding_norm = add_norm(*this, family.embedding_norm, hidden, architecture, make);
    for (std::int64_t i = 0; i < architecture.num_hidden_layers; ++i) {
        impl_->layers.push_back(std::make_shared<Layer>(architecture, i, make));
        register_at(*this, std::string(family.layers) + "." + std::to_string(i),
                    impl_->layers.back());
    }
    if (architecture.has_pooler)
        impl_->pooler = square(std::string(family.root) + ".pooler.dense");
    if (!architecture.has_lm_head)
        return;
    impl_->masked_dense = square(family.masked_dense);
    impl_->masked_norm = add_norm(*this, family.masked_norm, hidden, architecture, make);
    // "cls.predictions.bias" is a parameter of the module in front of the last dot.
    const std::size_t dot = family.masked_bias.rfind('.');
    std::string owner(family.masked_bias.substr(0, dot));
    for (const auto& item : named_modules(std::string(), false))
        if (item.key() == owner)
            impl_->masked_bias = item.value()->register_parameter(
                std::string(family.masked_bias.substr(dot + 1)), make({architecture.vocab_size}));
    LYCEUM_CHECK(impl_->masked_bias.defined(), "the head's module is there");
}

at::Tensor Encoder::hidden_states(const at::Tensor& ids, const std::vector<Segment>& segments,
                                  const at::Tensor& token_types)
{
    LYCEUM_CHECK(ids.dim() == 2, "ids are [B, T]");
    const PackedTokens tokens{.angles = {}, .spans = to_spans(segments, ids.size(1))};
    const at::Tensor flat = ids.reshape({-1});
    const at::Tensor types =
        token_types.defined() ? token_types.reshape({-1}) : at::zeros_like(flat);
    at::Tensor x = at::embedding(impl_->words->weight, flat) +
                   at::embedding(impl_->token_types->weight, types) +
                   at::embedding(impl_->position_table->weight,
                                 impl_->positions(flat, tokens.spans)); // [N, D]
    x = impl_->dropped(impl_->embedding_norm->forward(x), is_training());
    for (const auto& layer : impl_->layers)
        x = layer->forward(x, tokens);
    return x.view({ids.size(0), ids.size(1), -1}); // [B, T, D]
}

at::Tensor Encoder::pooled(const at::Tensor& first)
{
    LYCEUM_CHECK(impl_->pooler != nullptr, "the model has a pooler");
    return impl_->pooler->forward(first).tanh();
}

at::Tensor Encoder::masked_logits(const at::Tensor& hidden)
{
    LYCEUM_CHECK(impl_->masked_dense != nullptr, "the model has a masked-LM head");
    const std::string activation =
        impl_->architecture.family == "roberta" ? "gelu" : impl_->architecture.hidden_act;
    const at::Tensor x =
        impl_->masked_norm->forward(activate(impl_->masked_dense->forward(hidden), activation));
    return at::addmm(impl_->masked_bias, x, impl_->words->weight.t());
}

const models::Architecture& Encoder::architecture() const noexcept
{
    return impl_->architecture;
}

} // namespace lyceum::nn

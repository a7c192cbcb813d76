#include "core/nn/layer.h"

#include "core/base/check.h"
#include "core/kernels/pointwise.h"

#include <algorithm>

namespace lyceum::nn {

void register_at(torch::nn::Module& root, std::string_view name,
                 std::shared_ptr<torch::nn::Module> part)
{
    torch::nn::Module* parent = &root;
    for (std::size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
        const std::string step(name.substr(0, dot));
        const auto children = parent->named_children();
        const auto* found = children.find(step);
        parent =
            found != nullptr
                ? found->get()
                : parent->register_module(step, std::make_shared<torch::nn::Module>(step)).get();
        name.remove_prefix(dot + 1);
    }
    parent->register_module(std::string(name), std::move(part));
}

Norm::Norm(const models::Architecture& architecture, std::int64_t size, const MakeParameter& make)
    : weight(register_parameter("weight", make({size}))), eps_(architecture.rms_norm_eps)
{
    if (models::family_of(architecture).has_layer_norm)
        bias = register_parameter("bias", make({size}));
}

at::Tensor Norm::forward(const at::Tensor& x)
{
    return bias.defined() ? at::layer_norm(x, {weight.size(0)}, weight, bias, eps_)
                          : kernels::rms_norm(x, weight, eps_);
}

std::shared_ptr<Norm> add_norm(torch::nn::Module& root, std::string_view name, std::int64_t size,
                               const models::Architecture& architecture, const MakeParameter& make)
{
    if (name.empty())
        return nullptr;
    auto norm = std::make_shared<Norm>(architecture, size, make);
    register_at(root, name, norm);
    return norm;
}

LayerLinears::LayerLinears(torch::nn::Module& layer, const models::Architecture& architecture,
                           const MakeParameter& make)
{
    const bool is_conv1d = models::family_of(architecture).has_conv1d;
    for (const models::LinearShape& part : models::layer_linears(architecture)) {
        const at::Tensor weight = is_conv1d ? make({part.in, part.out}) : make({part.out, part.in});
        const auto linear =
            std::make_shared<Linear>(weight, part.has_bias ? make({part.out}) : at::Tensor(),
                                     is_conv1d ? WeightLayout::InOut : WeightLayout::OutIn);
        register_at(layer, part.name, linear);
        linears_.emplace_back(part.name, linear);
    }
}

std::shared_ptr<Linear> LayerLinears::get(std::string_view name) const
{
    const auto found = std::find_if(linears_.begin(), linears_.end(),
                                    [&](const auto& linear) { return linear.first == name; });
    return found == linears_.end() ? nullptr : found->second;
}

FeedForward::FeedForward(const LayerLinears& linears, const models::Architecture& architecture)
    : activation_(architecture.hidden_act)
{
    const models::LayerNames& names = models::family_of(architecture).layer;
    gate_ = linears.get(names.gate);
    up_ = linears.get(names.up);
    down_ = linears.get(names.down);
}

at::Tensor FeedForward::forward(const at::Tensor& x)
{
    if (gate_ == nullptr)
        return down_->forward(activate(up_->forward(x), activation_));
    const at::Tensor input = as_product_input(x);
    const at::Tensor gate = gate_->forward(input);
    const at::Tensor up = up_->forward(input);
    return down_->forward(activation_ == "silu" ? kernels::swiglu(gate, up)
                                                : activate(gate, activation_) * up);
}

at::Tensor activate(const at::Tensor& x, const std::string& name)
{
    if (name == "silu")
        return at::silu(x);
    if (name == "relu")
        return at::relu(x);
    if (name == "gelu")
        return at::gelu(x);
    LYCEUM_CHECK(name == "gelu_new" || name == "gelu_pytorch_tanh", "the activation is known");
    return at::gelu(x, "tanh");
}

Layer::Layer(const models::Architecture& architecture, std::int64_t index,
             const MakeParameter& make)
    : normalises_after_(models::family_of(architecture).is_encoder)
    , dropout_(architecture.resid_pdrop)
    , linears_(*this, architecture, make)
    , attention_(*this, linears_, architecture, index, make)
    , mlp_(linears_, architecture)
{
    const models::LayerNames& names = models::family_of(architecture).layer;
    const std::int64_t hidden = architecture.hidden_size;
    attention_norm_ = add_norm(*this, names.attention_norm, hidden, architecture, make);
    mlp_norm_ = add_norm(*this, names.mlp_norm, hidden, architecture, make);
}

at::Tensor Layer::dropped(const at::Tensor& x) const
{
    return is_training() && dropout_ > 0.0 ? at::dropout(x, dropout_, true) : x;
}

template <typename Attend>
at::Tensor Layer::run(const at::Tensor& x, Attend attend)
{
    if (normalises_after_) {
        const at::Tensor attended = attention_norm_->forward(dropped(attend(x)) + x);
        return mlp_norm_->forward(dropped(mlp_.forward(attended)) + attended);
    }
    const at::Tensor attended = x + dropped(attend(attention_norm_->forward(x)));
    return attended + dropped(mlp_.forward(mlp_norm_->forward(attended)));
}

at::Tensor Layer::forward(const at::Tensor& x, const PackedTokens& tokens)
{
    return run(x, [&](const at::Tensor& input) {
        return attention_.forward(input, tokens, is_training());
    });
}

at::Tensor Layer::forward(const at::Tensor& x, const CachedTokens& tokens)
{
    return run(x, [&](const at::Tensor& input) { return attention_.forward(input, tokens); });
}

} // namespace lyceum::nn

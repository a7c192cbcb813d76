#include "core/nn/activation_checkpoint.h"

#include "core/runtime/autocast.h"

#include <torch/torch.h>

#include <optional>
#include <utility>

namespace lyceum::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

using Block = std::function<at::Tensor(const at::Tensor& x)>;

/// What the second run needs besides x.
struct Recipe : torch::CustomClassHolder {
    Block block;
    std::optional<at::ScalarType> autocast;
    at::Tensor random_state; ///< Of the default CPU generator, before the first run.
};

at::Tensor random_state()
{
    return at::detail::getDefaultCPUGenerator().get_state();
}

void set_random_state(const at::Tensor& state)
{
    at::Generator generator = at::detail::getDefaultCPUGenerator();
    generator.set_state(state);
}

/// Draws from an earlier state until the end of the scope.
class RandomScope {
public:
    explicit RandomScope(const at::Tensor& state) : before_(random_state())
    {
        set_random_state(state);
    }
    ~RandomScope() { set_random_state(before_); }
    RandomScope(const RandomScope&) = delete;
    RandomScope& operator=(const RandomScope&) = delete;

private:
    at::Tensor before_;
};

class CheckpointFunction : public torch::autograd::Function<CheckpointFunction> {
public:
    /// @param trigger needs a gradient, so that the node exists when x needs none.
    static Variable forward(AutogradContext* context, const Variable& x,
                            const Variable& /*trigger*/, const Block& block)
    {
        auto recipe = c10::make_intrusive<Recipe>();
        recipe->block = block;
        recipe->autocast = runtime::autocast_type();
        recipe->random_state = random_state();
        context->saved_data["recipe"] = c10::IValue::make_capsule(recipe);
        context->save_for_backward({x});
        return block(x);
    }

    static variable_list backward(AutogradContext* context, variable_list gradients)
    {
        const auto recipe =
            c10::static_intrusive_pointer_cast<Recipe>(context->saved_data["recipe"].toCapsule());
        const at::Tensor x = context->get_saved_variables()[0].detach();
        const bool x_learns = context->needs_input_grad(0);
        at::Tensor input = x.set_requires_grad(x_learns);
        at::Tensor output;
        {
            const at::AutoGradMode with_graph(true);
            const RandomScope random(recipe->random_state);
            const runtime::AutocastScope autocast(recipe->autocast);
            output = recipe->block(input);
        }
        torch::autograd::backward({output}, {gradients[0]});
        return {x_learns ? input.grad() : at::Tensor(), at::Tensor(), at::Tensor()};
    }
};

} // namespace

at::Tensor checkpointed(Block block, const at::Tensor& x)
{
    const at::Tensor trigger = at::empty({0}).set_requires_grad(true);
    return CheckpointFunction::apply(x, trigger, std::move(block));
}

} // namespace lyceum::nn

#include "core/loader/data_module.h"
#include "core/strategy/strategy.h"
#include "core/task/causal_lm_task.h"
#include "core/task/chunked_cross_entropy.h"
#include "tests/support/tiny_training.h"

#include <gtest/gtest.h>

namespace lyceum::task {
namespace {

struct Learner {
    std::shared_ptr<nn::CausalLm> model = test::tiny_model();
    CausalLmTask task{model, {}, {}};
    std::unique_ptr<strategy::Strategy> strategy = strategy::make_strategy("single").value();

    explicit Learner(bool lora = false)
    {
        if (lora) {
            EXPECT_TRUE(model->add_lora({.rank = 2, .alpha = 4.0}, 3));
        }
        EXPECT_TRUE(strategy->setup(*model, [this](std::vector<optim::NamedTensor> parameters) {
            return task.configure_optimizers(std::move(parameters));
        }));
    }

    double loss_of(const loader::StepBatches& step)
    {
        const auto loss = strategy->forward_backward(step.micro_steps.size(), [&](std::size_t i) {
            return task.training_step(step.micro_steps[i], step.num_targets);
        });
        EXPECT_TRUE(loss) << loss.error().message;
        return loss.value();
    }

    std::vector<at::Tensor> gradients()
    {
        std::vector<at::Tensor> result;
        for (const auto& parameter : model->parameters())
            if (parameter.grad().defined())
                result.push_back(parameter.grad().clone());
        return result;
    }
};

loader::StepBatches step_of(const data::EncodedDataset& data, int batch_size, int micro_steps,
                            bool packing)
{
    loader::DataLoader loader(data,
                              {.plan = {.max_length = 40, .packing = packing, .shuffle = false},
                               .batch_size = batch_size,
                               .micro_steps = micro_steps});
    return loader.next();
}

void expect_close(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b)
{
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i)
        EXPECT_LE((a[i] - b[i]).abs().max().item<double>(),
                  2e-5 * std::max(1.0, b[i].abs().max().item<double>()));
}

TEST(CausalLmTask, PackedBatchHasTheLossAndGradientsOfThePaddedOne)
{
    const auto data = test::tiny_samples(12);
    Learner packed, padded;
    const auto packed_step = step_of(data, 12, 1, true);
    EXPECT_EQ(packed_step.micro_steps[0].ids.numel(), packed_step.num_tokens); // no padding
    EXPECT_NEAR(packed.loss_of(packed_step), padded.loss_of(step_of(data, 12, 1, false)), 1e-5);
    expect_close(packed.gradients(), padded.gradients());
}

TEST(CausalLmTask, AnyAccumulationGivesTheSameLossAndGradients)
{
    const auto data = test::tiny_samples(4);
    Learner whole, halves, quarters;
    const double loss = whole.loss_of(step_of(data, 4, 1, false));
    EXPECT_NEAR(halves.loss_of(step_of(data, 2, 2, false)), loss, 1e-5);
    EXPECT_NEAR(quarters.loss_of(step_of(data, 1, 4, false)), loss, 1e-5);
    expect_close(halves.gradients(), whole.gradients());
    expect_close(quarters.gradients(), whole.gradients());
}

TEST(CausalLmTask, LossIsTheMeanOverTheTargets)
{
    const auto data = test::tiny_samples(6);
    Learner learner;
    const auto step = step_of(data, 6, 1, true);
    const auto& batch = step.micro_steps[0];
    const torch::NoGradGuard no_grad;
    const auto hidden =
        learner.model->hidden_states(batch.ids, batch.positions, batch.segments).flatten(0, 1);
    const auto logits = learner.model->logits(hidden.index_select(0, batch.predictors));
    const double expected =
        torch::nn::functional::cross_entropy(logits, batch.targets).item<double>();
    const auto validation = learner.task.validation_step(batch);
    ASSERT_TRUE(validation);
    EXPECT_NEAR(validation.value().mean(), expected, 1e-5);
    EXPECT_EQ(validation.value().num_targets, step.num_targets);
}

TEST(CausalLmTask, LoraLearnsInTheAdaptersOnly)
{
    Learner learner(true);
    learner.loss_of(step_of(test::tiny_samples(6), 6, 1, true));
    for (const auto& item : learner.model->named_parameters()) {
        const bool is_adapter = item.key().find("lora_") != std::string::npos;
        EXPECT_EQ(item.value().grad().defined(), is_adapter) << item.key();
    }
    const auto state = learner.strategy->model_state();
    EXPECT_EQ(state.value().size(), 2U * 2U * 7U); // A and B of 7 linears in 2 layers
}

TEST(CausalLmTask, ABatchWithoutTargetsAddsNothing)
{
    Learner learner;
    const auto batch = loader::make_batch({}, {}, loader::Layout::Padded);
    const auto loss = learner.task.training_step(batch, 5);
    ASSERT_TRUE(loss);
    loss.value().backward();
    EXPECT_EQ(loss.value().item<double>(), 0.0);
}

TEST(CausalLmTask, DecaysMatricesOnly)
{
    auto model = test::tiny_model();
    CausalLmTask task(model, {.weight_decay = 0.5}, {});
    const auto norm = model->named_parameters()["model.norm.weight"];
    const auto matrix = model->named_parameters()["model.layers.0.mlp.up_proj.weight"];
    auto optimizer = task.configure_optimizers({{"norm", norm}, {"matrix", matrix}});
    norm.mutable_grad() = torch::zeros_like(norm);
    matrix.mutable_grad() = torch::zeros_like(matrix);
    const auto norm_before = norm.clone(), matrix_before = matrix.clone();
    optimizer->step(0.1);
    EXPECT_TRUE(torch::equal(norm, norm_before));
    EXPECT_TRUE(torch::allclose(matrix, matrix_before * 0.95));
}

} // namespace
} // namespace lyceum::task

// How fast a model trains, and in how much memory, in one precision:
//   bench_precision MODEL.gguf lora|full PRECISION CHECKPOINTING_EVERY STEPS
// One process a measurement, as the peak is the process's. Prints one line of JSON.
#include "core/models/model_package.h"
#include "core/runtime/precision.h"
#include "core/runtime/resources.h"
#include "core/strategy/strategy.h"
#include "core/task/causal_lm_task.h"

#include <torch/torch.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

using namespace lyceum;

namespace {

constexpr std::int64_t kRows = 4, kLength = 256;

loader::Batch random_batch(std::int64_t vocabulary)
{
    loader::Batch batch{.ids = torch::randint(vocabulary, {kRows, kLength}, at::kLong),
                        .positions = torch::arange(kLength).expand({kRows, kLength}).contiguous()};
    const auto places = torch::arange(kRows * kLength).view({kRows, kLength});
    batch.predictors = places.narrow(1, 0, kLength - 1).reshape({-1});
    batch.targets = batch.ids.narrow(1, 1, kLength - 1).reshape({-1});
    for (std::int64_t row = 0; row < kRows; ++row)
        batch.segments.push_back({row, 0, kLength});
    batch.num_tokens = kRows * kLength;
    return batch;
}

Result<void> measure(const std::string& file, const std::string& method, const std::string& name,
                     std::int64_t every, int steps)
{
    LYCEUM_ASSIGN(const auto package, models::open_model(file, {}));
    LYCEUM_ASSIGN(const auto model, nn::load_causal_lm(package));
    if (method == "lora")
        LYCEUM_TRY(model->add_lora({.rank = 16}, 1));
    model->set_activation_checkpointing(every);
    model->train();
    LYCEUM_ASSIGN(const auto precision, runtime::make_precision(name));
    precision->convert_module(*model);
    task::CausalLmTask task(model, {}, {});
    LYCEUM_ASSIGN(const auto strategy, strategy::make_strategy("single"));
    LYCEUM_TRY(strategy->setup(*model, [&](std::vector<optim::NamedTensor> parameters) {
        return task.configure_optimizers(std::move(parameters));
    }));
    const auto batch = random_batch(package.architecture.vocab_size);
    const strategy::MicroStep forward = [&](std::size_t) -> Result<at::Tensor> {
        const auto context = precision->forward_context();
        LYCEUM_ASSIGN(const at::Tensor own, task.training_step(batch, batch.num_targets()));
        return precision->scale_loss(own);
    };
    double first_loss = 0, loss = 0, seconds = 0;
    for (int step = 0; step <= steps; ++step) { // the first warms up
        const auto start = std::chrono::steady_clock::now();
        LYCEUM_ASSIGN(loss, strategy->forward_backward(1, forward));
        loss *= precision->gradient_factor();
        LYCEUM_TRY(strategy->scale_gradients(precision->gradient_factor()));
        LYCEUM_ASSIGN(const double norm, strategy->clip_gradients(1.0));
        LYCEUM_ASSIGN(const auto verdict, precision->judge(norm));
        if (verdict.is_taken)
            LYCEUM_TRY(strategy->optimizer_step(2e-4));
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
        (step == 0 ? first_loss : seconds) += step == 0 ? loss : taken.count();
    }
    std::printf("{\"method\": \"%s\", \"precision\": \"%s\", \"checkpointing_every\": %lld, "
                "\"tokens_per_second\": %.1f, \"peak_bytes\": %llu, \"first_loss\": %.5f, "
                "\"last_loss\": %.5f}\n",
                method.c_str(), name.c_str(), static_cast<long long>(every),
                static_cast<double>(steps * batch.num_tokens) / seconds,
                static_cast<unsigned long long>(runtime::memory_use().peak_bytes), first_loss,
                loss);
    return {};
}

} // namespace

int main(int count, char** arguments)
{
    if (count != 6) {
        std::fprintf(stderr, "bench_precision MODEL lora|full PRECISION EVERY STEPS\n");
        return 2;
    }
    runtime::initialise();
    torch::manual_seed(1);
    const auto done = measure(arguments[1], arguments[2], arguments[3], std::atoll(arguments[4]),
                              std::atoi(arguments[5]));
    if (!done)
        std::fprintf(stderr, "%s\n", done.error().message.c_str());
    return done ? 0 : 1;
}

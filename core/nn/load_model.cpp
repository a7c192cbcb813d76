#include "core/base/check.h"
#include "core/base/text.h"
#include "core/models/family.h"
#include "core/nn/causal_lm.h"
#include "core/nn/encoder.h"
#include "core/nn/linear.h"
#include "core/runtime/guard.h"
#include "core/runtime/resources.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>

namespace lyceum::nn {
namespace {

struct Task {
    std::string name;
    at::Tensor into; ///< Without memory: a matrix to quantise.
    const formats::TensorSource* from = nullptr;

    [[nodiscard]] bool is_to_quantize() const { return into.is_meta(); }
};

std::string describe(const std::vector<std::int64_t>& shape)
{
    std::vector<std::string> sizes;
    for (const std::int64_t size : shape)
        sizes.push_back(std::to_string(size));
    std::string text = "[";
    text += join(sizes, ", ");
    text += ']';
    return text;
}

/// One task a parameter, each checked against the file, the largest first.
Result<std::vector<Task>> plan(const torch::nn::Module& model, const models::ModelPackage& package)
{
    std::unordered_map<std::string,
                       std::pair<const formats::TensorInfo*, const formats::TensorSource*>>
        known;
    for (const formats::TensorInfo& info : package.tensors->tensors())
        known[info.name] = {&info, package.tensors.get()};
    if (package.adapter) {
        for (const formats::TensorInfo& info : package.adapter->tensors->tensors())
            known[info.name] = {&info, package.adapter->tensors.get()};
    }
    std::vector<Task> tasks;
    for (const auto& item : model.named_parameters()) {
        const auto found = known.find(item.key());
        if (found == known.end())
            return Error{ErrorCode::InvalidData,
                         "The model " + package.name + " has no tensor \"" + item.key() + "\"",
                         "The file is damaged, or its config.json belongs to another model."};
        const auto& [info, source] = found->second;
        if (info->shape != item.value().sizes().vec())
            return Error{ErrorCode::InvalidData,
                         "Tensor \"" + item.key() + "\" of " + package.name + " has the shape " +
                             describe(info->shape) + ", but the architecture asks for " +
                             describe(item.value().sizes().vec()),
                         "The file is damaged, or its config.json belongs to another model."};
        tasks.push_back({item.key(), item.value(), source});
    }
    std::stable_sort(tasks.begin(), tasks.end(),
                     [](const Task& a, const Task& b) { return a.into.numel() > b.into.numel(); });
    return tasks;
}

/// Reads every task but those to quantise, threads side by side. @return the first error.
Result<void> read_all(const std::vector<Task>& tasks)
{
    std::atomic<std::size_t> next = 0;
    std::mutex mutex;
    std::optional<Error> failure;
    const auto work = [&] {
        for (std::size_t i = next++; i < tasks.size(); i = next++) {
            const Task& task = tasks[i];
            if (task.is_to_quantize())
                continue;
            float* out = static_cast<float*>(task.into.data_ptr());
            const auto result = task.from->read_float32(
                task.name, {out, static_cast<std::size_t>(task.into.numel())});
            if (!result) {
                const std::lock_guard lock(mutex);
                if (!failure)
                    failure = result.error();
                next = tasks.size();
            }
        }
    };
    std::vector<std::thread> threads;
    for (int i = 1; i < runtime::usable_cores(); ++i)
        threads.emplace_back(work);
    work();
    for (std::thread& thread : threads)
        thread.join();
    if (failure)
        return *failure;
    return {};
}

/// Reads and quantises one matrix after the other.
Result<void> quantize_all(const torch::nn::Module& model, const std::vector<Task>& tasks,
                          const std::string& model_name)
{
    std::int64_t largest = 0;
    for (const Task& task : tasks)
        largest = std::max(largest, task.is_to_quantize() ? task.into.numel() : 0);
    const at::Tensor buffer = at::empty({largest}, at::kFloat);
    const auto modules = model.named_modules(std::string(), false);
    for (const Task& task : tasks) {
        if (!task.is_to_quantize())
            continue;
        const at::Tensor values = buffer.narrow(0, 0, task.into.numel()).view(task.into.sizes());
        LYCEUM_TRY(task.from->read_float32(
            task.name, {values.data_ptr<float>(), static_cast<std::size_t>(values.numel())}));
        const auto [least, most] = at::aminmax(values);
        if (!std::isfinite(least.item<float>()) || !std::isfinite(most.item<float>()))
            return Error{ErrorCode::InvalidData,
                         "Tensor \"" + task.name + "\" of " + model_name +
                             " holds a value that is no finite number, so that it cannot be "
                             "quantised",
                         "The file is damaged; get it again, or use model.method: lora to see "
                         "where it breaks."};
        const auto linear =
            std::dynamic_pointer_cast<Linear>(modules[task.name.substr(0, task.name.rfind('.'))]);
        LYCEUM_CHECK(linear != nullptr, "only linears have no memory yet");
        linear->quantize(values);
    }
    return {};
}

template <typename Model>
Result<void> fill(Model& model, const models::ModelPackage& package)
{
    if (package.adapter) {
        const models::Adapter& adapter = *package.adapter;
        LYCEUM_TRY(add_empty_lora(model, package.architecture,
                                  {.rank = adapter.rank,
                                   .alpha = adapter.alpha,
                                   .targets = adapter.targets,
                                   .use_rslora = adapter.use_rslora,
                                   .use_dora = adapter.use_dora}));
    }
    LYCEUM_ASSIGN(const std::vector<Task> tasks, plan(model, package));
    LYCEUM_TRY(read_all(tasks));
    return quantize_all(model, tasks, package.name);
}

template <typename Model, typename... Options>
Result<std::shared_ptr<Model>> load(const models::ModelPackage& package, Options... options)
{
    return runtime::guard(
        "loading the model " + package.name, [&]() -> Result<std::shared_ptr<Model>> {
            auto model = std::make_shared<Model>(package.architecture, options...);
            LYCEUM_TRY(fill(*model, package));
            return model;
        });
}

Error other_kind(const models::ModelPackage& package, const char* wanted, const char* hint)
{
    return Error{ErrorCode::Unsupported,
                 "The model " + package.name + " is of the family " + package.architecture.family +
                     ", which is no " + wanted,
                 hint};
}

} // namespace

Result<std::shared_ptr<CausalLm>> load_causal_lm(const models::ModelPackage& package,
                                                 BaseWeights weights)
{
    if (models::family_of(package.architecture).is_encoder)
        return other_kind(package, "causal language model",
                          "It reads texts as a whole: use it with embed, or choose a model that "
                          "writes, such as SmolLM2.");
    return load<CausalLm>(package, weights);
}

Result<std::shared_ptr<Encoder>> load_encoder(const models::ModelPackage& package)
{
    if (!models::family_of(package.architecture).is_encoder)
        return other_kind(package, "encoder",
                          "Choose an encoder, such as all-MiniLM-L6-v2 or another of the BERT or "
                          "RoBERTa family.");
    return load<Encoder>(package);
}

} // namespace lyceum::nn

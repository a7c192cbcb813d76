#include "core/base/text.h"
#include "core/models/family.h"
#include "core/nn/causal_lm.h"
#include "core/nn/encoder.h"
#include "core/runtime/guard.h"
#include "core/runtime/resources.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>

namespace lyceum::nn {
namespace {

struct Task {
    std::string name;
    at::Tensor into;
    const formats::TensorSource* from = nullptr;
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

/// Reads every task, threads side by side. @return the first error.
Result<void> read_all(const std::vector<Task>& tasks)
{
    std::atomic<std::size_t> next = 0;
    std::mutex mutex;
    std::optional<Error> failure;
    const auto work = [&] {
        for (std::size_t i = next++; i < tasks.size(); i = next++) {
            const Task& task = tasks[i];
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

template <typename Model>
Result<std::shared_ptr<Model>> load(const models::ModelPackage& package)
{
    return runtime::guard("loading the model " + package.name,
                          [&]() -> Result<std::shared_ptr<Model>> {
                              auto model = std::make_shared<Model>(package.architecture);
                              if (package.adapter) {
                                  const LoraOptions options{.rank = package.adapter->rank,
                                                            .alpha = package.adapter->alpha,
                                                            .targets = package.adapter->targets};
                                  LYCEUM_TRY(add_lora(*model, package.architecture, options, 0));
                              }
                              LYCEUM_ASSIGN(const std::vector<Task> tasks, plan(*model, package));
                              LYCEUM_TRY(read_all(tasks));
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

Result<std::shared_ptr<CausalLm>> load_causal_lm(const models::ModelPackage& package)
{
    if (models::family_of(package.architecture).is_encoder)
        return other_kind(package, "causal language model",
                          "It reads texts as a whole: use it with embed, or choose a model that "
                          "writes, such as SmolLM2.");
    return load<CausalLm>(package);
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

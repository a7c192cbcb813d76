#include "core/exporter/adapter_export.h"

#include "core/exporter/model_card.h"
#include "core/formats/quantize.h"
#include "core/formats/safetensors.h"
#include "core/formats/tensor_index.h"

#include <nlohmann/json.hpp>

#include <cstring>
#include <set>
#include <utility>

namespace lyceum::exporter {
namespace {

constexpr std::string_view kPrefix = "base_model.model.";

/// PEFT's tensors under our names.
class UnprefixedTensors final : public formats::TensorSource {
public:
    static Result<std::shared_ptr<const formats::TensorSource>>
    create(std::unique_ptr<formats::TensorSource> source)
    {
        auto tensors = std::make_shared<UnprefixedTensors>();
        for (formats::TensorInfo info : source->tensors()) {
            if (!info.name.starts_with(kPrefix))
                return Error{ErrorCode::InvalidData,
                             "tensor " + info.name + " of the adapter is not PEFT's", ""};
            info.name.erase(0, kPrefix.size());
            if (!tensors->index_.add(std::move(info)))
                return Error{ErrorCode::InvalidData, "the adapter has a tensor twice", ""};
        }
        tensors->source_ = std::move(source);
        return std::shared_ptr<const formats::TensorSource>(std::move(tensors));
    }

    [[nodiscard]] const std::vector<formats::TensorInfo>& tensors() const noexcept override
    {
        return index_.all();
    }
    [[nodiscard]] Result<void> read_float32(std::string_view name,
                                            std::span<float> out) const override
    {
        return source_->read_float32(std::string(kPrefix) + std::string(name), out);
    }

private:
    std::unique_ptr<formats::TensorSource> source_;
    formats::TensorIndex index_;
};

Result<std::vector<std::byte>> stored_bytes(const formats::TensorSource& tensors,
                                            const formats::TensorInfo& info,
                                            const formats::GgmlType& type)
{
    std::vector<float> values(static_cast<std::size_t>(info.num_elements()));
    LYCEUM_TRY(tensors.read_float32(info.name, values));
    if (const auto unfit = formats::find_unfit(values, type))
        return Error{ErrorCode::Unsupported,
                     "tensor " + info.name + " holds " + std::to_string(*unfit) +
                         ", which does not fit " + std::string(type.name),
                     "Export with --dtype bfloat16 or float32."};
    std::vector<std::byte> bytes(values.size() * type.block_bytes);
    type.from_float32(values.data(), values.size(), bytes.data());
    return bytes;
}

/// "model.layers.0.self_attn.q_proj.lora_A.weight" changes q_proj.
std::set<std::string> target_modules(const formats::TensorSource& tensors)
{
    std::set<std::string> modules;
    for (const formats::TensorInfo& info : tensors.tensors()) {
        const std::string_view module =
            std::string_view(info.name).substr(0, info.name.find(".lora_"));
        modules.emplace(module.substr(module.rfind('.') + 1));
    }
    return modules;
}

} // namespace

std::string make_adapter_config(const models::ModelPackage& package)
{
    const std::string hub = hub_name(package.licence.source);
    const models::Adapter& adapter = *package.adapter;
    const nlohmann::ordered_json json = {
        {"peft_type", "LORA"},
        {"task_type", "CAUSAL_LM"},
        {"base_model_name_or_path", hub.empty() ? package.base_name : hub},
        {"inference_mode", true},
        {"r", adapter.rank},
        {"lora_alpha", adapter.alpha},
        {"lora_dropout", 0.0},
        {"target_modules", target_modules(*adapter.tensors)},
        {"bias", "none"},
        {"fan_in_fan_out", package.architecture.family == "gpt2"},
        {"init_lora_weights", true},
        {"modules_to_save", nullptr},
        {"use_rslora", adapter.use_rslora},
        {"use_dora", adapter.use_dora}};
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

Result<void> check_adapter(const models::ModelPackage& package)
{
    if (!package.adapter)
        return Error{ErrorCode::Unsupported,
                     package.name + " has no adapter: it was not trained with LoRA",
                     "Name a run with method lora, or export --format hf."};
    return {};
}

Result<void> write_adapter(const models::ModelPackage& package, Dtype dtype,
                           const std::filesystem::path& folder)
{
    LYCEUM_TRY(check_adapter(package));
    const formats::GgmlType& type = stored_type(dtype);
    std::vector<std::vector<std::byte>> kept; // until everything is written
    std::vector<formats::TensorData> data;
    for (const formats::TensorInfo& info : package.adapter->tensors->tensors()) {
        LYCEUM_ASSIGN(auto bytes, stored_bytes(*package.adapter->tensors, info, type));
        kept.push_back(std::move(bytes));
        data.push_back(
            {std::string(kPrefix) + info.name, info.shape, std::string(type.name), kept.back()});
    }
    return formats::write_safetensors(folder / kAdapterWeights, data, {{"format", "pt"}});
}

Result<models::ModelPackage> reopen_adapter(const models::ModelPackage& package, Dtype dtype,
                                            const std::filesystem::path& folder)
{
    LYCEUM_ASSIGN(auto written, formats::open_safetensors(folder / kAdapterWeights));
    const formats::TensorSource& own = *package.adapter->tensors;
    for (const formats::TensorInfo& info : own.tensors()) {
        LYCEUM_ASSIGN(const auto expected, stored_bytes(own, info, stored_type(dtype)));
        LYCEUM_ASSIGN(const auto found, written->raw_bytes(std::string(kPrefix) + info.name));
        if (found.size() != expected.size() ||
            std::memcmp(found.data(), expected.data(), found.size()) != 0)
            return Error{ErrorCode::InvalidData,
                         "the export does not read back as it was written: tensor " + info.name +
                             " has other values",
                         "The disk may be faulty; try another one."};
    }
    models::ModelPackage reopened = package;
    LYCEUM_ASSIGN(reopened.adapter->tensors, UnprefixedTensors::create(std::move(written)));
    return reopened;
}

} // namespace lyceum::exporter

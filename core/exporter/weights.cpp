#include "core/exporter/weights.h"

#include "core/base/check.h"
#include "core/formats/quantize.h"
#include "core/models/gguf_llama.h"

#include <sstream>

namespace lyceum::exporter {
namespace {

const formats::GgmlType& type_named(std::string_view name)
{
    const formats::GgmlType* type = formats::find_ggml_type(name);
    LYCEUM_CHECK(type != nullptr, "the type is known");
    return *type;
}

std::string text_of(float value)
{
    std::ostringstream text;
    text << value;
    return text.str();
}

Result<void> check_fit(const std::string& name, std::span<const float> values,
                       const formats::GgmlType& type)
{
    const auto unfit = formats::find_unfit(values, type);
    if (!unfit)
        return {};
    return Error{ErrorCode::Unsupported,
                 "tensor " + name + " holds " + text_of(*unfit) + ", which does not fit " +
                     std::string(type.name),
                 "Export with --dtype bfloat16 or float32."};
}

/// Row 2 i + h of a head in the file is row h * head_rows / 2 + i of the model.
std::size_t model_row(std::size_t file_row, std::size_t head_rows)
{
    const std::size_t in_head = file_row % head_rows;
    return file_row - in_head + in_head % 2 * (head_rows / 2) + in_head / 2;
}

/// The file's bytes; `values` become what they say.
std::vector<std::byte> store(std::span<float> values, const StoredWeight& weight)
{
    const formats::GgmlType& type = *weight.tensor.type;
    std::vector<std::byte> bytes(static_cast<std::size_t>(weight.tensor.size_bytes()));
    if (weight.interleaved_heads == 0) {
        const std::size_t blocks = values.size() / type.block_elements;
        type.from_float32(values.data(), blocks, bytes.data());
        type.to_float32(bytes.data(), blocks, values.data());
        return bytes;
    }
    const auto rows = static_cast<std::size_t>(weight.tensor.shape.front());
    const std::size_t head_rows = rows / static_cast<std::size_t>(weight.interleaved_heads);
    const std::size_t columns = values.size() / rows;
    const std::size_t blocks = columns / type.block_elements;
    for (std::size_t row = 0; row < rows; ++row) {
        float* at = values.data() + model_row(row, head_rows) * columns;
        std::byte* out = bytes.data() + row * blocks * type.block_bytes;
        type.from_float32(at, blocks, out);
        type.to_float32(out, blocks, at);
    }
    return bytes;
}

} // namespace

const formats::GgmlType& gguf_type(std::string_view name, const std::vector<std::int64_t>& shape,
                                   Dtype dtype)
{
    if (shape.size() < 2)
        return type_named("F32");
    const bool is_vocabulary = name == "token_embd.weight" || name == "output.weight";
    const formats::GgmlType& type =
        is_vocabulary && dtype == Dtype::Q4_0 ? type_named("Q8_0") : stored_type(dtype);
    return shape.back() % type.block_elements == 0 ? type : type_named("F16");
}

std::vector<StoredWeight> plan_hugging_face(const nn::CausalLm& model, Dtype dtype)
{
    std::vector<StoredWeight> plan;
    for (const auto& item : model.named_parameters())
        plan.push_back({{item.key(), item.value().sizes().vec(), &stored_type(dtype)}});
    return plan;
}

Result<std::vector<StoredWeight>> plan_gguf(const nn::CausalLm& model, Dtype dtype)
{
    std::vector<StoredWeight> plan;
    for (const auto& item : model.named_parameters()) {
        LYCEUM_ASSIGN(const models::GgufName found,
                      models::gguf_name(item.key(), model.architecture()));
        const auto shape = item.value().sizes().vec();
        plan.push_back(
            {{found.name, shape, &gguf_type(found.name, shape, dtype)}, found.interleaved_heads});
    }
    return plan;
}

std::vector<formats::StoredTensor> tensors_of(const std::vector<StoredWeight>& plan)
{
    std::vector<formats::StoredTensor> tensors;
    for (const StoredWeight& weight : plan)
        tensors.push_back(weight.tensor);
    return tensors;
}

Result<void> write_weights(nn::CausalLm& model, const std::vector<StoredWeight>& plan,
                           formats::TensorWriter& writer)
{
    auto weight = plan.begin();
    for (const auto& item : model.named_parameters()) {
        const at::Tensor& parameter = item.value();
        LYCEUM_CHECK(parameter.is_contiguous() && parameter.scalar_type() == at::kFloat,
                     "parameters are contiguous float32");
        const std::span<float> values(static_cast<float*>(parameter.data_ptr()),
                                      static_cast<std::size_t>(parameter.numel()));
        LYCEUM_TRY(check_fit(item.key(), values, *weight->tensor.type));
        LYCEUM_TRY(writer.append(store(values, *weight)));
        ++weight;
    }
    return writer.commit();
}

} // namespace lyceum::exporter

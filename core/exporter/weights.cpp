#include "core/exporter/weights.h"

#include "core/base/check.h"
#include "core/formats/quantize.h"
#include "core/models/gguf_rope.h"

#include <algorithm>
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

/// The file's bytes; `values` become what they say.
std::vector<std::byte> store(std::span<float> values, const StoredWeight& weight)
{
    const formats::GgmlType& type = *weight.tensor.type;
    const std::vector<std::int64_t>& shape = weight.tensor.shape; // as in the file
    std::vector<std::byte> bytes(static_cast<std::size_t>(weight.tensor.size_bytes()));
    const std::size_t columns = shape.size() == 1 ? 1 : static_cast<std::size_t>(shape.back());
    if (!weight.place.is_moved()) {
        values = values.subspan(weight.place.row(0, 0, columns).start);
        const std::size_t blocks = values.size() / type.block_elements;
        type.from_float32(values.data(), blocks, bytes.data());
        type.to_float32(bytes.data(), blocks, values.data());
        return bytes;
    }
    const std::size_t rows = values.size() / columns;
    const std::size_t blocks = columns / type.block_elements;
    std::vector<float> row_values(columns);
    for (std::size_t row = 0; row < rows; ++row) {
        const auto [start, step] = weight.place.row(row, rows, columns);
        std::byte* out = bytes.data() + row * blocks * type.block_bytes;
        for (std::size_t i = 0; i < columns; ++i)
            row_values[i] = values[start + i * step];
        type.from_float32(row_values.data(), blocks, out);
        type.to_float32(out, blocks, row_values.data());
        for (std::size_t i = 0; i < columns; ++i)
            values[start + i * step] = row_values[i];
    }
    return bytes;
}

} // namespace

const formats::GgmlType& gguf_type(std::string_view name, const std::vector<std::int64_t>& shape,
                                   Dtype dtype)
{
    if (shape.size() < 2 || name == "position_embd.weight" || name == "token_types.weight")
        return type_named("F32");
    const bool is_vocabulary = name == "token_embd.weight" || name == "output.weight";
    const formats::GgmlType& type =
        is_vocabulary && dtype == Dtype::Q4_0 ? type_named("Q8_0") : stored_type(dtype);
    return shape.back() % type.block_elements == 0 ? type : type_named("F16");
}

std::vector<StoredWeight> plan_hugging_face(const torch::nn::Module& model, Dtype dtype)
{
    std::vector<StoredWeight> plan;
    for (const auto& item : model.named_parameters())
        plan.push_back({.tensor = {item.key(), item.value().sizes().vec(), &stored_type(dtype)},
                        .parameter = item.key()});
    return plan;
}

Result<std::vector<StoredWeight>> plan_gguf(const torch::nn::Module& model,
                                            const models::Architecture& architecture, Dtype dtype)
{
    std::vector<StoredWeight> plan;
    std::vector<float> factors = models::gguf_rope_factors(architecture);
    if (const auto size = static_cast<std::int64_t>(factors.size()); size > 0)
        plan.push_back({.tensor = {std::string(models::kRopeFactors), {size}, &type_named("F32")},
                        .parameter = "",
                        .values = std::move(factors)});
    for (const auto& item : model.named_parameters()) {
        LYCEUM_ASSIGN(auto place, models::gguf_place(item.key(), architecture));
        if (!place)
            continue;
        std::vector<std::int64_t> shape = item.value().sizes().vec();
        shape.front() -= place->skipped_rows;
        if (place->is_transposed)
            std::ranges::reverse(shape);
        plan.push_back({.tensor = {place->name, shape, &gguf_type(place->name, shape, dtype)},
                        .parameter = item.key(),
                        .values = {},
                        .place = std::move(*place)});
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

Result<void> write_weights(torch::nn::Module& model, const std::vector<StoredWeight>& plan,
                           formats::TensorWriter& writer)
{
    const auto parameters = model.named_parameters();
    for (const StoredWeight& weight : plan) {
        std::vector<float> own = weight.values;
        std::span<float> values = own;
        if (!weight.parameter.empty()) {
            const at::Tensor& parameter = parameters[weight.parameter];
            LYCEUM_CHECK(parameter.is_contiguous() && parameter.scalar_type() == at::kFloat,
                         "parameters are contiguous float32");
            values = {static_cast<float*>(parameter.data_ptr()),
                      static_cast<std::size_t>(parameter.numel())};
        }
        LYCEUM_TRY(check_fit(weight.parameter.empty() ? weight.tensor.name : weight.parameter,
                             values, *weight.tensor.type));
        LYCEUM_TRY(writer.append(store(values, weight)));
    }
    return writer.commit();
}

} // namespace lyceum::exporter

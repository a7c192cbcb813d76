#include "core/formats/ggml_types.h"

#include "core/base/text.h"
#include "core/formats/convert.h"
#include "core/formats/quantize.h"

#include <algorithm>
#include <array>
#include <vector>

namespace lyceum::formats {
namespace {

constexpr auto kTypes = std::to_array<GgmlType>({
    {0, "F32", 1, 4, convert_f32, quantize_f32},
    {1, "F16", 1, 2, convert_f16, quantize_f16},
    {2, "Q4_0", 32, 18, convert_q4_0, quantize_q4_0},
    {3, "Q4_1", 32, 20, convert_q4_1},
    {6, "Q5_0", 32, 22, convert_q5_0},
    {7, "Q5_1", 32, 24, convert_q5_1},
    {8, "Q8_0", 32, 34, convert_q8_0, quantize_q8_0},
    {9, "Q8_1", 32, 40, nullptr},
    {10, "Q2_K", 256, 84, convert_q2_k},
    {11, "Q3_K", 256, 110, convert_q3_k},
    {12, "Q4_K", 256, 144, convert_q4_k},
    {13, "Q5_K", 256, 176, convert_q5_k},
    {14, "Q6_K", 256, 210, convert_q6_k},
    {15, "Q8_K", 256, 292, nullptr},
    {16, "IQ2_XXS", 256, 66, nullptr},
    {17, "IQ2_XS", 256, 74, nullptr},
    {18, "IQ3_XXS", 256, 98, nullptr},
    {19, "IQ1_S", 256, 50, nullptr},
    {20, "IQ4_NL", 32, 18, nullptr},
    {21, "IQ3_S", 256, 110, nullptr},
    {22, "IQ2_S", 256, 82, nullptr},
    {23, "IQ4_XS", 256, 136, nullptr},
    {24, "I8", 1, 1, nullptr},
    {25, "I16", 1, 2, nullptr},
    {26, "I32", 1, 4, nullptr},
    {27, "I64", 1, 8, nullptr},
    {28, "F64", 1, 8, nullptr},
    {29, "IQ1_M", 256, 56, nullptr},
    {30, "BF16", 1, 2, convert_bf16, quantize_bf16},
    {34, "TQ1_0", 256, 54, nullptr},
    {35, "TQ2_0", 256, 66, nullptr},
    {39, "MXFP4", 32, 17, nullptr},
});

} // namespace

const GgmlType* find_ggml_type(std::uint32_t id) noexcept
{
    const auto* found = std::ranges::find(kTypes, id, &GgmlType::id);
    return found == kTypes.end() ? nullptr : found;
}

const GgmlType* find_ggml_type(std::string_view name) noexcept
{
    const auto* found = std::ranges::find(kTypes, name, &GgmlType::name);
    return found == kTypes.end() ? nullptr : found;
}

std::string readable_ggml_types()
{
    std::vector<std::string> names;
    for (const GgmlType& type : kTypes)
        if (type.to_float32 != nullptr)
            names.emplace_back(type.name);
    return join(names, ", ");
}

} // namespace lyceum::formats

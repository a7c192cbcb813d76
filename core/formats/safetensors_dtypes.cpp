#include "core/formats/safetensors_dtypes.h"

#include "core/formats/convert.h"

#include <algorithm>
#include <array>

namespace lyceum::formats {
namespace {

constexpr auto kDtypes = std::to_array<SafetensorsDtype>({
    {"F32", 4, convert_f32},
    {"BF16", 2, convert_bf16},
    {"F16", 2, convert_f16},
    {"I64", 8, nullptr},
    {"U8", 1, nullptr},
    {"BOOL", 1, nullptr},
    {"I8", 1, nullptr},
    {"F8_E5M2", 1, nullptr},
    {"F8_E4M3", 1, nullptr},
    {"I16", 2, nullptr},
    {"U16", 2, nullptr},
    {"I32", 4, nullptr},
    {"U32", 4, nullptr},
    {"F64", 8, convert_f64},
    {"U64", 8, nullptr},
});

} // namespace

const SafetensorsDtype* find_safetensors_dtype(std::string_view name) noexcept
{
    const auto* found = std::ranges::find(kDtypes, name, &SafetensorsDtype::name);
    return found == kDtypes.end() ? nullptr : found;
}

} // namespace lyceum::formats

#include "core/exporter/export_options.h"

#include "core/base/check.h"
#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <string>

namespace lyceum::exporter {
namespace {

constexpr auto kFormats =
    std::to_array<std::pair<Format, std::string_view>>({{Format::HuggingFace, "hf"},
                                                        {Format::Gguf, "gguf"},
                                                        {Format::Torch, "torch"},
                                                        {Format::Adapter, "adapter"}});

struct DtypeNames {
    Dtype dtype;
    std::string_view name;
    std::string_view short_name;
    std::string_view stored;
};
constexpr auto kDtypes = std::to_array<DtypeNames>({{Dtype::Float32, "float32", "f32", "F32"},
                                                    {Dtype::Bfloat16, "bfloat16", "bf16", "BF16"},
                                                    {Dtype::Float16, "float16", "f16", "F16"},
                                                    {Dtype::Q8_0, "q8_0", "q8_0", "Q8_0"},
                                                    {Dtype::Q4_0, "q4_0", "q4_0", "Q4_0"}});

} // namespace

std::vector<Format> all_formats()
{
    std::vector<Format> formats;
    for (const auto& [format, name] : kFormats)
        formats.push_back(format);
    return formats;
}

std::vector<Dtype> all_dtypes()
{
    std::vector<Dtype> dtypes;
    for (const DtypeNames& known : kDtypes)
        dtypes.push_back(known.dtype);
    return dtypes;
}

std::string_view format_name(Format format) noexcept
{
    return std::ranges::find(kFormats, format, [](const auto& each) { return each.first; })->second;
}

Result<std::vector<Format>> parse_formats(std::string_view names)
{
    std::vector<Format> formats;
    for (const std::string& name : split(names, ',')) {
        const auto* known =
            std::ranges::find(kFormats, name, [](const auto& each) { return each.second; });
        if (known == kFormats.end())
            return Error{
                ErrorCode::InvalidConfig, "--format is \"" + name + "\"",
                "This version writes hf, gguf, torch and adapter; several with commas between "
                "them."};
        if (std::ranges::find(formats, known->first) != formats.end())
            return Error{ErrorCode::InvalidConfig, "--format names " + name + " twice", ""};
        formats.push_back(known->first);
    }
    return formats;
}

std::string_view dtype_name(Dtype dtype) noexcept
{
    return std::ranges::find(kDtypes, dtype, &DtypeNames::dtype)->name;
}

Result<Dtype> parse_dtype(std::string_view name)
{
    for (const DtypeNames& known : kDtypes)
        if (known.name == name || known.short_name == name)
            return known.dtype;
    return Error{ErrorCode::InvalidConfig, "--dtype is \"" + std::string(name) + "\"",
                 "Known are float32, bfloat16, float16, and for gguf q8_0 and q4_0."};
}

const formats::GgmlType& stored_type(Dtype dtype)
{
    const formats::GgmlType* type =
        formats::find_ggml_type(std::ranges::find(kDtypes, dtype, &DtypeNames::dtype)->stored);
    LYCEUM_CHECK(type != nullptr, "every dtype has a type");
    return *type;
}

Result<void> check_options(const ExportOptions& options)
{
    LYCEUM_CHECK(!options.formats.empty(), "there is a format");
    const bool quantised = stored_type(options.dtype).block_elements > 1;
    for (const Format format : options.formats)
        if (quantised && format != Format::Gguf)
            return Error{ErrorCode::InvalidConfig,
                         "--format " + std::string(format_name(format)) +
                             " cannot be written with --dtype " +
                             std::string(dtype_name(options.dtype)),
                         "Only gguf has it; export the other formats by themselves, as float32, "
                         "bfloat16 or float16."};
    return {};
}

} // namespace lyceum::exporter

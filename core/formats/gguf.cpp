#include "core/formats/gguf.h"

#include "core/base/check.h"
#include "core/formats/mapped_values.h"

#include <cstring>
#include <utility>

namespace lyceum::formats {
namespace {

constexpr std::uint64_t kMaxElements = std::uint64_t{1} << 22; // 8 bytes each

template <typename T>
T load(const std::byte* at)
{
    T value;
    std::memcpy(&value, at, sizeof(T));
    return value;
}

/// The element of an integer type at `at`, or nothing for another type or a number above int64.
std::optional<std::int64_t> load_integer(GgufType type, const std::byte* at)
{
    switch (type) {
    case GgufType::Uint8:
        return load<std::uint8_t>(at);
    case GgufType::Int8:
        return load<std::int8_t>(at);
    case GgufType::Uint16:
        return load<std::uint16_t>(at);
    case GgufType::Int16:
        return load<std::int16_t>(at);
    case GgufType::Uint32:
        return load<std::uint32_t>(at);
    case GgufType::Int32:
        return load<std::int32_t>(at);
    case GgufType::Int64:
        return load<std::int64_t>(at);
    case GgufType::Uint64: {
        const auto value = load<std::uint64_t>(at);
        if (std::in_range<std::int64_t>(value))
            return static_cast<std::int64_t>(value);
        return std::nullopt;
    }
    default:
        return std::nullopt;
    }
}

} // namespace

std::vector<std::string> GgufFile::keys() const
{
    std::vector<std::string> keys;
    keys.reserve(values_.size());
    for (const auto& [key, value] : values_)
        keys.emplace_back(key);
    return keys;
}

Error GgufFile::wrong_type(std::string_view key, const GgufValue& value,
                           std::string_view wanted) const
{
    return Error{ErrorCode::InvalidData,
                 path().string() + ": metadata " + std::string(key) + " is " +
                     (value.is_array ? "an array of " : "a ") +
                     std::string(gguf_type_name(value.type)) + ", expected " + std::string(wanted),
                 "The file does not keep to the GGUF conventions; get it from another source."};
}

Result<const GgufValue*> GgufFile::require(std::string_view key, bool is_array) const
{
    const auto found = values_.find(key);
    if (found == values_.end())
        return Error{ErrorCode::InvalidData,
                     path().string() + ": metadata " + std::string(key) + " is missing",
                     "The file does not describe a whole model; get it from another source."};
    if (found->second.is_array != is_array)
        return wrong_type(key, found->second, is_array ? "an array" : "a single value");
    return &found->second;
}

Result<std::string> GgufFile::get_string(std::string_view key) const
{
    LYCEUM_ASSIGN(const GgufValue* value, require(key, false));
    if (value->type != GgufType::String)
        return wrong_type(key, *value, "a string");
    return std::string(reinterpret_cast<const char*>(value->bytes.data()), value->bytes.size());
}

Result<bool> GgufFile::get_bool(std::string_view key) const
{
    LYCEUM_ASSIGN(const GgufValue* value, require(key, false));
    if (value->type != GgufType::Bool)
        return wrong_type(key, *value, "a bool");
    return load<std::uint8_t>(value->bytes.data()) != 0;
}

Result<std::int64_t> GgufFile::get_integer(std::string_view key) const
{
    LYCEUM_ASSIGN(const GgufValue* value, require(key, false));
    if (value->type != GgufType::String)
        if (const auto number = load_integer(value->type, value->bytes.data()))
            return *number;
    return wrong_type(key, *value, "an integer");
}

Result<double> GgufFile::get_number(std::string_view key) const
{
    LYCEUM_ASSIGN(const GgufValue* value, require(key, false));
    if (value->type == GgufType::Float32)
        return static_cast<double>(load<float>(value->bytes.data()));
    if (value->type == GgufType::Float64)
        return load<double>(value->bytes.data());
    LYCEUM_ASSIGN(const std::int64_t number, get_integer(key));
    return static_cast<double>(number);
}

Result<std::vector<std::string>> GgufFile::get_strings(std::string_view key) const
{
    LYCEUM_ASSIGN(const GgufValue* value, require(key, true));
    if (value->type != GgufType::String)
        return wrong_type(key, *value, "an array of strings");
    std::vector<std::string> strings;
    strings.reserve(static_cast<std::size_t>(value->count));
    const std::byte* at = value->bytes.data();
    for (std::uint64_t i = 0; i < value->count; ++i) {
        const auto length = static_cast<std::size_t>(load<std::uint64_t>(at));
        at += sizeof(std::uint64_t);
        strings.emplace_back(reinterpret_cast<const char*>(at), length);
        at += length;
    }
    LYCEUM_CHECK(at == value->bytes.data() + value->bytes.size(),
                 "string array was checked on opening");
    return strings;
}

Result<std::vector<std::int64_t>> GgufFile::get_integers(std::string_view key) const
{
    LYCEUM_ASSIGN(const GgufValue* value, require(key, true));
    std::vector<std::int64_t> numbers;
    if (value->count == 0)
        return numbers;
    if (value->type == GgufType::String)
        return wrong_type(key, *value, "an array of integers");
    if (value->count > kMaxElements)
        return Error{ErrorCode::InvalidData,
                     path().string() + ": metadata " + std::string(key) + " has " +
                         std::to_string(value->count) + " elements, the limit is " +
                         std::to_string(kMaxElements),
                     "The file is damaged; get it again from where it came from."};
    numbers.reserve(static_cast<std::size_t>(value->count));
    const std::size_t stride = value->bytes.size() / static_cast<std::size_t>(value->count);
    for (std::size_t at = 0; at < value->bytes.size(); at += stride) {
        const auto number = load_integer(value->type, value->bytes.data() + at);
        if (!number)
            return wrong_type(key, *value, "an array of integers");
        numbers.push_back(*number);
    }
    return numbers;
}

Result<std::vector<double>> GgufFile::get_numbers(std::string_view key) const
{
    LYCEUM_ASSIGN(const GgufValue* value, require(key, true));
    std::vector<double> numbers;
    if (value->type != GgufType::Float32 && value->type != GgufType::Float64) {
        LYCEUM_ASSIGN(const auto integers, get_integers(key));
        numbers.assign(integers.begin(), integers.end());
        return numbers;
    }
    const bool is_double = value->type == GgufType::Float64;
    const std::size_t stride = is_double ? sizeof(double) : sizeof(float);
    numbers.reserve(static_cast<std::size_t>(value->count));
    for (std::size_t at = 0; at < value->bytes.size(); at += stride) {
        const std::byte* bytes = value->bytes.data() + at;
        numbers.push_back(is_double ? load<double>(bytes)
                                    : static_cast<double>(load<float>(bytes)));
    }
    return numbers;
}

const GgufFile::Placement* GgufFile::placement(std::string_view name) const
{
    const auto position = index_.find(name);
    return position ? &placements_[*position] : nullptr;
}

Result<std::span<const std::byte>> GgufFile::raw_bytes(std::string_view name) const
{
    LYCEUM_ASSIGN(const std::size_t position, index_.require(name, path().string()));
    return placements_[position].bytes;
}

Result<void> GgufFile::read_float32(std::string_view name, std::span<float> out) const
{
    LYCEUM_ASSIGN(const std::size_t position, index_.require(name, path().string()));
    const Placement& at = placements_[position];
    LYCEUM_CHECK(out.size() == static_cast<std::size_t>(index_.all()[position].num_elements()),
                 "the buffer has the tensor's size");
    if (at.type->to_float32 == nullptr)
        return Error{ErrorCode::Unsupported,
                     path().string() + ": tensor " + std::string(name) + " is stored as " +
                         std::string(at.type->name) + ", which this version cannot read",
                     "Use a file in " + readable_ggml_types() + "."};
    convert_mapped(*file_, at.type->to_float32, at.type->block_elements, at.type->block_bytes,
                   at.bytes, out);
    return {};
}

} // namespace lyceum::formats

#include "core/formats/protobuf.h"

#include <cstring>

namespace lyceum::formats {

namespace {

// Wire types.
constexpr std::uint32_t kVarint = 0;
constexpr std::uint32_t kFixed64 = 1;
constexpr std::uint32_t kLengthDelimited = 2;
constexpr std::uint32_t kFixed32 = 5;

} // namespace

void ProtoWriter::varint(std::uint64_t value)
{
    while (value > 0x7FU) {
        text_ += static_cast<char>(static_cast<unsigned char>((value & 0x7FU) | 0x80U));
        value >>= 7;
    }
    text_ += static_cast<char>(value);
}

void ProtoWriter::key(std::uint32_t field, std::uint32_t wire_type)
{
    varint((std::uint64_t{field} << 3) | wire_type);
}

ProtoWriter& ProtoWriter::integer(std::uint32_t field, std::uint64_t value)
{
    key(field, kVarint);
    varint(value);
    return *this;
}

ProtoWriter& ProtoWriter::real(std::uint32_t field, double value)
{
    key(field, kFixed64);
    append_number(text_, value);
    return *this;
}

ProtoWriter& ProtoWriter::real32(std::uint32_t field, float value)
{
    key(field, kFixed32);
    append_number(text_, value);
    return *this;
}

ProtoWriter& ProtoWriter::bytes(std::uint32_t field, std::string_view value)
{
    key(field, kLengthDelimited);
    varint(value.size());
    text_ += value;
    return *this;
}

std::optional<std::uint64_t> ProtoReader::varint()
{
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(rest_.front());
        rest_.remove_prefix(1);
        value |= std::uint64_t{byte & 0x7FU} << shift;
        if ((byte & 0x80U) == 0)
            return value;
    }
    return std::nullopt;
}

std::optional<std::string_view> ProtoReader::take(std::uint64_t size)
{
    if (size > rest_.size())
        return std::nullopt;
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
}

std::optional<ProtoField> ProtoReader::next()
{
    if (rest_.empty() || is_broken_)
        return std::nullopt;
    is_broken_ = true; // until the field has been read whole
    const auto key = varint();
    if (!key || (*key >> 3) == 0 || (*key >> 3) > 0x1FFFFFFFU)
        return std::nullopt;
    ProtoField field{.number = static_cast<std::uint32_t>(*key >> 3)};
    const auto type = static_cast<std::uint32_t>(*key & 7U);
    if (type == kVarint || type == kLengthDelimited) {
        const auto value = varint();
        if (!value)
            return std::nullopt;
        field.integer = *value;
    }
    if (type == kLengthDelimited) {
        const auto bytes = take(field.integer);
        if (!bytes)
            return std::nullopt;
        field.bytes = *bytes;
    } else if (type == kFixed64 || type == kFixed32) {
        const auto bytes = take(type == kFixed64 ? 8 : 4);
        if (!bytes)
            return std::nullopt;
        std::memcpy(&field.integer, bytes->data(), bytes->size());
    } else if (type != kVarint) {
        return std::nullopt;
    }
    is_broken_ = false;
    return field;
}

std::optional<ProtoField> find_proto_field(std::string_view message, std::uint32_t number)
{
    std::optional<ProtoField> found;
    ProtoReader reader(message);
    while (const auto field = reader.next())
        if (field->number == number)
            found = field;
    return reader.is_broken() ? std::nullopt : found;
}

} // namespace lyceum::formats

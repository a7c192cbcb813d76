#pragma once

/// @file
/// Protocol buffers' wire format, by hand: enough to write messages, and to walk through them.
/// Source: protobuf.dev/programming-guides/encoding.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lyceum::formats {

/// Builds one message, field after field.
class ProtoWriter {
public:
    ProtoWriter& integer(std::uint32_t field, std::uint64_t value); ///< (u)int32/64, bool, enum
    ProtoWriter& real(std::uint32_t field, double value);           ///< double
    ProtoWriter& real32(std::uint32_t field, float value);          ///< float
    ProtoWriter& bytes(std::uint32_t field, std::string_view value);
    ProtoWriter& message(std::uint32_t field, const ProtoWriter& value)
    {
        return bytes(field, value.text());
    }

    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    void varint(std::uint64_t value);
    void key(std::uint32_t field, std::uint32_t wire_type);

    std::string text_;
};

/// One field of a message; `bytes` points into the message.
struct ProtoField {
    std::uint32_t number = 0;
    std::uint64_t integer = 0; ///< A varint, or the bits of a fixed-size number.
    std::string_view bytes;    ///< Of a string, a message or a packed list.
};

/// Walks through the fields of a message, in their order.
class ProtoReader {
public:
    explicit ProtoReader(std::string_view message) : rest_(message) {}
    /// @return nothing at the end, and where the bytes are no message (`is_broken`).
    [[nodiscard]] std::optional<ProtoField> next();
    [[nodiscard]] bool is_broken() const noexcept { return is_broken_; }

private:
    [[nodiscard]] std::optional<std::uint64_t> varint();
    [[nodiscard]] std::optional<std::string_view> take(std::uint64_t size);

    std::string_view rest_;
    bool is_broken_ = false;
};

/// The last field of that number; nothing when there is none, or the message is broken.
[[nodiscard]] std::optional<ProtoField> find_proto_field(std::string_view message,
                                                         std::uint32_t number);

/// Appends a number as its bytes, little-endian.
template <typename Number>
void append_number(std::string& text, Number value)
{
    text.append(reinterpret_cast<const char*>(&value), sizeof value);
}

} // namespace lyceum::formats

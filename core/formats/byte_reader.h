#pragma once

#include "core/base/result.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace lyceum::formats {

static_assert(std::endian::native == std::endian::little, "files are read as they lie in memory");

/// Reads little-endian numbers from bytes that may lie: every read is checked against what is left.
/// Does not own the bytes.
class ByteReader {
public:
    /// @param name of the file, for messages.
    ByteReader(std::span<const std::byte> bytes, std::string name)
        : bytes_(bytes), name_(std::move(name))
    {
    }

    [[nodiscard]] std::size_t position() const noexcept { return position_; }
    [[nodiscard]] std::size_t remaining() const noexcept { return bytes_.size() - position_; }

    /// @return InvalidData naming `field` when the file ends first; the position is then unchanged.
    template <typename T>
    [[nodiscard]] Result<T> read(std::string_view field)
    {
        static_assert(std::is_arithmetic_v<T>);
        LYCEUM_ASSIGN(const auto bytes, take(sizeof(T), field));
        T value;
        std::memcpy(&value, bytes.data(), sizeof(T));
        return value;
    }

    /// The next `count` bytes. @return InvalidData naming `field` and `count` when fewer are left.
    [[nodiscard]] Result<std::span<const std::byte>> take(std::uint64_t count,
                                                          std::string_view field)
    {
        if (count > remaining())
            return invalid(field, "needs " + std::to_string(count) + " bytes at offset " +
                                      std::to_string(position_) + ", but the file ends after " +
                                      std::to_string(remaining()));
        const auto taken = bytes_.subspan(position_, static_cast<std::size_t>(count));
        position_ += taken.size();
        return taken;
    }

    [[nodiscard]] Error invalid(std::string_view field, std::string_view problem) const
    {
        return Error{ErrorCode::InvalidData,
                     name_ + ": " + std::string(field) + " " + std::string(problem),
                     "The file is damaged or incomplete; get it again from where it came from."};
    }

private:
    std::span<const std::byte> bytes_;
    std::string name_;
    std::size_t position_ = 0;
};

} // namespace lyceum::formats

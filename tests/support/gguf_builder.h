#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::test {

/// Bytes of a GGUF file, piece by piece, right or wrong on purpose.
class GgufBuilder {
public:
    template <typename T>
    GgufBuilder& number(T value)
    {
        const std::size_t at = bytes_.size();
        bytes_.resize(at + sizeof(T));
        std::memcpy(bytes_.data() + at, &value, sizeof(T));
        return *this;
    }
    GgufBuilder& raw(std::string_view text)
    {
        bytes_.append(text);
        return *this;
    }
    GgufBuilder& string(std::string_view text)
    {
        return number<std::uint64_t>(text.size()).raw(text);
    }
    GgufBuilder& start(std::uint64_t num_tensors, std::uint64_t num_values,
                       std::uint32_t version = 3)
    {
        return raw("GGUF").number(version).number(num_tensors).number(num_values);
    }
    GgufBuilder& value_string(std::string_view key, std::string_view value)
    {
        return string(key).number<std::uint32_t>(8).string(value);
    }
    GgufBuilder& value_u32(std::string_view key, std::uint32_t value)
    {
        return string(key).number<std::uint32_t>(4).number(value);
    }
    GgufBuilder& value_f32(std::string_view key, float value)
    {
        return string(key).number<std::uint32_t>(6).number(value);
    }
    GgufBuilder& value_strings(std::string_view key, const std::vector<std::string>& values)
    {
        string(key).number<std::uint32_t>(9).number<std::uint32_t>(8);
        number<std::uint64_t>(values.size());
        for (const std::string& value : values)
            string(value);
        return *this;
    }
    /// @param sizes innermost first, as the format has them.
    GgufBuilder& tensor(std::string_view name, const std::vector<std::uint64_t>& sizes,
                        std::uint32_t type, std::uint64_t offset)
    {
        string(name).number(static_cast<std::uint32_t>(sizes.size()));
        for (const std::uint64_t size : sizes)
            number(size);
        return number(type).number(offset);
    }
    GgufBuilder& pad(std::size_t alignment = 32)
    {
        bytes_.resize((bytes_.size() + alignment - 1) / alignment * alignment);
        return *this;
    }

    [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

private:
    std::string bytes_;
};

inline void write_bytes(const std::filesystem::path& path, std::string_view bytes)
{
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary | std::ios::trunc)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

} // namespace lyceum::test

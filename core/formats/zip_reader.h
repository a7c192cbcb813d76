#pragma once

#include "core/base/result.h"
#include "core/formats/mapped_file.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::formats {

/// The entries of a ZIP archive as they lie in the file. Archives that PyTorch writes only:
/// nothing compressed, encrypted or split. Immutable.
class ZipReader {
public:
    /// Checks every entry: inside the file, no two share bytes, plain names.
    /// @return InvalidData naming the entry; Unsupported for a compressed or encrypted one.
    [[nodiscard]] static Result<ZipReader> open(std::shared_ptr<const MappedFile> file);

    [[nodiscard]] const std::map<std::string, std::span<const std::byte>, std::less<>>&
    entries() const noexcept
    {
        return entries_;
    }
    /// @return InvalidData naming the entry when it is missing or its CRC is another.
    [[nodiscard]] Result<std::span<const std::byte>> checked(std::string_view name) const;

    [[nodiscard]] const MappedFile& file() const noexcept { return *file_; }

private:
    friend class ZipParser;
    ZipReader() = default;

    std::shared_ptr<const MappedFile> file_;
    std::map<std::string, std::span<const std::byte>, std::less<>> entries_;
    std::map<std::string, std::uint32_t, std::less<>> crcs_;
};

} // namespace lyceum::formats

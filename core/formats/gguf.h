#pragma once

/// @file
/// GGUF, versions 2 and 3, little-endian: metadata and tensors of llama.cpp's model files.
/// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md

#include "core/formats/ggml_types.h"
#include "core/formats/mapped_file.h"
#include "core/formats/tensor_index.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::formats {

enum class GgufType : std::uint32_t {
    Uint8 = 0,
    Int8 = 1,
    Uint16 = 2,
    Int16 = 3,
    Uint32 = 4,
    Int32 = 5,
    Float32 = 6,
    Bool = 7,
    String = 8,
    Array = 9,
    Uint64 = 10,
    Int64 = 11,
    Float64 = 12,
};

/// "uint32", "string", ...
[[nodiscard]] std::string_view gguf_type_name(GgufType type) noexcept;

/// One metadata value, still as bytes of the mapped file; its lengths have been checked.
struct GgufValue {
    GgufType type = GgufType::Uint8; ///< Of the value, or of an array's elements.
    bool is_array = false;
    std::uint64_t count = 1; ///< Elements of an array.
    std::span<const std::byte>
        bytes; ///< A string's characters; an array's elements, strings with their lengths.
};

/// A mapped GGUF file: every count, length, offset and type checked against the file when opened.
/// Immutable; reads may run side by side.
class GgufFile final : public TensorSource {
public:
    /// @return NotFound, Io; InvalidData naming field and value; Unsupported for a version or byte
    /// order this cannot read.
    [[nodiscard]] static Result<std::shared_ptr<const GgufFile>>
    open(const std::filesystem::path& path);

    [[nodiscard]] std::uint32_t version() const noexcept { return version_; }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return file_->path(); }

    [[nodiscard]] bool has(std::string_view key) const { return values_.contains(key); }
    [[nodiscard]] std::vector<std::string> keys() const;

    /// Metadata by key. @return InvalidData naming the key when it is missing or of another type.
    [[nodiscard]] Result<std::string> get_string(std::string_view key) const;
    [[nodiscard]] Result<bool> get_bool(std::string_view key) const;
    [[nodiscard]] Result<std::int64_t> get_integer(std::string_view key) const;
    [[nodiscard]] Result<double> get_number(std::string_view key) const;
    [[nodiscard]] Result<std::vector<std::string>> get_strings(std::string_view key) const;
    [[nodiscard]] Result<std::vector<std::int64_t>> get_integers(std::string_view key) const;
    [[nodiscard]] Result<std::vector<double>> get_numbers(std::string_view key) const;

    [[nodiscard]] const std::vector<TensorInfo>& tensors() const noexcept override
    {
        return index_.all();
    }
    [[nodiscard]] Result<void> read_float32(std::string_view name,
                                            std::span<float> out) const override;
    [[nodiscard]] Result<std::span<const std::byte>>
    raw_bytes(std::string_view name) const override;

    /// Where a tensor lies; a row is the last dimension and a whole number of blocks.
    struct Placement {
        const GgmlType* type = nullptr;
        std::span<const std::byte> bytes;
    };
    /// Null when there is no such tensor.
    [[nodiscard]] const Placement* placement(std::string_view name) const;
    /// After reading a placement's bytes: as MappedFile::release.
    void release(std::span<const std::byte> part) const noexcept { file_->release(part); }

private:
    friend class GgufParser;
    GgufFile() = default;
    [[nodiscard]] Result<const GgufValue*> require(std::string_view key, bool is_array) const;
    [[nodiscard]] Error wrong_type(std::string_view key, const GgufValue& value,
                                   std::string_view wanted) const;

    std::shared_ptr<const MappedFile> file_;
    std::uint32_t version_ = 0;
    std::map<std::string_view, GgufValue> values_; ///< Keys are views of the file.
    TensorIndex index_;
    std::vector<Placement> placements_; ///< In the order of index_.
};

} // namespace lyceum::formats

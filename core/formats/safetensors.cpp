#include "core/formats/safetensors.h"

#include "core/base/check.h"
#include "core/formats/byte_reader.h"
#include "core/formats/convert.h"
#include "core/formats/ggml_types.h"
#include "core/formats/json_description.h"
#include "core/formats/mapped_file.h"
#include "core/formats/mapped_values.h"
#include "core/formats/safetensors_dtypes.h"
#include "core/formats/tensor_index.h"

#include <algorithm>
#include <utility>

namespace lyceum::formats {
namespace {

class SafetensorsFile final : public TensorSource {
public:
    explicit SafetensorsFile(std::shared_ptr<const MappedFile> file)
        : file_(std::move(file)), name_(file_->path().string())
    {
    }

    Result<void> read_header();
    [[nodiscard]] const Json& metadata() const noexcept { return metadata_; }

    [[nodiscard]] const std::vector<TensorInfo>& tensors() const noexcept override
    {
        return index_.all();
    }

    [[nodiscard]] Result<std::span<const std::byte>> raw_bytes(std::string_view name) const override
    {
        LYCEUM_ASSIGN(const std::size_t position, index_.require(name, name_));
        return placements_[position].bytes;
    }

    [[nodiscard]] Result<void> read_float32(std::string_view name,
                                            std::span<float> out) const override
    {
        LYCEUM_ASSIGN(const std::size_t position, index_.require(name, name_));
        LYCEUM_CHECK(out.size() == static_cast<std::size_t>(index_.all()[position].num_elements()),
                     "the buffer has the tensor's size");
        const Placement& at = placements_[position];
        if (at.dtype->to_float32 == nullptr)
            return Error{ErrorCode::Unsupported,
                         name_ + ": tensor " + std::string(name) + " is stored as " +
                             std::string(at.dtype->name) +
                             ", which this version cannot read as numbers",
                         "Use a file in F32, F16 or BF16."};
        convert_mapped(*file_, at.dtype->to_float32, 1, static_cast<std::size_t>(at.dtype->size),
                       at.bytes, out);
        return {};
    }

private:
    struct Placement {
        const SafetensorsDtype* dtype = nullptr;
        std::span<const std::byte> bytes;
    };
    struct Range {
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
        std::string name;
    };

    Error invalid(std::string_view tensor, std::string_view problem) const
    {
        return Error{ErrorCode::InvalidData,
                     name_ + ": tensor " + std::string(tensor) + " " + std::string(problem),
                     "The file is damaged or incomplete; get it again from where it came from."};
    }
    Result<void> add_tensor(const std::string& tensor, const Json& entry,
                            std::span<const std::byte> data, std::vector<Range>& ranges);
    Result<void> check_contiguous(std::vector<Range>& ranges, std::uint64_t data_size) const;

    std::shared_ptr<const MappedFile> file_;
    std::string name_;
    Json metadata_;
    TensorIndex index_;
    std::vector<Placement> placements_; ///< In the order of index_.
};

Result<void> SafetensorsFile::read_header()
{
    ByteReader reader(file_->bytes(), name_);
    LYCEUM_ASSIGN(const auto length, reader.read<std::uint64_t>("the header's length"));
    if (length > kMaxDescriptionBytes)
        return reader.invalid("the header's length", "is " + std::to_string(length) +
                                                         " bytes, the limit is " +
                                                         std::to_string(kMaxDescriptionBytes));
    LYCEUM_ASSIGN(const auto bytes, reader.take(length, "the header"));
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (!text.starts_with('{'))
        return reader.invalid("the header", "does not begin with '{': this is no safetensors file");
    LYCEUM_ASSIGN(Json header, parse_description(text, name_ + ": the header"));
    const auto data = file_->bytes().subspan(reader.position());
    std::vector<Range> ranges;
    for (auto& [key, entry] : header.items()) {
        if (key == "__metadata__")
            metadata_ = std::move(entry);
        else
            LYCEUM_TRY(add_tensor(key, entry, data, ranges));
    }
    return check_contiguous(ranges, data.size());
}

/// The entry's "shape" and "data_offsets": arrays of non-negative integers, at most 16 of them.
std::optional<std::vector<std::int64_t>> read_integers(const JsonObject& entry,
                                                       std::string_view key)
{
    constexpr std::size_t kMaxCount = 16;
    const Json* array = entry.find(key);
    if (array == nullptr || !array->is_array() || array->size() > kMaxCount)
        return std::nullopt;
    std::vector<std::int64_t> numbers;
    for (const Json& element : *array) {
        if (!element.is_number_unsigned() ||
            !std::in_range<std::int64_t>(element.get<std::uint64_t>()))
            return std::nullopt;
        numbers.push_back(element.get<std::int64_t>());
    }
    return numbers;
}

Result<void> SafetensorsFile::add_tensor(const std::string& tensor, const Json& entry,
                                         std::span<const std::byte> data,
                                         std::vector<Range>& ranges)
{
    if (!entry.is_object())
        return invalid(tensor, "is described by " + excerpt(entry) + ", expected an object");
    const JsonObject fields(entry, name_);
    const Json* dtype_name = fields.find("dtype");
    const SafetensorsDtype* dtype = nullptr;
    if (dtype_name != nullptr && dtype_name->is_string())
        dtype = find_safetensors_dtype(dtype_name->get_ref<const std::string&>());
    if (dtype == nullptr)
        return invalid(tensor, "has the unknown dtype " +
                                   (dtype_name == nullptr ? "(none)" : excerpt(*dtype_name)));
    const auto shape = read_integers(fields, "shape");
    const auto offsets = read_integers(fields, "data_offsets");
    if (!shape)
        return invalid(tensor, "has no valid \"shape\": " + excerpt(entry));
    if (!offsets || offsets->size() != 2)
        return invalid(tensor, "has no valid \"data_offsets\": " + excerpt(entry));
    const auto size = checked_size(*shape, dtype->size);
    const auto begin = static_cast<std::uint64_t>(offsets->at(0));
    const auto end = static_cast<std::uint64_t>(offsets->at(1));
    if (begin > end || end > data.size())
        return invalid(tensor, "lies at bytes " + std::to_string(begin) + " to " +
                                   std::to_string(end) + " of " + std::to_string(data.size()));
    if (!size || *size != end - begin)
        return invalid(tensor, "has the shape " + describe_shape(*shape) + " of " +
                                   std::string(dtype->name) + ", but " +
                                   std::to_string(end - begin) + " bytes");
    if (!index_.add({tensor, *shape, std::string(dtype->name), *size}))
        return invalid(tensor, "is there twice");
    placements_.push_back(
        {dtype, data.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(*size))});
    ranges.push_back({begin, end, tensor});
    return {};
}

Result<void> SafetensorsFile::check_contiguous(std::vector<Range>& ranges,
                                               std::uint64_t data_size) const
{
    std::ranges::sort(ranges, {}, [](const Range& r) { return std::pair(r.begin, r.end); });
    std::uint64_t expected = 0;
    for (const Range& range : ranges) {
        if (range.begin != expected)
            return invalid(range.name, "starts at byte " + std::to_string(range.begin) +
                                           ", expected " + std::to_string(expected));
        expected = range.end;
    }
    if (expected != data_size)
        return Error{ErrorCode::InvalidData,
                     name_ + " has " + std::to_string(data_size) +
                         " bytes of data, but its tensors take " + std::to_string(expected),
                     "The file is damaged or incomplete; get it again from where it came from."};
    return {};
}

Result<std::unique_ptr<SafetensorsFile>> open_file(const std::filesystem::path& path)
{
    LYCEUM_ASSIGN(auto mapped, MappedFile::open(path));
    auto file = std::make_unique<SafetensorsFile>(std::move(mapped));
    LYCEUM_TRY(file->read_header());
    return file;
}

} // namespace

Result<std::unique_ptr<TensorSource>> open_safetensors(const std::filesystem::path& path)
{
    LYCEUM_ASSIGN(auto file, open_file(path));
    return std::unique_ptr<TensorSource>(std::move(file));
}

Result<std::map<std::string, std::string>>
read_safetensors_metadata(const std::filesystem::path& path)
{
    LYCEUM_ASSIGN(const auto file, open_file(path));
    std::map<std::string, std::string> metadata;
    if (file->metadata().is_null())
        return metadata;
    for (const auto& [key, value] : file->metadata().items()) {
        if (!value.is_string())
            return Error{ErrorCode::InvalidData,
                         path.string() + ": __metadata__ \"" + key + "\" is " + excerpt(value) +
                             ", expected a string",
                         ""};
        metadata.emplace(key, value.get<std::string>());
    }
    return metadata;
}

} // namespace lyceum::formats

#include "core/formats/byte_reader.h"
#include "core/formats/gguf.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace lyceum::formats {
namespace {

struct ValueType {
    std::string_view name;
    std::size_t size; ///< Bytes; 0 for string and array.
};
constexpr auto kValueTypes = std::to_array<ValueType>({{"uint8", 1},
                                                       {"int8", 1},
                                                       {"uint16", 2},
                                                       {"int16", 2},
                                                       {"uint32", 4},
                                                       {"int32", 4},
                                                       {"float32", 4},
                                                       {"bool", 1},
                                                       {"string", 0},
                                                       {"array", 0},
                                                       {"uint64", 8},
                                                       {"int64", 8},
                                                       {"float64", 8}});

constexpr std::uint64_t kMaxKeyBytes = 65535; // the format's limit
constexpr std::uint64_t kMaxNameBytes = 255;  // GGML_MAX_NAME is 64
// Far above any model; what is kept of each takes several times its bytes in the file.
constexpr std::uint64_t kMaxTensors = std::uint64_t{1} << 16;
constexpr std::uint64_t kMaxValues = std::uint64_t{1} << 16;
constexpr std::uint64_t kMaxStrings = std::uint64_t{1} << 20;
constexpr std::uint32_t kMaxDims = 4; // GGML_MAX_DIMS
constexpr std::uint32_t kMaxAlignment = 1U << 20;
constexpr std::uint64_t kMinValueBytes = 8 + 4 + 1;      // empty key, type, one byte
constexpr std::uint64_t kMinTensorBytes = 8 + 4 + 4 + 8; // empty name, dims, type, offset

} // namespace

std::string_view gguf_type_name(GgufType type) noexcept
{
    return kValueTypes[static_cast<std::size_t>(type)].name;
}

/// Reads a file's head front to back; `finish` hands out the file only when every check has passed.
class GgufParser {
public:
    explicit GgufParser(std::shared_ptr<const MappedFile> file)
        : reader_(file->bytes(), file->path().string())
    {
        file_.file_ = std::move(file);
    }

    Result<std::shared_ptr<const GgufFile>> parse()
    {
        LYCEUM_ASSIGN(const Counts counts, read_start());
        for (std::uint64_t i = 0; i < counts.values; ++i)
            LYCEUM_TRY(read_key_and_value());
        LYCEUM_ASSIGN(const std::uint64_t alignment, read_alignment());
        std::vector<std::uint64_t> offsets;
        for (std::uint64_t i = 0; i < counts.tensors; ++i) {
            LYCEUM_ASSIGN(const std::uint64_t offset, read_tensor_info());
            offsets.push_back(offset);
        }
        LYCEUM_TRY(place_tensors(offsets, alignment));
        return std::shared_ptr<const GgufFile>(new GgufFile(std::move(file_)));
    }

private:
    struct Counts {
        std::uint64_t tensors = 0;
        std::uint64_t values = 0;
    };

    Result<Counts> read_start()
    {
        LYCEUM_ASSIGN(const auto magic, reader_.take(4, "the magic number"));
        if (std::memcmp(magic.data(), "GGUF", 4) != 0)
            return reader_.invalid("the magic number", "is not \"GGUF\": this is not a GGUF file");
        LYCEUM_ASSIGN(file_.version_, reader_.read<std::uint32_t>("the version"));
        const std::uint32_t version = file_.version_;
        if (version != 2 && version != 3) {
            const bool swapped = (version & 0xFFFFU) == 0;
            return unsupported(swapped ? "a big-endian GGUF file"
                                       : "GGUF version " + std::to_string(version),
                               "This version reads little-endian GGUF 2 and 3.");
        }
        Counts counts;
        LYCEUM_ASSIGN(counts.tensors, reader_.read<std::uint64_t>("the number of tensors"));
        LYCEUM_ASSIGN(counts.values, reader_.read<std::uint64_t>("the number of metadata values"));
        if (counts.values > reader_.remaining() / kMinValueBytes)
            return reader_.invalid("the number of metadata values",
                                   "is " + std::to_string(counts.values) +
                                       ", more than the file has room for");
        if (counts.tensors > reader_.remaining() / kMinTensorBytes)
            return reader_.invalid("the number of tensors",
                                   "is " + std::to_string(counts.tensors) +
                                       ", more than the file has room for");
        if (counts.tensors > kMaxTensors)
            return too_many("the number of tensors", counts.tensors, kMaxTensors);
        if (counts.values > kMaxValues)
            return too_many("the number of metadata values", counts.values, kMaxValues);
        return counts;
    }

    Error unsupported(const std::string& what, std::string hint) const
    {
        return Error{ErrorCode::Unsupported, file_.path().string() + " is " + what,
                     std::move(hint)};
    }

    Result<std::string_view> read_string(std::string_view field, std::uint64_t limit)
    {
        LYCEUM_ASSIGN(const auto length, reader_.read<std::uint64_t>(field));
        if (length > limit)
            return reader_.invalid(field, "has a length of " + std::to_string(length) +
                                              " bytes, the limit is " + std::to_string(limit));
        LYCEUM_ASSIGN(const auto bytes, reader_.take(length, field));
        return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }

    Error too_many(std::string_view field, std::uint64_t count, std::uint64_t limit) const
    {
        return reader_.invalid(field, "is " + std::to_string(count) + ", the limit is " +
                                          std::to_string(limit));
    }

    Result<GgufType> read_value_type(std::string_view field)
    {
        LYCEUM_ASSIGN(const auto type, reader_.read<std::uint32_t>(field));
        if (type >= kValueTypes.size())
            return reader_.invalid(field, "has the unknown type " + std::to_string(type));
        return static_cast<GgufType>(type);
    }

    Result<void> read_key_and_value()
    {
        LYCEUM_ASSIGN(const std::string_view key, read_string("a metadata key", kMaxKeyBytes));
        const std::string field = "metadata " + std::string(key);
        GgufValue value;
        LYCEUM_ASSIGN(value.type, read_value_type(field));
        if (value.type == GgufType::Array)
            LYCEUM_TRY(read_array(value, field));
        else
            LYCEUM_TRY(read_single(value, field));
        if (!file_.values_.emplace(key, value).second)
            return reader_.invalid(field, "is there twice");
        return {};
    }

    Result<void> read_single(GgufValue& value, std::string_view field)
    {
        std::uint64_t size = kValueTypes[static_cast<std::size_t>(value.type)].size;
        if (value.type == GgufType::String) {
            LYCEUM_ASSIGN(size, reader_.read<std::uint64_t>(field));
        }
        LYCEUM_ASSIGN(value.bytes, reader_.take(size, field));
        return {};
    }

    Result<void> read_array(GgufValue& value, std::string_view field)
    {
        value.is_array = true;
        LYCEUM_ASSIGN(value.type, read_value_type(field));
        LYCEUM_ASSIGN(value.count, reader_.read<std::uint64_t>(field));
        if (value.type == GgufType::Array)
            return Error{ErrorCode::Unsupported,
                         file_.path().string() + ": " + std::string(field) +
                             " is an array of arrays, which this version cannot read",
                         ""};
        if (value.type == GgufType::String)
            return read_string_array(value, field);
        const std::uint64_t size = kValueTypes[static_cast<std::size_t>(value.type)].size;
        const auto total = checked_product(value.count, size);
        if (!total)
            return reader_.invalid(field, "has " + std::to_string(value.count) +
                                              " elements, more than the file has room for");
        LYCEUM_ASSIGN(value.bytes, reader_.take(*total, field));
        return {};
    }

    /// Walks the strings, so that later reads need no checks.
    Result<void> read_string_array(GgufValue& value, std::string_view field)
    {
        const std::size_t start = reader_.position();
        if (value.count > reader_.remaining() / sizeof(std::uint64_t))
            return reader_.invalid(field, "has " + std::to_string(value.count) +
                                              " strings, more than the file has room for");
        if (value.count > kMaxStrings)
            return too_many("the number of strings of " + std::string(field), value.count,
                            kMaxStrings);
        for (std::uint64_t i = 0; i < value.count; ++i) {
            LYCEUM_ASSIGN(const auto length, reader_.read<std::uint64_t>(field));
            LYCEUM_TRY(reader_.take(length, field));
        }
        value.bytes = file_.file_->bytes().subspan(start, reader_.position() - start);
        return {};
    }

    Result<std::uint64_t> read_alignment()
    {
        constexpr std::string_view kKey = "general.alignment";
        if (!file_.has(kKey))
            return std::uint64_t{32};
        LYCEUM_ASSIGN(const std::int64_t alignment, file_.get_integer(kKey));
        if (alignment <= 0 || alignment > kMaxAlignment ||
            !std::has_single_bit(static_cast<std::uint64_t>(alignment)))
            return reader_.invalid(kKey, "is " + std::to_string(alignment) +
                                             ", expected a power of two up to " +
                                             std::to_string(kMaxAlignment));
        return static_cast<std::uint64_t>(alignment);
    }

    /// @return the tensor's offset in the data section, not yet checked.
    Result<std::uint64_t> read_tensor_info()
    {
        TensorInfo info;
        LYCEUM_ASSIGN(const std::string_view name, read_string("a tensor's name", kMaxNameBytes));
        info.name = name;
        const std::string field = "tensor " + info.name;
        LYCEUM_ASSIGN(const auto num_dims, reader_.read<std::uint32_t>(field));
        if (num_dims > kMaxDims)
            return reader_.invalid(field, "has " + std::to_string(num_dims) +
                                              " dimensions, the limit is 4");
        std::uint64_t num_elements = 1;
        for (std::uint32_t i = 0; i < num_dims; ++i) {
            LYCEUM_ASSIGN(const auto size, reader_.read<std::uint64_t>(field));
            const auto product = checked_product(num_elements, size);
            if (size == 0 || !product || !std::in_range<std::int64_t>(*product))
                return reader_.invalid(field, "has a dimension of " + std::to_string(size));
            num_elements = *product;
            info.shape.insert(info.shape.begin(), static_cast<std::int64_t>(size));
        }
        LYCEUM_ASSIGN(const auto type_id, reader_.read<std::uint32_t>(field));
        const GgmlType* type = find_ggml_type(type_id);
        if (type == nullptr)
            return reader_.invalid(field, "has the unknown data type " + std::to_string(type_id));
        const auto row = static_cast<std::uint64_t>(info.shape.empty() ? 1 : info.shape.back());
        if (row % type->block_elements != 0)
            return reader_.invalid(
                field, "has rows of " + std::to_string(row) + " elements, no multiple of the " +
                           std::to_string(type->block_elements) + " of " + std::string(type->name));
        const auto size_bytes =
            checked_product(num_elements / type->block_elements, type->block_bytes);
        if (!size_bytes)
            return reader_.invalid(field, "has " + std::to_string(num_elements) + " elements");
        info.size_bytes = *size_bytes;
        info.dtype = std::string(type->name);
        if (!file_.index_.add(std::move(info)))
            return reader_.invalid(field, "is there twice");
        file_.placements_.push_back({type, {}});
        return reader_.read<std::uint64_t>(field);
    }

    Result<void> place_tensors(const std::vector<std::uint64_t>& offsets, std::uint64_t alignment)
    {
        const auto bytes = file_.file_->bytes();
        const std::uint64_t start = (reader_.position() + alignment - 1) / alignment * alignment;
        const std::uint64_t data_size = start > bytes.size() ? 0 : bytes.size() - start;
        std::vector<std::pair<std::uint64_t, std::size_t>> order;
        for (std::size_t i = 0; i < offsets.size(); ++i) {
            const TensorInfo& info = file_.index_.all()[i];
            const std::uint64_t offset = offsets[i];
            if (offset % alignment != 0)
                return reader_.invalid("tensor " + info.name,
                                       "starts at offset " + std::to_string(offset) +
                                           ", no multiple of the alignment " +
                                           std::to_string(alignment));
            if (offset > data_size || info.size_bytes > data_size - offset)
                return reader_.invalid("tensor " + info.name,
                                       "needs " + std::to_string(info.size_bytes) +
                                           " bytes at offset " + std::to_string(offset) +
                                           ", but the data section has " +
                                           std::to_string(data_size));
            file_.placements_[i].bytes = bytes.subspan(static_cast<std::size_t>(start + offset),
                                                       static_cast<std::size_t>(info.size_bytes));
            order.emplace_back(offset, i);
        }
        return check_overlap(order);
    }

    Result<void> check_overlap(std::vector<std::pair<std::uint64_t, std::size_t>>& order)
    {
        std::ranges::sort(order);
        for (std::size_t i = 1; i < order.size(); ++i) {
            const TensorInfo& before = file_.index_.all()[order[i - 1].second];
            if (order[i - 1].first + before.size_bytes > order[i].first)
                return reader_.invalid("tensor " + file_.index_.all()[order[i].second].name,
                                       "starts at offset " + std::to_string(order[i].first) +
                                           ", inside tensor " + before.name);
        }
        return {};
    }

    ByteReader reader_;
    GgufFile file_;
};

Result<std::shared_ptr<const GgufFile>> GgufFile::open(const std::filesystem::path& path)
{
    LYCEUM_ASSIGN(auto file, MappedFile::open(path));
    return GgufParser(std::move(file)).parse();
}

} // namespace lyceum::formats

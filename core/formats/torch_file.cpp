#include "core/formats/torch_file.h"

#include "core/base/check.h"
#include "core/formats/mapped_values.h"
#include "core/formats/pickle_reader.h"
#include "core/formats/safetensors_dtypes.h"
#include "core/formats/tensor_index.h"
#include "core/formats/zip_reader.h"

#include <algorithm>
#include <array>
#include <utility>

namespace lyceum::formats {
namespace {

/// Storage types and what safetensors calls them.
constexpr auto kStorages = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"FloatStorage", "F32"},
    {"HalfStorage", "F16"},
    {"BFloat16Storage", "BF16"},
    {"DoubleStorage", "F64"},
    {"LongStorage", "I64"},
    {"IntStorage", "I32"},
    {"ShortStorage", "I16"},
    {"CharStorage", "I8"},
    {"ByteStorage", "U8"},
    {"BoolStorage", "BOOL"},
});

constexpr std::size_t kMaxPickleBytes = std::size_t{1} << 28;

class TorchFile final : public TensorSource {
public:
    TorchFile(std::string name, ZipReader zip) : name_(std::move(name)), zip_(std::move(zip)) {}

    Result<void> read_index()
    {
        LYCEUM_ASSIGN(const std::string folder, find_folder());
        if (zip_.entries().contains(folder + "byteorder")) {
            LYCEUM_ASSIGN(const auto order, zip_.checked(folder + "byteorder"));
            const std::string_view text(reinterpret_cast<const char*>(order.data()), order.size());
            if (text != "little")
                return Error{ErrorCode::Unsupported, name_ + " is a big-endian file",
                             "Save the model again on a little-endian machine."};
        }
        LYCEUM_ASSIGN(const auto pickle, zip_.checked(folder + "data.pkl"));
        if (pickle.size() > kMaxPickleBytes)
            return Error{ErrorCode::Unsupported,
                         name_ + ": the pickle has " + std::to_string(pickle.size()) + " bytes",
                         "Save model.state_dict() alone."};
        LYCEUM_ASSIGN(const auto tensors, read_pickle(pickle, name_));
        for (const PickledTensor& tensor : tensors)
            LYCEUM_TRY(add(tensor, folder));
        return {};
    }

    [[nodiscard]] const std::vector<TensorInfo>& tensors() const noexcept override
    {
        return index_.all();
    }

    [[nodiscard]] Result<void> read_float32(std::string_view name,
                                            std::span<float> out) const override
    {
        LYCEUM_ASSIGN(const std::size_t position, index_.require(name, name_));
        const TensorInfo& info = index_.all()[position];
        LYCEUM_CHECK(out.size() == static_cast<std::size_t>(info.num_elements()),
                     "the buffer has the tensor's size");
        const Placement& at = placements_[position];
        if (at.dtype->to_float32 == nullptr)
            return Error{ErrorCode::Unsupported,
                         name_ + ": tensor " + std::string(name) + " is stored as " +
                             std::string(at.dtype->name) +
                             ", which this version cannot read as numbers",
                         "Use a file in F32, F16 or BF16."};
        if (at.contiguous)
            convert_mapped(zip_.file(), at.dtype->to_float32, 1,
                           static_cast<std::size_t>(at.dtype->size), at.bytes, out);
        else if (!out.empty())
            read_strided(info.shape, at, out);
        return {};
    }

    [[nodiscard]] Result<std::span<const std::byte>> raw_bytes(std::string_view name) const override
    {
        LYCEUM_ASSIGN(const std::size_t position, index_.require(name, name_));
        const Placement& at = placements_[position];
        return at.contiguous ? Result<std::span<const std::byte>>(at.bytes)
                             : TensorSource::raw_bytes(name);
    }

private:
    struct Placement {
        const SafetensorsDtype* dtype = nullptr;
        std::span<const std::byte> bytes;  ///< From the first element on.
        std::vector<std::int64_t> strides; ///< In elements.
        bool contiguous = true;
    };

    Error invalid(const std::string& what) const
    {
        return Error{ErrorCode::InvalidData, name_ + ": " + what,
                     "The file is damaged or incomplete; get it again from where it came from."};
    }

    /// "archive/": everything lies in one folder, beside its data.pkl.
    Result<std::string> find_folder() const
    {
        constexpr std::string_view kPickle = "data.pkl";
        for (const auto& [name, bytes] : zip_.entries())
            if (name.ends_with("/data.pkl") && name.find('/') == name.size() - kPickle.size() - 1)
                return name.substr(0, name.size() - kPickle.size());
        return invalid("the archive has no data.pkl, as torch.save writes it");
    }

    Result<void> add(const PickledTensor& tensor, const std::string& folder)
    {
        const std::string what = "tensor " + tensor.name;
        const auto* known = std::ranges::find(kStorages, tensor.storage_type,
                                              [](const auto& each) { return each.first; });
        if (known == kStorages.end())
            return invalid(what + " has a storage of " + tensor.storage_type);
        const SafetensorsDtype& dtype = *find_safetensors_dtype(known->second);
        const auto entry = zip_.entries().find(folder + "data/" + tensor.key);
        if (entry == zip_.entries().end())
            return invalid(what + " lies in storage " + tensor.key +
                           ", which the archive does not have");
        const std::uint64_t stored = entry->second.size() / dtype.size;
        if (tensor.storage_elements < 0 ||
            static_cast<std::uint64_t>(tensor.storage_elements) != stored)
            return invalid(what + " lies in a storage of " +
                           std::to_string(tensor.storage_elements) +
                           " elements, but the archive has " + std::to_string(stored));
        const auto size = checked_size(tensor.shape, dtype.size);
        if (!size || *size / dtype.size > stored || !fits(tensor, stored))
            return invalid(what + " has the shape " + describe_shape(tensor.shape) + ", strides " +
                           describe_shape(tensor.strides) + " and offset " +
                           std::to_string(tensor.offset) + ", beyond its storage of " +
                           std::to_string(stored) + " elements");
        const auto first = static_cast<std::size_t>(*size == 0 ? 0 : tensor.offset) * dtype.size;
        const bool contiguous = is_contiguous(tensor);
        const auto bytes = entry->second.subspan(first);
        placements_.push_back({&dtype,
                               contiguous ? bytes.first(static_cast<std::size_t>(*size)) : bytes,
                               tensor.strides, contiguous});
        if (!index_.add({tensor.name, tensor.shape, std::string(dtype.name), *size}))
            return invalid(what + " is there twice");
        return {};
    }

    /// The last element, offset + sum (size - 1) stride, lies in the storage.
    static bool fits(const PickledTensor& tensor, std::uint64_t stored)
    {
        if (tensor.offset < 0)
            return false;
        auto last = static_cast<std::uint64_t>(tensor.offset);
        for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
            if (tensor.shape[i] == 0)
                return true;
            const auto reach = checked_product(static_cast<std::uint64_t>(tensor.shape[i] - 1),
                                               static_cast<std::uint64_t>(tensor.strides[i]));
            if (!reach || *reach > stored)
                return false;
            last += *reach; // at most 16 times `stored`, itself below 2^60
            if (last > stored)
                return false;
        }
        return last < stored;
    }

    static bool is_contiguous(const PickledTensor& tensor)
    {
        std::int64_t expected = 1;
        for (std::size_t i = tensor.shape.size(); i > 0; --i) {
            if (tensor.shape[i - 1] != 1 && tensor.strides[i - 1] != expected)
                return false;
            expected *= tensor.shape[i - 1];
        }
        return true;
    }

    static void read_strided(const std::vector<std::int64_t>& shape, const Placement& at,
                             std::span<float> out)
    {
        std::vector<std::int64_t> index(shape.size(), 0);
        std::int64_t element = 0;
        for (float& value : out) {
            at.dtype->to_float32(
                at.bytes.data() + static_cast<std::size_t>(element) * at.dtype->size, 1, &value);
            for (std::size_t dim = shape.size(); dim > 0; --dim) { // the last one runs fastest
                element += at.strides[dim - 1];
                if (++index[dim - 1] < shape[dim - 1])
                    break;
                element -= at.strides[dim - 1] * shape[dim - 1];
                index[dim - 1] = 0;
            }
        }
    }

    std::string name_;
    ZipReader zip_;
    TensorIndex index_;
    std::vector<Placement> placements_; ///< In the order of index_.
};

Result<void> check_start(const MappedFile& file)
{
    const auto bytes = file.bytes();
    const auto starts_with = [&](std::initializer_list<unsigned char> magic) {
        return bytes.size() >= magic.size() &&
               std::equal(magic.begin(), magic.end(), bytes.begin(),
                          [](unsigned char a, std::byte b) { return std::byte{a} == b; });
    };
    if (starts_with({'P', 'K', 3, 4}))
        return {};
    const std::string name = file.path().string();
    if (starts_with({0x80, 0x02, 0x8A, 0x0A}))
        return Error{ErrorCode::Unsupported, name + " is in the format of before PyTorch 1.6",
                     "Convert it with PyTorch: torch.save(torch.load(\"" + name +
                         "\", weights_only=True), \"new.bin\")."};
    return Error{ErrorCode::InvalidData, name + " is no file of torch.save: it is no ZIP archive",
                 "Get the file again from where it came from."};
}

} // namespace

Result<std::unique_ptr<TensorSource>> open_torch(const std::filesystem::path& path)
{
    LYCEUM_ASSIGN(auto mapped, MappedFile::open(path));
    LYCEUM_TRY(check_start(*mapped));
    LYCEUM_ASSIGN(ZipReader zip, ZipReader::open(std::move(mapped)));
    auto file = std::make_unique<TorchFile>(path.string(), std::move(zip));
    LYCEUM_TRY(file->read_index());
    return std::unique_ptr<TensorSource>(std::move(file));
}

} // namespace lyceum::formats

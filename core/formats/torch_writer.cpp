#include "core/formats/torch_writer.h"

#include "core/base/check.h"
#include "core/formats/disk_space.h"
#include "core/formats/zip_writer.h"

#include <cstring>
#include <string_view>

namespace lyceum::formats {
namespace {

/// Opcodes of pickle's protocol 2. Source: CPython, Lib/pickletools.py.
class Pickle {
public:
    Pickle() { text_ = "\x80\x02"; }

    void op(char code) { text_ += code; }
    void global(std::string_view module, std::string_view name)
    {
        text_ += 'c';
        text_.append(module).append("\n").append(name).append("\n");
    }
    void string(std::string_view value)
    {
        text_ += 'X'; // BINUNICODE
        number(static_cast<std::uint32_t>(value.size()));
        text_.append(value);
    }
    void integer(std::int64_t value)
    {
        if (value >= 0 && value < 256) {
            text_ += 'K'; // BININT1
            text_ += static_cast<char>(value);
        } else if (value >= INT32_MIN && value <= INT32_MAX) {
            text_ += 'J'; // BININT
            number(static_cast<std::int32_t>(value));
        } else {
            text_.append("\x8a\x08"); // LONG1 of eight bytes
            number(value);
        }
    }
    void integers(const std::vector<std::int64_t>& values)
    {
        op('('); // MARK
        for (const std::int64_t value : values)
            integer(value);
        op('t'); // TUPLE
    }
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    template <typename T>
    void number(T value)
    {
        const std::size_t at = text_.size();
        text_.resize(at + sizeof(T));
        std::memcpy(text_.data() + at, &value, sizeof(T));
    }

    std::string text_;
};

std::string_view storage_name(const GgmlType& type)
{
    if (type.name == "F32")
        return "FloatStorage";
    if (type.name == "F16")
        return "HalfStorage";
    LYCEUM_CHECK(type.name == "BF16", "the type is one of PyTorch's");
    return "BFloat16Storage";
}

std::vector<std::int64_t> strides_of(const std::vector<std::int64_t>& shape)
{
    std::vector<std::int64_t> strides(shape.size(), 1);
    for (std::size_t i = shape.size(); i > 1; --i)
        strides[i - 2] = strides[i - 1] * shape[i - 1];
    return strides;
}

/// OrderedDict()
void empty_dict(Pickle& pickle)
{
    pickle.global("collections", "OrderedDict");
    pickle.op(')'); // EMPTY_TUPLE
    pickle.op('R'); // REDUCE
}

/// _rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, hooks)
void tensor(Pickle& pickle, const StoredTensor& stored, std::size_t key)
{
    std::int64_t elements = 1;
    for (const std::int64_t size : stored.shape)
        elements *= size;
    pickle.global("torch._utils", "_rebuild_tensor_v2");
    pickle.op('(');
    pickle.op('(');
    pickle.string("storage");
    pickle.global("torch", storage_name(*stored.type));
    pickle.string(std::to_string(key));
    pickle.string("cpu");
    pickle.integer(elements);
    pickle.op('t');
    pickle.op('Q'); // BINPERSID
    pickle.integer(0);
    pickle.integers(stored.shape);
    pickle.integers(strides_of(stored.shape));
    pickle.op('\x89'); // NEWFALSE
    empty_dict(pickle);
    pickle.op('t');
    pickle.op('R');
}

std::string make_pickle(const std::vector<StoredTensor>& tensors)
{
    Pickle pickle;
    empty_dict(pickle);
    pickle.op('(');
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        pickle.string(tensors[i].name);
        tensor(pickle, tensors[i], i);
    }
    pickle.op('u'); // SETITEMS
    pickle.op('.'); // STOP
    return pickle.text();
}

class TorchWriter final : public TensorWriter {
public:
    TorchWriter(ZipWriter zip, const std::filesystem::path& path, std::vector<StoredTensor> tensors)
        : zip_(std::move(zip))
        , name_(path.filename().string())
        , stem_(path.stem().string())
        , tensors_(std::move(tensors))
    {
    }

    Result<void> begin()
    {
        LYCEUM_TRY(zip_.add(stem_ + "/data.pkl", make_pickle(tensors_)));
        return zip_.add(stem_ + "/byteorder", "little");
    }

    Result<void> append(std::span<const std::byte> data) override
    {
        LYCEUM_CHECK(num_written_ < tensors_.size() &&
                         data.size() == tensors_[num_written_].size_bytes(),
                     "the data is the next tensor's");
        return zip_.add(stem_ + "/data/" + std::to_string(num_written_++), data);
    }

    Result<void> commit() override
    {
        LYCEUM_CHECK(num_written_ == tensors_.size(), "every tensor has been written");
        LYCEUM_TRY(zip_.add(stem_ + "/version", "3\n"));
        return zip_.commit();
    }

    [[nodiscard]] std::vector<std::string> file_names() const override { return {name_}; }

private:
    ZipWriter zip_;
    std::string name_;
    std::string stem_; ///< The folder in the archive, as torch.save names it.
    std::vector<StoredTensor> tensors_;
    std::size_t num_written_ = 0;
};

} // namespace

Result<std::unique_ptr<TensorWriter>> create_torch(const std::filesystem::path& path,
                                                   std::vector<StoredTensor> tensors)
{
    std::uint64_t total = 0;
    for (const StoredTensor& each : tensors)
        total += each.size_bytes();
    LYCEUM_TRY(require_disk_space(path, total));
    LYCEUM_ASSIGN(AtomicFile file, AtomicFile::create(path));
    auto writer =
        std::make_unique<TorchWriter>(ZipWriter(std::move(file)), path, std::move(tensors));
    LYCEUM_TRY(writer->begin());
    return std::unique_ptr<TensorWriter>(std::move(writer));
}

} // namespace lyceum::formats

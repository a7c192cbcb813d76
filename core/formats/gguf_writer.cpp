#include "core/formats/gguf_writer.h"

#include "core/base/atomic_file.h"
#include "core/base/check.h"
#include "core/formats/disk_space.h"
#include "core/formats/gguf.h"

#include <cstring>
#include <set>
#include <type_traits>

namespace lyceum::formats {
namespace {

constexpr std::uint64_t kAlignment = 32; // the format's default

std::uint64_t padded(std::uint64_t size)
{
    return (size + kAlignment - 1) / kAlignment * kAlignment;
}

/// The bytes of a file's head.
class Head {
public:
    void text(std::string_view value) { bytes_.append(value); }

    template <typename T>
    void number(T value)
    {
        static_assert(std::is_arithmetic_v<T>);
        const std::size_t at = bytes_.size();
        bytes_.resize(at + sizeof(T));
        std::memcpy(bytes_.data() + at, &value, sizeof(T));
    }

    void string(std::string_view value)
    {
        number(static_cast<std::uint64_t>(value.size()));
        text(value);
    }

    void type(GgufType type) { number(static_cast<std::uint32_t>(type)); }

    void entry(const std::string& key, const GgufEntry& value)
    {
        string(key);
        std::visit([this](const auto& each) { typed(each); }, value);
    }

    void pad() { bytes_.resize(static_cast<std::size_t>(padded(bytes_.size()))); }
    [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

private:
    static GgufType type_of(bool) { return GgufType::Bool; }
    static GgufType type_of(std::uint32_t) { return GgufType::Uint32; }
    static GgufType type_of(std::int32_t) { return GgufType::Int32; }
    static GgufType type_of(float) { return GgufType::Float32; }
    static GgufType type_of(const std::string&) { return GgufType::String; }

    void plain(const std::string& value) { string(value); }
    void plain(bool value) { number(static_cast<std::uint8_t>(value)); }
    template <typename T>
    void plain(T value)
    {
        number(value);
    }

    template <typename T>
    void typed(const T& value)
    {
        type(type_of(value));
        plain(value);
    }
    template <typename T>
    void typed(const std::vector<T>& values)
    {
        type(GgufType::Array);
        type(type_of(T()));
        number(static_cast<std::uint64_t>(values.size()));
        for (const T& value : values)
            plain(value);
    }

    std::string bytes_;
};

std::string make_head(const GgufMetadata& metadata, const std::vector<StoredTensor>& tensors)
{
    Head head;
    head.text("GGUF");
    head.number(std::uint32_t{3});
    head.number(static_cast<std::uint64_t>(tensors.size()));
    head.number(static_cast<std::uint64_t>(metadata.size()));
    std::set<std::string_view> names;
    for (const auto& [key, value] : metadata) {
        LYCEUM_CHECK(names.insert(key).second, "metadata keys are unique");
        head.entry(key, value);
    }
    names.clear();
    std::uint64_t offset = 0;
    for (const StoredTensor& tensor : tensors) {
        LYCEUM_CHECK(names.insert(tensor.name).second, "tensor names are unique");
        LYCEUM_CHECK(!tensor.shape.empty() && tensor.shape.size() <= 4 &&
                         tensor.shape.back() % tensor.type->block_elements == 0,
                     "rows are whole blocks");
        head.string(tensor.name);
        head.number(static_cast<std::uint32_t>(tensor.shape.size()));
        for (std::size_t i = tensor.shape.size(); i > 0; --i)
            head.number(static_cast<std::uint64_t>(tensor.shape[i - 1]));
        head.number(tensor.type->id);
        head.number(offset);
        offset += padded(tensor.size_bytes());
    }
    head.pad();
    return head.bytes();
}

class GgufWriter final : public TensorWriter {
public:
    GgufWriter(AtomicFile file, std::string name, std::vector<StoredTensor> tensors)
        : file_(std::move(file)), name_(std::move(name)), tensors_(std::move(tensors))
    {
    }

    Result<void> append(std::span<const std::byte> data) override
    {
        LYCEUM_CHECK(num_written_ < tensors_.size() &&
                         data.size() == tensors_[num_written_].size_bytes(),
                     "the data is the next tensor's");
        ++num_written_;
        LYCEUM_TRY(file_.append(data));
        return file_.append(std::string(padded(data.size()) - data.size(), '\0'));
    }

    Result<void> commit() override
    {
        LYCEUM_CHECK(num_written_ == tensors_.size(), "every tensor has been written");
        return file_.commit();
    }

    [[nodiscard]] std::vector<std::string> file_names() const override { return {name_}; }

private:
    AtomicFile file_;
    std::string name_;
    std::vector<StoredTensor> tensors_;
    std::size_t num_written_ = 0;
};

} // namespace

Result<std::unique_ptr<TensorWriter>> create_gguf(const std::filesystem::path& path,
                                                  const GgufMetadata& metadata,
                                                  std::vector<StoredTensor> tensors)
{
    const std::string head = make_head(metadata, tensors);
    std::uint64_t total = head.size();
    for (const StoredTensor& tensor : tensors)
        total += padded(tensor.size_bytes());
    LYCEUM_TRY(require_disk_space(path, total));
    LYCEUM_ASSIGN(AtomicFile file, AtomicFile::create(path));
    LYCEUM_TRY(file.append(head));
    return std::unique_ptr<TensorWriter>(std::make_unique<GgufWriter>(
        std::move(file), path.filename().string(), std::move(tensors)));
}

} // namespace lyceum::formats

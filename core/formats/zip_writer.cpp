#include "core/formats/zip_writer.h"

#include "core/formats/crc32.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace lyceum::formats {
namespace {

constexpr std::uint64_t kAlignment = 64;
constexpr std::uint64_t kMax32 = 0xFFFFFFFFU; // means: see the ZIP64 field
constexpr std::uint64_t kMax16 = 0xFFFFU;
constexpr std::uint16_t kVersion64 = 45;
constexpr std::uint16_t kPaddingField = 0x4246; // "FB": PyTorch's own, of zeros

class Bytes {
public:
    template <typename T>
    Bytes& number(T value)
    {
        static_assert(std::is_unsigned_v<T>);
        const std::size_t at = text_.size();
        text_.resize(at + sizeof(T));
        std::memcpy(text_.data() + at, &value, sizeof(T));
        return *this;
    }
    Bytes& u16(std::uint64_t value) { return number(static_cast<std::uint16_t>(value)); }
    Bytes& u32(std::uint64_t value) { return number(static_cast<std::uint32_t>(value)); }
    Bytes& u64(std::uint64_t value) { return number(value); }
    Bytes& text(std::string_view value)
    {
        text_.append(value);
        return *this;
    }
    [[nodiscard]] const std::string& all() const noexcept { return text_; }

private:
    std::string text_;
};

/// What local header and directory have in common: version needed, flags, method, time, date, CRC,
/// sizes, length of the name.
void common_fields(Bytes& bytes, std::uint32_t crc, std::uint64_t size, const std::string& name)
{
    constexpr std::uint16_t kFirstOfJanuary1980 = 0x21;
    const std::uint64_t short_size = std::min(size, kMax32);
    bytes.u16(kVersion64).u16(0).u16(0).u16(0).u16(kFirstOfJanuary1980).u32(crc);
    bytes.u32(short_size).u32(short_size).u16(name.size());
}

} // namespace

Result<void> ZipWriter::put(std::string_view bytes)
{
    position_ += bytes.size();
    return file_.append(bytes);
}

Result<void> ZipWriter::add(const std::string& name, std::string_view text)
{
    return add(name, std::as_bytes(std::span(text)));
}

Result<void> ZipWriter::add(const std::string& name, std::span<const std::byte> data)
{
    const Entry entry{name, data.size(), position_, crc32(data)};
    Bytes extra;
    if (entry.size >= kMax32)
        extra.u16(1).u16(16).u64(entry.size).u64(entry.size);
    const std::uint64_t unpadded = position_ + 30 + name.size() + extra.all().size() + 4;
    const std::uint64_t padding = (kAlignment - unpadded % kAlignment) % kAlignment;
    extra.u16(kPaddingField).u16(padding).text(std::string(padding, '\0'));
    Bytes header;
    header.u32(0x04034B50);
    common_fields(header, entry.crc, entry.size, name);
    header.u16(extra.all().size()).text(name).text(extra.all());
    LYCEUM_TRY(put(header.all()));
    position_ += data.size();
    entries_.push_back(entry);
    return file_.append(data);
}

Result<void> ZipWriter::commit()
{
    const std::uint64_t start = position_;
    for (const Entry& entry : entries_) {
        Bytes extra; // in this order, each only where the short field says so
        if (entry.size >= kMax32)
            extra.u64(entry.size).u64(entry.size);
        if (entry.offset >= kMax32)
            extra.u64(entry.offset);
        const std::size_t extra_size = extra.all().empty() ? 0 : 4 + extra.all().size();
        Bytes record;
        record.u32(0x02014B50).u16(kVersion64);
        common_fields(record, entry.crc, entry.size, entry.name);
        record.u16(extra_size).u16(0).u16(0).u16(0).u32(0).u32(std::min(entry.offset, kMax32));
        record.text(entry.name);
        if (extra_size > 0)
            record.u16(1).u16(extra.all().size()).text(extra.all());
        LYCEUM_TRY(put(record.all()));
    }
    const std::uint64_t end = position_;
    const std::uint64_t count = entries_.size();
    Bytes tail;
    if (start >= kMax32 || count >= kMax16) {
        tail.u32(0x06064B50).u64(44).u16(kVersion64).u16(kVersion64).u32(0).u32(0);
        tail.u64(count).u64(count).u64(end - start).u64(start);
        tail.u32(0x07064B50).u32(0).u64(end).u32(1);
    }
    const std::uint64_t short_count = std::min(count, kMax16);
    tail.u32(0x06054B50).u16(0).u16(0).u16(short_count).u16(short_count);
    tail.u32(end - start).u32(std::min(start, kMax32)).u16(0);
    LYCEUM_TRY(put(tail.all()));
    return file_.commit();
}

} // namespace lyceum::formats

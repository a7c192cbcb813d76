#include "core/formats/zip_reader.h"

#include "core/formats/byte_reader.h"
#include "core/formats/crc32.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace lyceum::formats {

// Source: PKWARE's APPNOTE.TXT 6.3: 4.3.7 local header, 4.3.12 directory, 4.3.14 to 4.3.16 its end.

namespace {

constexpr std::size_t kEndSize = 22;
constexpr std::size_t kLocatorSize = 20;
constexpr std::uint64_t kMinRecordSize = 46;
constexpr std::uint64_t kMaxEntries = std::uint64_t{1} << 17; // far above any model's storages
constexpr std::uint64_t kMax32 = 0xFFFFFFFFU;

/// Names become nothing but keys here, yet a name that climbs out of its folder is an attack.
bool is_plain_name(std::string_view name)
{
    if (name.empty() || name.front() == '/' || name.find('\\') != std::string_view::npos ||
        name.find('\0') != std::string_view::npos)
        return false;
    while (!name.empty()) {
        const std::string_view part = name.substr(0, name.find('/'));
        if (part == ".." || part == ".")
            return false;
        name.remove_prefix(std::min(name.size(), part.size() + 1));
    }
    return true;
}

} // namespace

class ZipParser {
public:
    explicit ZipParser(std::shared_ptr<const MappedFile> file)
        : bytes_(file->bytes()), name_(file->path().string())
    {
        zip_.file_ = std::move(file);
    }

    Result<ZipReader> parse()
    {
        LYCEUM_ASSIGN(const Directory directory, find_directory());
        ByteReader reader(bytes_.subspan(directory.offset, directory.size), name_);
        if (directory.count > directory.size / kMinRecordSize)
            return invalid("the archive's directory says " + std::to_string(directory.count) +
                           " entries, more than it has room for");
        if (directory.count > kMaxEntries)
            return invalid("the archive has " + std::to_string(directory.count) +
                           " entries, the limit is " + std::to_string(kMaxEntries));
        for (std::uint64_t i = 0; i < directory.count; ++i)
            LYCEUM_TRY(read_record(reader, directory.offset));
        std::ranges::sort(ranges_);
        for (std::size_t i = 1; i < ranges_.size(); ++i)
            if (ranges_[i - 1].second > ranges_[i].first)
                return invalid("two entries of the archive share bytes at offset " +
                               std::to_string(ranges_[i].first));
        return std::move(zip_);
    }

private:
    struct Directory {
        std::size_t offset = 0;
        std::size_t size = 0;
        std::uint64_t count = 0;
    };
    struct Record {
        std::string name;
        std::uint64_t size = 0;
        std::uint64_t stored_size = 0;
        std::uint64_t offset = 0;
    };

    Error invalid(const std::string& what) const
    {
        return Error{ErrorCode::InvalidData, name_ + ": " + what,
                     "The file is damaged or incomplete; get it again from where it came from."};
    }

    /// The last record of the file; PyTorch writes no comment behind it.
    Result<Directory> find_directory() const
    {
        if (bytes_.size() < kEndSize)
            return invalid("it is too short for an archive");
        const std::size_t at = bytes_.size() - kEndSize;
        ByteReader end(bytes_.subspan(at), name_);
        LYCEUM_ASSIGN(const auto signature, end.read<std::uint32_t>("the archive's end"));
        if (signature != 0x06054B50)
            return invalid("it does not end as an archive does");
        LYCEUM_TRY(end.take(6, "the archive's end"));
        LYCEUM_ASSIGN(std::uint64_t count, end.read<std::uint16_t>("the archive's end"));
        LYCEUM_ASSIGN(std::uint64_t size, end.read<std::uint32_t>("the archive's end"));
        LYCEUM_ASSIGN(std::uint64_t offset, end.read<std::uint32_t>("the archive's end"));
        std::uint64_t limit = at;
        if (count == 0xFFFF || size == kMax32 || offset == kMax32) {
            LYCEUM_ASSIGN(limit, find_end64(at));
            ByteReader end64(bytes_.subspan(limit), name_);
            LYCEUM_TRY(end64.take(32, "the archive's ZIP64 end"));
            LYCEUM_ASSIGN(count, end64.read<std::uint64_t>("the archive's ZIP64 end"));
            LYCEUM_ASSIGN(size, end64.read<std::uint64_t>("the archive's ZIP64 end"));
            LYCEUM_ASSIGN(offset, end64.read<std::uint64_t>("the archive's ZIP64 end"));
        }
        if (offset > limit || size > limit - offset)
            return invalid("the archive's directory of " + std::to_string(size) +
                           " bytes at offset " + std::to_string(offset) + " does not fit the file");
        return Directory{static_cast<std::size_t>(offset), static_cast<std::size_t>(size), count};
    }

    /// Offset of the ZIP64 end record, named by the locator before the end.
    Result<std::uint64_t> find_end64(std::size_t end) const
    {
        if (end < kLocatorSize)
            return invalid("its ZIP64 locator is missing");
        ByteReader locator(bytes_.subspan(end - kLocatorSize, kLocatorSize), name_);
        LYCEUM_ASSIGN(const auto signature, locator.read<std::uint32_t>("the ZIP64 locator"));
        LYCEUM_TRY(locator.take(4, "the ZIP64 locator"));
        LYCEUM_ASSIGN(const auto offset, locator.read<std::uint64_t>("the ZIP64 locator"));
        if (signature != 0x07064B50 || offset > end)
            return invalid("its ZIP64 locator is damaged");
        ByteReader record(bytes_.subspan(static_cast<std::size_t>(offset)), name_);
        LYCEUM_ASSIGN(const auto found, record.read<std::uint32_t>("the ZIP64 end"));
        if (found != 0x06064B50)
            return invalid("its ZIP64 end is not where the locator says");
        return offset;
    }

    Result<void> read_record(ByteReader& reader, std::size_t directory)
    {
        constexpr std::string_view kField = "the archive's directory";
        LYCEUM_ASSIGN(const auto signature, reader.read<std::uint32_t>(kField));
        LYCEUM_TRY(reader.take(4, kField));
        LYCEUM_ASSIGN(const auto flags, reader.read<std::uint16_t>(kField));
        LYCEUM_ASSIGN(const auto method, reader.read<std::uint16_t>(kField));
        LYCEUM_TRY(reader.take(4, kField));
        LYCEUM_ASSIGN(const auto crc, reader.read<std::uint32_t>(kField));
        Record record;
        LYCEUM_ASSIGN(record.stored_size, reader.read<std::uint32_t>(kField));
        LYCEUM_ASSIGN(record.size, reader.read<std::uint32_t>(kField));
        LYCEUM_ASSIGN(const auto name_size, reader.read<std::uint16_t>(kField));
        LYCEUM_ASSIGN(const auto extra_size, reader.read<std::uint16_t>(kField));
        LYCEUM_ASSIGN(const auto comment_size, reader.read<std::uint16_t>(kField));
        LYCEUM_TRY(reader.take(8, kField));
        LYCEUM_ASSIGN(record.offset, reader.read<std::uint32_t>(kField));
        LYCEUM_ASSIGN(const auto name, reader.take(name_size, kField));
        LYCEUM_ASSIGN(const auto extra, reader.take(extra_size, kField));
        LYCEUM_TRY(reader.take(comment_size, kField));
        record.name.assign(reinterpret_cast<const char*>(name.data()), name.size());
        if (signature != 0x02014B50 || !is_plain_name(record.name))
            return invalid("the archive's directory has a damaged entry");
        LYCEUM_TRY(read_zip64(record, extra));
        constexpr std::uint16_t kEncrypted = 1;
        if (method != 0 || record.stored_size != record.size || (flags & kEncrypted) != 0)
            return Error{ErrorCode::Unsupported,
                         name_ + ": entry " + record.name +
                             " is compressed or encrypted, which torch.save does not do",
                         "Save the model again with torch.save."};
        return place(record, crc, directory);
    }

    /// Numbers that do not fit their short fields, in this order.
    Result<void> read_zip64(Record& record, std::span<const std::byte> extra) const
    {
        ByteReader fields(extra, name_);
        while (fields.remaining() >= 4) {
            LYCEUM_ASSIGN(const auto id, fields.read<std::uint16_t>("an extra field"));
            LYCEUM_ASSIGN(const auto size, fields.read<std::uint16_t>("an extra field"));
            LYCEUM_ASSIGN(const auto content, fields.take(size, "an extra field"));
            if (id != 1)
                continue;
            ByteReader numbers(content, name_);
            for (std::uint64_t* number : {&record.size, &record.stored_size, &record.offset})
                if (*number == kMax32) {
                    LYCEUM_ASSIGN(*number, numbers.read<std::uint64_t>("a ZIP64 field"));
                }
        }
        return {};
    }

    Result<void> place(const Record& record, std::uint32_t crc, std::size_t directory)
    {
        const std::string what = "entry " + record.name;
        if (record.offset > directory)
            return invalid(what + " starts at offset " + std::to_string(record.offset) +
                           ", behind the data");
        ByteReader local(bytes_.subspan(static_cast<std::size_t>(record.offset),
                                        directory - static_cast<std::size_t>(record.offset)),
                         name_);
        LYCEUM_ASSIGN(const auto signature, local.read<std::uint32_t>(what));
        const std::string misplaced = what + " is not where the archive's directory says";
        if (signature != 0x04034B50)
            return invalid(misplaced);
        LYCEUM_TRY(local.take(22, what));
        LYCEUM_ASSIGN(const auto name_size, local.read<std::uint16_t>(what));
        LYCEUM_ASSIGN(const auto extra_size, local.read<std::uint16_t>(what));
        LYCEUM_ASSIGN(const auto name, local.take(name_size, what));
        const std::string_view text(reinterpret_cast<const char*>(name.data()), name.size());
        if (text != record.name)
            return invalid(misplaced);
        LYCEUM_TRY(local.take(extra_size, what));
        LYCEUM_ASSIGN(const auto data, local.take(record.size, what));
        if (!zip_.entries_.emplace(record.name, data).second)
            return invalid(what + " is there twice");
        zip_.crcs_.emplace(record.name, crc);
        ranges_.emplace_back(record.offset, record.offset + local.position());
        return {};
    }

    std::span<const std::byte> bytes_;
    std::string name_;
    ZipReader zip_;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges_; ///< Header and data, [from, to).
};

Result<ZipReader> ZipReader::open(std::shared_ptr<const MappedFile> file)
{
    return ZipParser(std::move(file)).parse();
}

Result<std::span<const std::byte>> ZipReader::checked(std::string_view name) const
{
    const auto entry = entries_.find(name);
    const bool whole = entry != entries_.end() && crc32(entry->second) == crcs_.find(name)->second;
    if (whole)
        return entry->second;
    return Error{ErrorCode::InvalidData,
                 file_->path().string() + ": entry " + std::string(name) +
                     (entry == entries_.end() ? " is missing" : " is damaged: its CRC differs"),
                 "The file is damaged or incomplete; get it again from where it came from."};
}

} // namespace lyceum::formats

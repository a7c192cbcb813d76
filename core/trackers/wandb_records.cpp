#include "core/trackers/wandb_records.h"

#include "core/formats/crc32.h"
#include "core/formats/protobuf.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

namespace lyceum::trackers {

namespace {

constexpr std::uint64_t kBlock = 32768;
constexpr std::uint64_t kPieceHeader = 7; // checksum 4, length 2, type 1
enum PieceType : unsigned char { Full = 1, First = 2, Middle = 3, Last = 4 };

std::uint32_t checksum(std::string_view type_and_data)
{
    return formats::crc32(std::as_bytes(std::span(type_and_data)));
}

} // namespace

std::string wandb_file_header()
{
    constexpr std::array<unsigned char, 7> kHeader = {':', 'W', '&', 'B', 0xE1, 0xBE, 0};
    return {reinterpret_cast<const char*>(kHeader.data()), kHeader.size()};
}

std::string wandb_frame(std::string_view record, std::uint64_t file_size)
{
    std::string bytes;
    bool is_first = true;
    bool is_last = false;
    while (!is_last) {
        auto left = kBlock - (file_size + bytes.size()) % kBlock;
        if (left < kPieceHeader) {
            bytes.append(left, '\0');
            left = kBlock;
        }
        const auto size = std::min<std::uint64_t>(left - kPieceHeader, record.size());
        is_last = size == record.size();
        const auto type = is_first ? (is_last ? Full : First) : (is_last ? Last : Middle);
        std::string body(1, static_cast<char>(type));
        body += record.substr(0, size);
        formats::append_number(bytes, checksum(body));
        formats::append_number(bytes, static_cast<std::uint16_t>(size));
        bytes += body;
        record.remove_prefix(size);
        is_first = false;
    }
    return bytes;
}

std::vector<WandbRecord> read_wandb_records(std::string_view file)
{
    std::vector<WandbRecord> records;
    if (!file.starts_with(wandb_file_header()))
        return records;
    std::uint64_t offset = wandb_file_header().size();
    std::string data;
    for (;;) {
        if (const auto left = kBlock - offset % kBlock; left < kPieceHeader)
            offset += left;
        if (offset > file.size() || file.size() - offset < kPieceHeader)
            return records;
        std::uint32_t crc = 0;
        std::uint16_t size = 0;
        std::memcpy(&crc, file.data() + offset, sizeof crc);
        std::memcpy(&size, file.data() + offset + sizeof crc, sizeof size);
        const auto body = file.substr(offset + 6, std::uint64_t{size} + 1);
        if (body.size() != std::uint64_t{size} + 1 || checksum(body) != crc)
            return records;
        offset += kPieceHeader + size;
        data += body.substr(1);
        if (body.front() == Full || body.front() == Last) {
            records.push_back({std::move(data), offset});
            data.clear();
        }
    }
}

} // namespace lyceum::trackers

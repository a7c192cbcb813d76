#include "core/trackers/tensorboard_records.h"

#include "core/formats/crc32.h"
#include "core/formats/protobuf.h"

#include <cstring>
#include <span>

namespace lyceum::trackers {

namespace {

std::uint32_t masked_checksum(std::string_view bytes)
{
    const auto crc = formats::crc32c(std::as_bytes(std::span(bytes)));
    return ((crc >> 15) | (crc << 17)) + 0xA282EAD8U;
}

template <typename Number>
Number read_number(std::string_view bytes)
{
    Number value = 0;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

} // namespace

std::string tensorboard_record(std::string_view data)
{
    std::string record;
    formats::append_number(record, std::uint64_t{data.size()});
    formats::append_number(record, masked_checksum(record));
    record += data;
    formats::append_number(record, masked_checksum(data));
    return record;
}

std::optional<std::string_view> first_tensorboard_record(std::string_view bytes)
{
    constexpr std::size_t kHead = 12;
    if (bytes.size() < kTensorBoardFraming)
        return std::nullopt;
    const auto size = read_number<std::uint64_t>(bytes);
    if (read_number<std::uint32_t>(bytes.substr(8)) != masked_checksum(bytes.substr(0, 8)) ||
        size > bytes.size() - kTensorBoardFraming)
        return std::nullopt;
    const auto data = bytes.substr(kHead, size);
    if (read_number<std::uint32_t>(bytes.substr(kHead + size)) != masked_checksum(data))
        return std::nullopt;
    return data;
}

} // namespace lyceum::trackers

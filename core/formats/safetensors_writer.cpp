#include "core/base/atomic_file.h"
#include "core/base/check.h"
#include "core/base/paths.h"
#include "core/base/text.h"
#include "core/formats/json.h"
#include "core/formats/safetensors.h"
#include "core/formats/safetensors_dtypes.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cstring>
#include <set>

namespace lyceum::formats {
namespace {

/// The JSON header, padded with spaces so that the data begins at a multiple of 8.
std::string make_header(const std::vector<TensorData>& tensors,
                        const std::map<std::string, std::string>& metadata)
{
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!metadata.empty())
        header["__metadata__"] = metadata;
    std::uint64_t offset = 0;
    std::set<std::string_view> names;
    for (const TensorData& tensor : tensors) {
        const SafetensorsDtype* dtype = find_safetensors_dtype(tensor.dtype);
        LYCEUM_CHECK(dtype != nullptr, "the dtype is known");
        LYCEUM_CHECK(names.insert(tensor.name).second, "tensor names are unique");
        std::uint64_t size = dtype->size;
        for (const std::int64_t dim : tensor.shape)
            size *= static_cast<std::uint64_t>(dim);
        LYCEUM_CHECK(size == tensor.data.size(), "the data has the size of its shape");
        header[tensor.name] = {{"dtype", tensor.dtype},
                               {"shape", tensor.shape},
                               {"data_offsets", {offset, offset + size}}};
        offset += size;
    }
    std::string text =
        header.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    text.resize((text.size() + 7) / 8 * 8, ' ');
    return text;
}

} // namespace

Result<void> write_safetensors(const std::filesystem::path& path,
                               const std::vector<TensorData>& tensors,
                               const std::map<std::string, std::string>& metadata)
{
    const std::string header = make_header(tensors, metadata);
    std::uint64_t total = sizeof(std::uint64_t) + header.size();
    for (const TensorData& tensor : tensors)
        total += tensor.data.size();
    LYCEUM_ASSIGN(const std::uint64_t free, free_disk_bytes(path));
    if (free < total)
        return Error{ErrorCode::DiskFull,
                     "writing " + path.string() + " needs " + format_bytes(total) + ", but only " +
                         format_bytes(free) + " are free on its disk",
                     "Free some space or choose another disk."};

    std::array<std::byte, sizeof(std::uint64_t)> length;
    const std::uint64_t header_size = header.size();
    std::memcpy(length.data(), &header_size, length.size());
    LYCEUM_ASSIGN(AtomicFile file, AtomicFile::create(path));
    LYCEUM_TRY(file.append(length));
    LYCEUM_TRY(file.append(header));
    for (const TensorData& tensor : tensors)
        LYCEUM_TRY(file.append(tensor.data));
    return file.commit();
}

} // namespace lyceum::formats

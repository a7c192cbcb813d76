#include "core/base/atomic_file.h"
#include "core/base/check.h"
#include "core/formats/disk_space.h"
#include "core/formats/safetensors.h"
#include "core/formats/safetensors_dtypes.h"
#include "core/formats/safetensors_header.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cstring>
#include <set>

namespace lyceum::formats {

std::string make_safetensors_header(const std::vector<SafetensorsEntry>& entries,
                                    const std::map<std::string, std::string>& metadata)
{
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!metadata.empty())
        header["__metadata__"] = metadata;
    std::uint64_t offset = 0;
    std::set<std::string_view> names;
    for (const SafetensorsEntry& entry : entries) {
        const SafetensorsDtype* dtype = find_safetensors_dtype(entry.dtype);
        LYCEUM_CHECK(dtype != nullptr, "the dtype is known");
        LYCEUM_CHECK(names.insert(entry.name).second, "tensor names are unique");
        std::uint64_t size = dtype->size;
        for (const std::int64_t dim : entry.shape)
            size *= static_cast<std::uint64_t>(dim);
        LYCEUM_CHECK(size == entry.size_bytes, "the data has the size of its shape");
        header[entry.name] = {{"dtype", entry.dtype},
                              {"shape", entry.shape},
                              {"data_offsets", {offset, offset + size}}};
        offset += size;
    }
    std::string text =
        header.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    text.resize((text.size() + 7) / 8 * 8, ' ');
    std::array<char, sizeof(std::uint64_t)> length;
    const std::uint64_t size = text.size();
    std::memcpy(length.data(), &size, length.size());
    return std::string(length.data(), length.size()) + text;
}

Result<void> write_safetensors(const std::filesystem::path& path,
                               const std::vector<TensorData>& tensors,
                               const std::map<std::string, std::string>& metadata)
{
    std::vector<SafetensorsEntry> entries;
    std::uint64_t total = 0;
    for (const TensorData& tensor : tensors) {
        entries.push_back({tensor.name, tensor.shape, tensor.dtype, tensor.data.size()});
        total += tensor.data.size();
    }
    const std::string header = make_safetensors_header(entries, metadata);
    LYCEUM_TRY(require_disk_space(path, header.size() + total));
    LYCEUM_ASSIGN(AtomicFile file, AtomicFile::create(path));
    LYCEUM_TRY(file.append(header));
    for (const TensorData& tensor : tensors)
        LYCEUM_TRY(file.append(tensor.data));
    return file.commit();
}

} // namespace lyceum::formats

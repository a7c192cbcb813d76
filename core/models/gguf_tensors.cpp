#include "core/models/gguf_tensors.h"

#include "core/base/check.h"
#include "core/formats/mapped_values.h"

#include <algorithm>

namespace lyceum::models {

using formats::GgufFile;

Result<std::shared_ptr<const GgufTensors>> GgufTensors::create(std::shared_ptr<const GgufFile> file,
                                                               const Architecture& architecture)
{
    std::shared_ptr<GgufTensors> tensors(new GgufTensors(std::move(file)));
    for (const formats::TensorInfo& info : tensors->file_->tensors())
        if (info.name != kRopeFactors) // part of the architecture
            LYCEUM_TRY(tensors->add(info, architecture));
    return std::shared_ptr<const GgufTensors>(std::move(tensors));
}

Result<void> GgufTensors::add(formats::TensorInfo info, const Architecture& architecture)
{
    const std::string stored = info.name;
    auto name = model_name(stored, architecture);
    if (!name)
        return Error{ErrorCode::Unsupported,
                     file_->path().string() + " has the tensor " + stored +
                         ", which is no part of the " + architecture.family +
                         " models this version can run",
                     ""};
    LYCEUM_ASSIGN(auto place, gguf_place(*name, architecture));
    LYCEUM_CHECK(place.has_value(), "what has a name in GGUF has a place");
    place->name = stored;
    if (place->is_transposed && info.shape.size() == 2)
        std::ranges::reverse(info.shape);
    info.name = std::move(*name);
    if (!index_.add(std::move(info)))
        return Error{ErrorCode::InvalidData,
                     file_->path().string() + ": tensor " + stored + " is there under two names",
                     ""};
    places_.push_back(std::move(*place));
    return {};
}

Result<void> GgufTensors::read_float32(std::string_view name, std::span<float> out) const
{
    LYCEUM_ASSIGN(const std::size_t position, index_.require(name, file_->path().string()));
    if (!places_[position].is_moved())
        return file_->read_float32(places_[position].name, out);
    return read_moved(position, out);
}

Result<void> GgufTensors::read_moved(std::size_t position, std::span<float> out) const
{
    const GgufPlace& place = places_[position];
    const GgufFile::Placement* at = file_->placement(place.name);
    LYCEUM_CHECK(out.size() == static_cast<std::size_t>(index_.all()[position].num_elements()),
                 "the buffer has the tensor's size");
    if (at->type->to_float32 == nullptr)
        return file_->read_float32(place.name, out);                // says why not
    std::vector<std::int64_t> shape = index_.all()[position].shape; // as in the model
    if (place.is_transposed)
        std::ranges::reverse(shape);
    const auto rows = static_cast<std::size_t>(shape.front());
    const std::size_t columns = out.size() / rows;
    // A vector may be stored in blocks across what are its rows here.
    const std::size_t rows_at_once = shape.size() == 1 ? rows : 1;
    std::vector<float> values(rows_at_once * columns);
    const std::size_t num_blocks = values.size() / at->type->block_elements;
    const std::byte* source = at->bytes.data();
    const std::byte* released = source;
    for (std::size_t row = 0; row < rows; ++row) {
        if (row % rows_at_once == 0) {
            at->type->to_float32(source, num_blocks, values.data());
            source += num_blocks * at->type->block_bytes;
        }
        if (static_cast<std::size_t>(source - released) >= formats::kBytesAtOnce) {
            file_->release({released, source});
            released = source;
        }
        const GgufPlace::Row target = place.row(row, rows, columns);
        const float* read = values.data() + row % rows_at_once * columns;
        for (std::size_t i = 0; i < columns; ++i)
            out[target.start + i * target.step] = read[i];
    }
    file_->release({released, source});
    return {};
}

Result<std::span<const std::byte>> GgufTensors::raw_bytes(std::string_view name) const
{
    LYCEUM_ASSIGN(const std::size_t position, index_.require(name, file_->path().string()));
    if (places_[position].is_moved())
        return TensorSource::raw_bytes(name);
    return file_->raw_bytes(places_[position].name);
}

} // namespace lyceum::models

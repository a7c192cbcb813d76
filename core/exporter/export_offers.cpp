#include "core/exporter/export_offers.h"

#include "core/exporter/adapter_export.h"
#include "core/exporter/gguf_metadata.h"
#include "core/exporter/weights.h"
#include "core/models/family.h"
#include "core/models/gguf_architecture.h"
#include "core/models/model_tensors.h"

namespace lyceum::exporter {
namespace {

std::uint64_t bytes_as(const std::vector<std::int64_t>& shape, const formats::GgmlType& type)
{
    std::uint64_t elements = 1;
    for (const std::int64_t size : shape)
        elements *= static_cast<std::uint64_t>(size);
    return elements / type.block_elements * type.block_bytes;
}

Result<void> check_gguf(const models::ModelPackage& package)
{
    for (const auto& [name, shape] : models::expected_tensors(package.architecture))
        LYCEUM_TRY(models::gguf_place(name, package.architecture));
    LYCEUM_TRY(make_gguf_metadata(package, Dtype::Float32));
    return {};
}

std::uint64_t size_of(const models::ModelPackage& package, Format format, Dtype dtype)
{
    std::uint64_t total = 0;
    if (format == Format::Adapter) {
        for (const formats::TensorInfo& tensor : package.adapter->tensors->tensors())
            total += bytes_as(tensor.shape, stored_type(dtype));
        return total;
    }
    for (const auto& [name, shape] : models::expected_tensors(package.architecture)) {
        if (format == Format::Gguf) {
            const auto place = models::gguf_place(name, package.architecture);
            if (place && place.value())
                total += bytes_as(shape, gguf_type(place.value()->name, shape, dtype));
        } else {
            total += bytes_as(shape, stored_type(dtype));
        }
    }
    return total;
}

} // namespace

Result<void> check_format(const models::ModelPackage& package, Format format)
{
    if (models::family_of(package.architecture).is_encoder)
        return Error{ErrorCode::Unsupported,
                     package.name + " is an encoder of the family " + package.architecture.family +
                         ", and this version exports models that write text",
                     "Its Hugging Face folder is what other programs open: hand that over."};
    if (format == Format::Gguf)
        return check_gguf(package);
    if (format == Format::Adapter)
        return check_adapter(package);
    return {};
}

std::vector<FormatOffer> export_offers(const models::ModelPackage& package)
{
    std::vector<FormatOffer> offers;
    for (const Format format : all_formats()) {
        FormatOffer offer{.format = format};
        if (const auto possible = check_format(package, format); !possible)
            offer.refusal = possible.error();
        for (const Dtype dtype : all_dtypes())
            if (!offer.refusal && check_options({.out = {}, .formats = {format}, .dtype = dtype}))
                offer.dtypes.push_back({dtype, size_of(package, format, dtype)});
        offers.push_back(std::move(offer));
    }
    return offers;
}

} // namespace lyceum::exporter

#include "core/exporter/gguf_metadata.h"

#include "core/exporter/gguf_tokenizer.h"
#include "core/models/gguf_architecture.h"

namespace lyceum::exporter {
namespace {

/// llama_ftype of llama.h.
std::uint32_t file_type(Dtype dtype)
{
    switch (dtype) {
    case Dtype::Float32:
        return 0;
    case Dtype::Float16:
        return 1;
    case Dtype::Q4_0:
        return 2;
    case Dtype::Q8_0:
        return 7;
    case Dtype::Bfloat16:
        return 32;
    }
    return 0;
}

} // namespace

Result<formats::GgufMetadata> make_gguf_metadata(const models::ModelPackage& package, Dtype dtype)
{
    LYCEUM_ASSIGN(formats::GgufMetadata metadata,
                  models::write_gguf_architecture(package.architecture));
    metadata.emplace_back("general.type", std::string("model"));
    metadata.emplace_back("general.name", package.base_name);
    metadata.emplace_back("general.file_type", file_type(dtype));
    metadata.emplace_back("general.quantization_version", 2U);
    if (!package.licence.name.empty())
        metadata.emplace_back("general.license", package.licence.name);
    if (!package.licence.source.empty())
        metadata.emplace_back("general.source.url", package.licence.source);
    LYCEUM_TRY(add_gguf_tokenizer(package, metadata));
    return metadata;
}

} // namespace lyceum::exporter

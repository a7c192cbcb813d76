#include "core/models/model_opener.h"

#include <algorithm>
#include <array>

namespace lyceum::models {

Result<ModelPackage> open_tokenizer(std::string_view reference,
                                    const std::filesystem::path& workspace)
{
    constexpr auto kTokenizerFiles = std::to_array<const char*>(
        {"tokenizer.json", "vocab.json", "vocab.txt", "tokenizer.model"});
    const std::filesystem::path folder(reference);
    const auto has = [&](const char* file) {
        std::error_code ignored;
        return std::filesystem::exists(folder / file, ignored);
    };
    const bool is_model = has("config.json") || has("checkpoint.json");
    return !is_model && std::ranges::any_of(kTokenizerFiles, has)
               ? open_tokenizer_folder(folder)
               : open_model(reference, workspace);
}

} // namespace lyceum::models

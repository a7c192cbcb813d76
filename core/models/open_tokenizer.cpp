#include "core/base/atomic_file.h"
#include "core/models/model_package.h"

namespace lyceum::models {

Result<std::shared_ptr<const text::Tokenizer>>
open_tokenizer(std::string_view reference, const std::filesystem::path& workspace)
{
    const std::filesystem::path folder(reference);
    std::error_code ignored;
    const auto has = [&](const char* file) {
        return std::filesystem::exists(folder / file, ignored);
    };
    if (has("tokenizer.json") && !has("config.json") && !has("checkpoint.json")) {
        const std::filesystem::path file = folder / "tokenizer.json";
        LYCEUM_ASSIGN(const std::string json, read_file(file));
        auto tokenizer = text::Tokenizer::from_json(json);
        if (!tokenizer)
            return Error{tokenizer.error().code, file.string() + ": " + tokenizer.error().message,
                         tokenizer.error().hint};
        return tokenizer;
    }
    LYCEUM_ASSIGN(const ModelPackage model, open_model(reference, workspace));
    return model.tokenizer;
}

} // namespace lyceum::models

#include "core/base/atomic_file.h"
#include "core/models/hugging_face_files.h"
#include "core/models/model_opener.h"
#include "core/models/new_model.h"

#include <array>
#include <system_error>
#include <utility>

namespace lyceum::models {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 5> kFiles = {"config.json", "tokenizer.json",
                                               "tokenizer_config.json", "special_tokens_map.json",
                                               "generation_config.json"};

std::vector<NamedText> make_files(const ModelPackage& package)
{
    return {{kFiles[0], make_config(package, "float32")},
            {kFiles[1], package.tokenizer->to_json()},
            {kFiles[2], make_tokenizer_config(package)},
            {kFiles[3], make_special_tokens_map(package)},
            {kFiles[4], make_generation_config(package)}};
}

Error io_error(const std::string& what, const fs::path& path, const std::error_code& reason)
{
    return {ErrorCode::Io, what + " " + path.string() + ": " + reason.message() + ".",
            "Check the permissions of the run's folder."};
}

} // namespace

fs::path new_model_folder(const fs::path& run_folder)
{
    return run_folder / "model";
}

Result<void> write_new_model(const fs::path& folder, const ModelPackage& package)
{
    const fs::path temporary = folder.parent_path() / (".partial-" + folder.filename().string());
    std::error_code failed;
    fs::remove_all(temporary, failed);
    fs::create_directories(temporary, failed);
    if (failed)
        return io_error("Could not make", temporary, failed);
    for (const NamedText& file : make_files(package))
        LYCEUM_TRY(write_file_atomically(temporary / file.name, file.text));
    fs::rename(temporary, folder, failed);
    if (failed)
        return io_error("Could not name", folder, failed);
    return sync_folder(folder.parent_path());
}

Result<std::vector<NamedText>> read_new_model_files(const fs::path& folder)
{
    std::vector<NamedText> files;
    for (const char* name : kFiles) {
        LYCEUM_ASSIGN(std::string text, read_file(folder / name));
        files.push_back({name, std::move(text)});
    }
    return files;
}

Result<ModelPackage> open_new_model(const fs::path& folder)
{
    LYCEUM_ASSIGN(ModelPackage package, open_hugging_face(folder, Parts::TextOnly));
    describe_new_model(package);
    return package;
}

} // namespace lyceum::models

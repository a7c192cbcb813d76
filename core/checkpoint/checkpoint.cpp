#include "core/checkpoint/checkpoint.h"

#include "core/base/atomic_file.h"
#include "core/base/check.h"
#include "core/base/paths.h"
#include "core/base/sha256.h"
#include "core/base/text.h"
#include "core/checkpoint/retention.h"
#include "core/formats/safetensors.h"
#include "core/runtime/guard.h"

#include <fcntl.h>
#include <stdio.h>
#include <torch/torch.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace lyceum::checkpoint {

namespace fs = std::filesystem;
using strategy::NamedTensor;

namespace {

constexpr const char* kOptimizerFile = "optimizer.safetensors";
constexpr const char* kCallbacksFile = "callbacks.safetensors";
constexpr const char* kStateFile = "trainer_state.json";
constexpr const char* kManifestFile = "checkpoint.json";

const char* model_file(const models::CheckpointManifest& manifest)
{
    return manifest.has_adapter() ? "adapter_model.safetensors" : "model.safetensors";
}

std::uint64_t num_bytes(const std::vector<NamedTensor>& tensors)
{
    std::uint64_t bytes = 0;
    for (const auto& [name, tensor] : tensors)
        bytes += tensor.nbytes();
    return bytes;
}

Result<void> write_tensors(const fs::path& path, const std::vector<NamedTensor>& tensors)
{
    std::vector<at::Tensor> alive; // contiguous copies, where one was needed
    std::vector<formats::TensorData> data;
    for (const auto& [name, tensor] : tensors) {
        const bool is_bytes = tensor.scalar_type() == at::kByte;
        LYCEUM_CHECK(is_bytes || tensor.scalar_type() == at::kFloat,
                     "checkpoints hold float32 and uint8");
        alive.push_back(tensor.detach().contiguous());
        const auto& values = alive.back();
        data.push_back({name,
                        values.sizes().vec(),
                        is_bytes ? "U8" : "F32",
                        {static_cast<const std::byte*>(values.const_data_ptr()), values.nbytes()}});
    }
    return formats::write_safetensors(path, data, {{"format", "pt"}});
}

Result<std::vector<NamedTensor>> read_tensors(const fs::path& path)
{
    LYCEUM_ASSIGN(const auto source, formats::open_safetensors(path));
    std::vector<NamedTensor> tensors;
    for (const auto& info : source->tensors()) {
        const bool is_bytes = info.dtype == "U8";
        auto tensor = torch::empty(info.shape, is_bytes ? at::kByte : at::kFloat);
        if (is_bytes) {
            LYCEUM_ASSIGN(const auto bytes, source->raw_bytes(info.name));
            std::ranges::copy(bytes, static_cast<std::byte*>(tensor.mutable_data_ptr()));
        } else {
            LYCEUM_TRY(source->read_float32(
                info.name, {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())}));
        }
        tensors.push_back({info.name, std::move(tensor)});
    }
    return tensors;
}

Result<void> check_disk(const fs::path& folder, const Checkpoint& checkpoint)
{
    const auto needed = required_disk_bytes(checkpoint);
    LYCEUM_ASSIGN(const auto free, free_disk_bytes(folder));
    if (free < needed)
        return Error{ErrorCode::DiskFull,
                     "Checkpoint " + std::to_string(checkpoint.manifest.step) +
                         " was not written: it needs " + format_bytes(needed) + ", " +
                         format_bytes(free) + " are free at " + folder.string() + ".",
                     "Free disk space, or lower checkpoint.save_top_k."};
    return {};
}

Result<std::uint64_t> write_files(const fs::path& folder, const Checkpoint& checkpoint)
{
    LYCEUM_TRY(write_tensors(folder / model_file(checkpoint.manifest), checkpoint.model));
    LYCEUM_TRY(write_tensors(folder / kOptimizerFile, checkpoint.optimizer));
    LYCEUM_TRY(write_file_atomically(folder / kStateFile, to_json(checkpoint.trainer)));
    std::vector<std::string> names = {model_file(checkpoint.manifest), kOptimizerFile, kStateFile};
    if (!checkpoint.callbacks.empty()) {
        LYCEUM_TRY(write_tensors(folder / kCallbacksFile, checkpoint.callbacks));
        names.push_back(kCallbacksFile);
    }
    for (const auto& [name, text] : checkpoint.model_files) {
        LYCEUM_TRY(write_file_atomically(folder / name, text));
        names.push_back(name);
    }

    auto manifest = checkpoint.manifest;
    manifest.time =
        std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    manifest.files.clear();
    std::uint64_t size_bytes = 0;
    for (const std::string& name : names) {
        std::error_code failed;
        const auto size = fs::file_size(folder / name, failed);
        if (failed)
            return Error{ErrorCode::Io, "Could not read back " + (folder / name).string() + ".",
                         ""};
        LYCEUM_ASSIGN(const auto hash, sha256_file(folder / name));
        manifest.files.push_back({name, size, hash});
        size_bytes += size;
    }
    LYCEUM_TRY(write_file_atomically(folder / kManifestFile, models::to_json(manifest)));
    LYCEUM_TRY(sync_folder(folder));
    return size_bytes;
}

Error could_not_name(const fs::path& folder, const std::error_code& reason)
{
    return {ErrorCode::Io,
            "Could not name the checkpoint " + folder.string() + ": " + reason.message() + ".",
            "Check the permissions of the run's folder."};
}

/// Where the file system cannot exchange two folders, the old one steps aside first, and back when
/// the new one cannot take its place.
Result<void> replace_in_steps(const fs::path& temporary, const fs::path& folder)
{
    const auto aside =
        folder.parent_path() / (kTemporaryPrefix + folder.filename().string() + ".replaced");
    std::error_code failed, ignored;
    const bool replaces = fs::exists(folder, ignored);
    if (replaces)
        fs::rename(folder, aside, failed);
    if (failed)
        return could_not_name(folder, failed);
    fs::rename(temporary, folder, failed);
    if (failed) {
        if (replaces)
            fs::rename(aside, folder, ignored);
        return could_not_name(folder, failed);
    }
    fs::remove_all(aside, ignored);
    return {};
}

/// Gives the finished folder its name; a folder of that name changes places with it and goes.
Result<void> publish(const fs::path& temporary, const fs::path& folder)
{
    if (::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, folder.c_str(), RENAME_EXCHANGE) != 0) {
        const int reason = errno; // there is none of that name, or no exchange
        if (reason != ENOENT && reason != EINVAL && reason != ENOSYS)
            return could_not_name(folder, {reason, std::generic_category()});
        LYCEUM_TRY(replace_in_steps(temporary, folder));
    }
    std::error_code ignored;
    fs::remove_all(temporary, ignored);
    return sync_folder(folder.parent_path());
}

} // namespace

std::uint64_t required_disk_bytes(const Checkpoint& checkpoint)
{
    constexpr std::uint64_t kSpare =
        8U << 20U; // headers, state, manifest, and the run store's own needs
    std::uint64_t text_bytes = 0;
    for (const auto& file : checkpoint.model_files)
        text_bytes += file.text.size();
    return num_bytes(checkpoint.model) + num_bytes(checkpoint.optimizer) +
           num_bytes(checkpoint.callbacks) + text_bytes + kSpare;
}

Result<SavedCheckpoint> save_checkpoint(const fs::path& run_folder, const Checkpoint& checkpoint)
{
    const auto folder = checkpoint_folder(run_folder, checkpoint.manifest.step);
    const auto temporary = folder.parent_path() / (kTemporaryPrefix + folder.filename().string());
    std::error_code failed;
    fs::remove_all(temporary, failed);
    fs::create_directories(folder.parent_path(), failed);
    LYCEUM_TRY(check_disk(folder.parent_path(), checkpoint));
    fs::create_directory(temporary, failed);
    if (failed)
        return Error{ErrorCode::Io,
                     "Could not make " + temporary.string() + ": " + failed.message() + ".",
                     "Check the permissions of the run's folder."};
    auto written =
        runtime::guard("saving the checkpoint", [&] { return write_files(temporary, checkpoint); });
    if (!written) {
        fs::remove_all(temporary, failed);
        return written.error();
    }
    if (const auto published = publish(temporary, folder); !published) {
        fs::remove_all(temporary, failed);
        return published.error();
    }
    return SavedCheckpoint{folder, written.value()};
}

Result<Checkpoint> load_checkpoint(const fs::path& folder)
{
    LYCEUM_TRY(models::verify_checkpoint(folder));
    Checkpoint checkpoint;
    LYCEUM_ASSIGN(checkpoint.manifest, models::read_manifest(folder));
    LYCEUM_ASSIGN(const auto text, read_file(folder / kStateFile));
    LYCEUM_ASSIGN(checkpoint.trainer,
                  trainer_state_from_json(text, (folder / kStateFile).string()));
    return runtime::guard("loading the checkpoint", [&]() -> Result<Checkpoint> {
        LYCEUM_ASSIGN(checkpoint.model, read_tensors(folder / model_file(checkpoint.manifest)));
        LYCEUM_ASSIGN(checkpoint.optimizer, read_tensors(folder / kOptimizerFile));
        for (const auto& file : checkpoint.manifest.files)
            if (file.name == kCallbacksFile) {
                LYCEUM_ASSIGN(checkpoint.callbacks, read_tensors(folder / kCallbacksFile));
            }
        return std::move(checkpoint);
    });
}

std::string random_state()
{
    const auto state = at::detail::getDefaultCPUGenerator().get_state(); // [N] uint8
    return to_hex({static_cast<const char*>(state.const_data_ptr()), state.nbytes()});
}

Result<void> set_random_state(const std::string& hexadecimal)
{
    LYCEUM_ASSIGN(const auto bytes, from_hex(hexadecimal));
    return runtime::guard("restoring the random state", [&] {
        auto state = torch::empty({static_cast<std::int64_t>(bytes.size())}, at::kByte);
        std::copy(bytes.begin(), bytes.end(), static_cast<char*>(state.mutable_data_ptr()));
        auto generator = at::detail::getDefaultCPUGenerator();
        generator.set_state(state);
    });
}

} // namespace lyceum::checkpoint

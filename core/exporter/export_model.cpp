#include "core/exporter/export_model.h"

#include "core/base/atomic_file.h"
#include "core/base/check.h"
#include "core/base/paths.h"
#include "core/base/sha256.h"
#include "core/base/text.h"
#include "core/exporter/adapter_export.h"
#include "core/exporter/export_offers.h"
#include "core/exporter/gguf_metadata.h"
#include "core/exporter/model_card.h"
#include "core/exporter/staged_folder.h"
#include "core/exporter/verify.h"
#include "core/exporter/weights.h"
#include "core/formats/gguf_writer.h"
#include "core/formats/safetensors.h"
#include "core/formats/torch_file.h"
#include "core/formats/torch_writer.h"
#include "core/models/hugging_face_files.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <utility>

namespace lyceum::exporter {
namespace {

namespace fs = std::filesystem;

constexpr const char* kGgufName = "model.gguf";
constexpr const char* kTorchName = "pytorch_model.bin";

/// Sums in another order differ by about this much; a wrong weight differs by far more.
constexpr double kMergeTolerance = 1e-3;
/// The same weights through the same code.
constexpr double kReloadTolerance = 1e-4;

std::string utc_now()
{
    const std::time_t now = std::time(nullptr);
    std::tm parts = {};
    ::gmtime_r(&now, &parts);
    std::array<char, 32> text = {};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text.data();
}

/// One export, step by step.
class ModelExport {
public:
    ModelExport(const models::ModelPackage& package, const ExportOptions& options,
                const Progress& progress, StagedFolder folder)
        : package_(package), options_(options), progress_(progress), folder_(std::move(folder))
    {
    }

    Result<ExportReport> run()
    {
        LYCEUM_TRY(check_disk());
        LYCEUM_ASSIGN(probe_, probe_ids(package_));
        for (const Format format : options_.formats)
            LYCEUM_TRY(write_and_verify(format));
        LYCEUM_TRY(write_provenance());
        LYCEUM_TRY(begin("naming the finished folder"));
        report_.folder = folder_.destination();
        LYCEUM_ASSIGN(report_.kept_old_folder, folder_.commit());
        return report_;
    }

private:
    Result<void> begin(std::string_view doing) const
    {
        if (progress_ && !progress_(doing))
            return Error{ErrorCode::Cancelled,
                         "stopped before " + std::string(doing) + "; nothing was exported", ""};
        return {};
    }

    Result<void> check_disk() const
    {
        constexpr std::uint64_t kSmallFiles = 32U << 20U;
        const formats::GgmlType& type = stored_type(options_.dtype);
        const auto parameters = static_cast<std::uint64_t>(package_.num_parameters);
        const std::uint64_t needed =
            parameters * type.block_bytes / type.block_elements * options_.formats.size() +
            kSmallFiles;
        LYCEUM_ASSIGN(const std::uint64_t free, free_disk_bytes(folder_.path()));
        if (free < needed)
            return Error{ErrorCode::DiskFull,
                         "the export needs " + format_bytes(needed) + ", but only " +
                             format_bytes(free) + " are free where " +
                             folder_.destination().string() + " is to be",
                         "Free some space, choose another disk, or a smaller --dtype."};
        return {};
    }

    Result<void> write_and_verify(Format format)
    {
        const std::string name(format_name(format));
        LYCEUM_TRY(begin("reading the model"));
        LYCEUM_ASSIGN(model_, nn::load_causal_lm(package_));
        if (!before_.defined()) {
            LYCEUM_ASSIGN(before_, probe_logits(*model_, probe_));
        }
        if (format == Format::Adapter) {
            model_.reset();
            return write_and_verify_adapter();
        }
        model_->merge_lora();
        LYCEUM_TRY(begin("writing the weights for " + name));
        if (format == Format::Gguf) {
            LYCEUM_TRY(write_gguf());
            LYCEUM_ASSIGN(const auto written,
                          models::open_model((folder_.path() / kGgufName).string(), {}));
            return verify(written);
        }
        LYCEUM_TRY(format == Format::Torch ? write_torch() : write_hugging_face());
        LYCEUM_TRY(write_texts());
        LYCEUM_ASSIGN(auto written, models::open_model(folder_.path().string(), {}));
        if (format == Format::Torch) { // a folder with both opens as safetensors
            LYCEUM_ASSIGN(written.tensors, formats::open_torch(folder_.path() / kTorchName));
        }
        return verify(written);
    }

    /// Beside other formats in a folder of its own: Transformers would take the whole folder for
    /// an adapter.
    Result<void> write_and_verify_adapter()
    {
        const std::string prefix = options_.formats.size() == 1 ? "" : "adapter/";
        const fs::path folder = folder_.path() / prefix;
        std::error_code failed;
        fs::create_directories(folder, failed);
        LYCEUM_TRY(begin("writing the adapter"));
        LYCEUM_TRY(write_adapter(package_, options_.dtype, folder));
        report_.files.push_back(prefix + kAdapterWeights);
        LYCEUM_TRY(write_text(prefix + kAdapterConfig, make_adapter_config(package_)));
        LYCEUM_TRY(begin("reading the adapter back"));
        LYCEUM_ASSIGN(const auto written, reopen_adapter(package_, options_.dtype, folder));
        LYCEUM_ASSIGN(const auto reloaded, nn::load_causal_lm(written));
        LYCEUM_ASSIGN(const at::Tensor after, probe_logits(*reloaded, probe_));
        return note(written.adapter->tensors->tensors().size(), after);
    }

    Result<void> write_gguf()
    {
        LYCEUM_ASSIGN(const auto plan, plan_gguf(*model_, package_.architecture, options_.dtype));
        LYCEUM_ASSIGN(const auto metadata, make_gguf_metadata(package_, options_.dtype));
        LYCEUM_ASSIGN(const auto writer,
                      formats::create_gguf(folder_.path() / kGgufName, metadata, tensors_of(plan)));
        return write_weights_with(plan, *writer);
    }

    Result<void> write_hugging_face()
    {
        const auto plan = plan_hugging_face(*model_, options_.dtype);
        LYCEUM_ASSIGN(const auto writer,
                      formats::create_safetensors_folder(folder_.path(), tensors_of(plan),
                                                         options_.max_shard_bytes));
        return write_weights_with(plan, *writer);
    }

    Result<void> write_torch()
    {
        const auto plan = plan_hugging_face(*model_, options_.dtype);
        LYCEUM_ASSIGN(const auto writer,
                      formats::create_torch(folder_.path() / kTorchName, tensors_of(plan)));
        return write_weights_with(plan, *writer);
    }

    /// What hf and torch have in common, once.
    Result<void> write_texts()
    {
        if (std::ranges::find(report_.files, "config.json") != report_.files.end())
            return {};
        LYCEUM_TRY(begin("writing tokenizer and configuration"));
        const std::pair<const char*, std::string> texts[] = {
            {"config.json", make_config(package_, dtype_name(options_.dtype))},
            {"generation_config.json", make_generation_config(package_)},
            {"tokenizer.json", package_.tokenizer->to_json()},
            {"tokenizer_config.json", make_tokenizer_config(package_)},
            {"special_tokens_map.json", make_special_tokens_map(package_)}};
        for (const auto& [name, text] : texts)
            LYCEUM_TRY(write_text(name, text));
        return {};
    }

    Result<void> write_text(const std::string& name, const std::string& text)
    {
        report_.files.push_back(name);
        return write_file_atomically(folder_.path() / name, text);
    }

    Result<void> write_weights_with(const std::vector<StoredWeight>& plan,
                                    formats::TensorWriter& writer)
    {
        LYCEUM_TRY(write_weights(*model_, plan, writer));
        for (std::string& name : writer.file_names())
            report_.files.push_back(std::move(name));
        return {};
    }

    /// @param written the export, opened; `model_` is what it should say.
    Result<void> verify(const models::ModelPackage& written)
    {
        LYCEUM_TRY(begin("reading the export back"));
        LYCEUM_TRY(compare_tensors(*model_, *written.tensors));
        LYCEUM_ASSIGN(const auto ids, probe_ids(written)); // through template and tokenizer
        if (ids != probe_ || written.stop_tokens != package_.stop_tokens)
            return Error{ErrorCode::InvalidData,
                         "the export's tokenizer or chat template differs from the model's", ""};
        LYCEUM_TRY(begin("comparing the logits"));
        LYCEUM_ASSIGN(const at::Tensor expected, probe_logits(*model_, probe_));
        model_.reset();
        LYCEUM_ASSIGN(const auto reloaded, nn::load_causal_lm(written));
        LYCEUM_ASSIGN(const at::Tensor after, probe_logits(*reloaded, probe_));
        if (!(max_difference(expected, after) <= kReloadTolerance))
            return differs(max_difference(expected, after));
        return note(written.tensors->tensors().size(), after);
    }

    /// @param after [T, V], of the export as it was read back.
    Result<void> note(std::size_t num_tensors, const at::Tensor& after)
    {
        const double difference = max_difference(before_, after);
        report_.formats.push_back({.format = options_.formats[report_.formats.size()],
                                   .num_tensors = num_tensors,
                                   .probe_tokens = probe_.size(),
                                   .same_choices = num_same_choices(before_, after),
                                   .max_difference = difference,
                                   .limit = options_.dtype == Dtype::Float32
                                                ? std::optional(kMergeTolerance)
                                                : std::nullopt});
        report_.max_difference = std::max(report_.max_difference, difference);
        const std::optional<double>& limit = report_.formats.back().limit;
        if (!std::isfinite(difference) || (limit && difference > *limit))
            return differs(difference);
        return {};
    }

    static Error differs(double difference)
    {
        return Error{ErrorCode::InvalidData,
                     "the export's logits differ from the model's by " + std::to_string(difference),
                     "Report this; the model was not exported."};
    }

    Result<void> write_provenance()
    {
        LYCEUM_TRY(begin("writing the model card"));
        Provenance provenance{.version = LYCEUM_VERSION,
                              .time = utc_now(),
                              .dtype = std::string(dtype_name(options_.dtype)),
                              .formats = options_.formats,
                              .max_difference = report_.max_difference,
                              .probe_tokens = probe_.size()};
        if (!package_.checkpoint_folder.empty()) {
            LYCEUM_ASSIGN(provenance.checkpoint, models::read_manifest(package_.checkpoint_folder));
            const fs::path run = package_.checkpoint_folder.parent_path().parent_path();
            provenance.run_yaml = optional_text(run / "run.yaml");
            provenance.environment_json = optional_text(run / "environment.json");
        }
        LYCEUM_TRY(write_text("README.md", make_model_card(package_, provenance)));
        nlohmann::ordered_json manifest = {{"format_version", 1},
                                           {"lyceum", provenance.version},
                                           {"time", provenance.time},
                                           {"model", package_.name},
                                           {"base_model", package_.base_name},
                                           {"dtype", provenance.dtype},
                                           {"formats", nlohmann::ordered_json::array()},
                                           {"max_difference", report_.max_difference}};
        for (const Format format : options_.formats)
            manifest["formats"].push_back(format_name(format));
        if (provenance.checkpoint) {
            manifest["run"] = provenance.checkpoint->run;
            manifest["step"] = provenance.checkpoint->step;
        }
        for (const std::string& name : report_.files) {
            LYCEUM_ASSIGN(const std::string sha256, sha256_file(folder_.path() / name));
            std::error_code failed;
            const std::uintmax_t size = fs::file_size(folder_.path() / name, failed);
            manifest["files"].push_back({{"name", name}, {"size_bytes", size}, {"sha256", sha256}});
            report_.hashes.push_back({name, size, sha256});
            report_.size_bytes += failed ? 0 : size;
        }
        return write_text(
            std::string(kExportManifest),
            manifest.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
    }

    /// For the card; a checkpoint copied out of its run has none. Ends with a line break.
    static std::string optional_text(const fs::path& path)
    {
        constexpr std::size_t kLimit = std::size_t{1} << 16;
        const auto text = read_file(path, kLimit);
        if (!text || text.value().find("```") != std::string::npos)
            return {};
        return text.value().ends_with('\n') ? text.value() : text.value() + "\n";
    }

    const models::ModelPackage& package_;
    const ExportOptions& options_;
    const Progress& progress_;
    StagedFolder folder_;
    std::vector<text::TokenId> probe_;
    std::shared_ptr<nn::CausalLm> model_; ///< Merged; rounded once it is written.
    at::Tensor before_;                   ///< [T, V], of the model as it was trained.
    ExportReport report_;
};

} // namespace

Result<ExportReport> export_model(const models::ModelPackage& package, const ExportOptions& options,
                                  const Progress& progress)
{
    LYCEUM_CHECK(package.tokenizer != nullptr && package.tensors != nullptr,
                 "the package is whole");
    LYCEUM_TRY(check_options(options));
    for (const Format format : options.formats)
        LYCEUM_TRY(check_format(package, format));
    LYCEUM_ASSIGN(StagedFolder folder, StagedFolder::create(options.out, options.overwrite));
    return ModelExport(package, options, progress, std::move(folder)).run();
}

} // namespace lyceum::exporter

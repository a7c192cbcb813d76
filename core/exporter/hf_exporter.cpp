#include "core/exporter/hf_exporter.h"

#include "core/base/atomic_file.h"
#include "core/base/check.h"
#include "core/base/paths.h"
#include "core/base/sha256.h"
#include "core/base/text.h"
#include "core/exporter/hf_files.h"
#include "core/exporter/model_card.h"
#include "core/exporter/staged_folder.h"
#include "core/exporter/verify.h"
#include "core/formats/convert.h"
#include "core/formats/safetensors.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <utility>

namespace lyceum::exporter {
namespace {

namespace fs = std::filesystem;

constexpr auto kDtypeNames = std::to_array<std::pair<Dtype, std::string_view>>(
    {{Dtype::Float32, "float32"}, {Dtype::Bfloat16, "bfloat16"}, {Dtype::Float16, "float16"}});

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
class HuggingFaceExport {
public:
    HuggingFaceExport(const models::ModelPackage& package, const ExportOptions& options,
                      const Progress& progress, StagedFolder folder)
        : package_(package), options_(options), progress_(progress), folder_(std::move(folder))
    {
    }

    Result<ExportReport> run()
    {
        LYCEUM_TRY(check_disk());
        LYCEUM_TRY(prepare_model());
        LYCEUM_TRY(write_files());
        LYCEUM_TRY(verify());
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
        const std::uint64_t element = options_.dtype == Dtype::Float32 ? 4 : 2;
        const std::uint64_t needed =
            static_cast<std::uint64_t>(package_.num_parameters) * element + kSmallFiles;
        LYCEUM_ASSIGN(const std::uint64_t free, free_disk_bytes(folder_.path()));
        if (free < needed)
            return Error{ErrorCode::DiskFull,
                         "the export needs " + format_bytes(needed) + ", but only " +
                             format_bytes(free) + " are free where " +
                             folder_.destination().string() + " is to be",
                         "Free some space, choose another disk, or --dtype bfloat16."};
        return {};
    }

    Result<void> prepare_model()
    {
        LYCEUM_TRY(begin("reading the model"));
        LYCEUM_ASSIGN(probe_, probe_ids(package_));
        LYCEUM_ASSIGN(model_, nn::load_causal_lm(package_));
        LYCEUM_ASSIGN(before_, probe_logits(*model_, probe_));
        model_->merge_lora();
        return {};
    }

    Result<void> write_files()
    {
        LYCEUM_TRY(begin("writing model.safetensors"));
        LYCEUM_TRY(write_weights());
        LYCEUM_TRY(begin("writing tokenizer and configuration"));
        const std::string_view dtype = dtype_name(options_.dtype);
        const std::pair<const char*, std::string> texts[] = {
            {"config.json", make_config(package_, dtype)},
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

    Result<void> write_weights()
    {
        std::vector<formats::TensorData> tensors;
        std::vector<std::vector<std::uint16_t>> rounded; // keeps the data alive until it is written
        for (const auto& item : model_->named_parameters()) {
            const at::Tensor& parameter = item.value();
            LYCEUM_CHECK(parameter.is_contiguous() && parameter.scalar_type() == at::kFloat,
                         "parameters are contiguous float32");
            std::span<float> values(static_cast<float*>(parameter.data_ptr()),
                                    static_cast<std::size_t>(parameter.numel()));
            formats::TensorData data{item.key(), parameter.sizes().vec(), "F32",
                                     std::as_bytes(values)};
            if (options_.dtype != Dtype::Float32) {
                LYCEUM_ASSIGN(auto halves, round_in_place(item.key(), values));
                rounded.push_back(std::move(halves));
                data.dtype = options_.dtype == Dtype::Bfloat16 ? "BF16" : "F16";
                data.data = std::as_bytes(std::span(rounded.back()));
            }
            tensors.push_back(std::move(data));
        }
        report_.files.emplace_back("model.safetensors");
        return formats::write_safetensors(folder_.path() / "model.safetensors", tensors,
                                          {{"format", "pt"}});
    }

    /// The values as 16 bits; in the model they become what those bits say, for the comparison.
    Result<std::vector<std::uint16_t>> round_in_place(const std::string& name,
                                                      std::span<float> values) const
    {
        const bool is_half = options_.dtype == Dtype::Float16;
        std::vector<std::uint16_t> halves(values.size());
        std::ranges::transform(values, halves.begin(),
                               is_half ? formats::float_to_half : formats::float_to_bfloat16);
        const auto convert = is_half ? formats::convert_f16 : formats::convert_bf16;
        const auto infinite = std::ranges::find_if(values, [&](const float& value) {
            const auto bits = halves[static_cast<std::size_t>(&value - values.data())];
            return is_half && std::isfinite(value) && (bits & 0x7C00U) == 0x7C00U;
        });
        if (infinite != values.end())
            return Error{ErrorCode::Unsupported,
                         "tensor " + name + " holds " + std::to_string(*infinite) +
                             ", which does not fit float16",
                         "Export with --dtype bfloat16 or float32."};
        convert(std::as_bytes(std::span(halves)).data(), halves.size(), values.data());
        return halves;
    }

    Result<void> verify()
    {
        LYCEUM_TRY(begin("reading the export back"));
        LYCEUM_ASSIGN(const models::ModelPackage written,
                      models::open_model(folder_.path().string(), {}));
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
        report_.max_difference = max_difference(before_, after);
        const bool exact = options_.dtype == Dtype::Float32;
        if (!(max_difference(expected, after) <= kReloadTolerance) ||
            !std::isfinite(report_.max_difference) ||
            (exact && report_.max_difference > kMergeTolerance))
            return Error{ErrorCode::InvalidData,
                         "the export's logits differ from the model's by " +
                             std::to_string(report_.max_difference),
                         "Report this; the model was not exported."};
        return {};
    }

    Result<void> write_provenance()
    {
        LYCEUM_TRY(begin("writing the model card"));
        Provenance provenance{.version = LYCEUM_VERSION,
                              .time = utc_now(),
                              .dtype = std::string(dtype_name(options_.dtype)),
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
                                           {"max_difference", report_.max_difference}};
        if (provenance.checkpoint) {
            manifest["run"] = provenance.checkpoint->run;
            manifest["step"] = provenance.checkpoint->step;
        }
        for (const std::string& name : report_.files) {
            LYCEUM_ASSIGN(const std::string sha256, sha256_file(folder_.path() / name));
            std::error_code failed;
            const std::uintmax_t size = fs::file_size(folder_.path() / name, failed);
            manifest["files"].push_back({{"name", name}, {"size_bytes", size}, {"sha256", sha256}});
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
    std::shared_ptr<nn::CausalLm> model_; ///< Merged and rounded, after the first logits.
    at::Tensor before_;                   ///< [T, V], of the model as it was trained.
    ExportReport report_;
};

} // namespace

std::string_view dtype_name(Dtype dtype) noexcept
{
    return std::ranges::find(kDtypeNames, dtype, [](const auto& each) { return each.first; })
        ->second;
}

Result<Dtype> parse_dtype(std::string_view name)
{
    for (const auto& [dtype, known] : kDtypeNames)
        if (known == name)
            return dtype;
    return Error{ErrorCode::InvalidConfig, "--dtype is \"" + std::string(name) + "\"",
                 "Known are float32, bfloat16 and float16."};
}

Result<ExportReport> export_hugging_face(const models::ModelPackage& package,
                                         const ExportOptions& options, const Progress& progress)
{
    LYCEUM_CHECK(package.tokenizer != nullptr && package.tensors != nullptr,
                 "the package is whole");
    LYCEUM_ASSIGN(StagedFolder folder, StagedFolder::create(options.out, options.overwrite));
    return HuggingFaceExport(package, options, progress, std::move(folder)).run();
}

} // namespace lyceum::exporter

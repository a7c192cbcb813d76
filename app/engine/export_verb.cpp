#include "app/engine/output.h"
#include "app/engine/verb.h"
#include "core/base/text.h"
#include "core/exporter/export_model.h"
#include "core/exporter/export_offers.h"
#include "core/exporter/model_card.h"

#include <csignal>
#include <memory>

namespace lyceum::engine {
namespace {

struct ExportArguments {
    std::string model;
    std::string formats;
    std::string dtype = "float32";
    exporter::ExportOptions options;
    bool list = false;
};

volatile std::sig_atomic_t stop_requested = 0;

/// SIGINT and SIGTERM end the export between two of its steps, so that nothing half-written stays.
void watch_for_stop()
{
    struct sigaction action = {};
    action.sa_handler = [](int) { stop_requested = 1; };
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

nlohmann::json json_of(const exporter::FormatOffer& offer)
{
    nlohmann::json json = {{"format", exporter::format_name(offer.format)},
                           {"available", !offer.refusal},
                           {"dtypes", nlohmann::json::array()}};
    for (const exporter::DtypeOffer& each : offer.dtypes)
        json["dtypes"].push_back(
            {{"dtype", exporter::dtype_name(each.dtype)}, {"size_bytes", each.size_bytes}});
    if (offer.refusal) {
        json["problem"] = offer.refusal->message;
        json["hint"] = offer.refusal->hint;
    }
    return json;
}

/// What the model can be written as; nothing is written.
Result<int> list_formats(const models::ModelPackage& package, const Context& context)
{
    nlohmann::json formats = nlohmann::json::array();
    for (const exporter::FormatOffer& offer : exporter::export_offers(package)) {
        formats.push_back(json_of(offer));
        if (context.json)
            continue;
        std::cout << exporter::format_name(offer.format);
        for (const exporter::DtypeOffer& each : offer.dtypes)
            std::cout << "  " << exporter::dtype_name(each.dtype) << " "
                      << format_bytes(each.size_bytes);
        if (offer.refusal)
            std::cout << "  not available: " << offer.refusal->message << ". "
                      << offer.refusal->hint;
        std::cout << "\n";
    }
    const std::string hub = exporter::hub_name(package.licence.source);
    if (context.json)
        print_json({{"model", package.name},
                    {"base_model", hub.empty() ? package.base_name : hub},
                    {"has_chat_template", package.chat_template != nullptr},
                    {"formats", formats}});
    return 0;
}

nlohmann::json json_of(const exporter::ExportReport& report, const exporter::ExportOptions& options)
{
    nlohmann::json files = nlohmann::json::array();
    for (const std::string& name : report.files)
        files.push_back((report.folder / name).string());
    nlohmann::json hashes = nlohmann::json::object();
    for (const exporter::ExportedFile& file : report.hashes)
        hashes[(report.folder / file.name).string()] = file.sha256;
    nlohmann::json formats = nlohmann::json::array();
    for (const exporter::FormatReport& each : report.formats) {
        formats.push_back({{"format", exporter::format_name(each.format)},
                           {"dtype", exporter::dtype_name(options.dtype)},
                           {"tensors", each.num_tensors},
                           {"probe_tokens", each.probe_tokens},
                           {"same_choices", each.same_choices},
                           {"max_difference", each.max_difference}});
        if (each.limit)
            formats.back()["limit"] = *each.limit;
    }
    return {{"files", files},
            {"sha256", hashes},
            {"verified", true},
            {"max_difference", report.max_difference},
            {"formats", formats},
            {"folder", report.folder.string()},
            {"size_bytes", report.size_bytes}};
}

Result<int> run(const ExportArguments& arguments, const Context& context)
{
    exporter::ExportOptions options = arguments.options;
    if (arguments.list) {
        LYCEUM_ASSIGN(const models::ModelPackage package,
                      models::open_model(arguments.model, context.workspace));
        return list_formats(package, context);
    }
    if (arguments.formats.empty() || options.out.empty())
        return Error{ErrorCode::InvalidConfig,
                     std::string(arguments.formats.empty() ? "--format" : "--out") + " is missing",
                     "Say what to write and where, such as --format hf --out FOLDER; --list shows "
                     "what this model can be written as."};
    LYCEUM_ASSIGN(options.formats, exporter::parse_formats(arguments.formats));
    LYCEUM_ASSIGN(options.dtype, exporter::parse_dtype(arguments.dtype));
    LYCEUM_TRY(exporter::check_options(options));
    watch_for_stop();
    LYCEUM_ASSIGN(const models::ModelPackage package,
                  models::open_model(arguments.model, context.workspace));
    LYCEUM_ASSIGN(const exporter::ExportReport report,
                  exporter::export_model(package, options, [](std::string_view doing) {
                      std::cerr << doing << std::endl;
                      return stop_requested == 0;
                  }));
    if (!report.kept_old_folder.empty())
        std::cerr << "The folder that was there is now " << report.kept_old_folder.string() << "\n";
    if (context.json)
        print_json(json_of(report, options));
    else
        std::cout << "Exported " << package.name << " to " << report.folder.string() << " ("
                  << format_bytes(report.size_bytes)
                  << "). Read back and verified; largest difference of a logit: "
                  << report.max_difference << std::endl;
    return 0;
}

} // namespace

Verb export_verb()
{
    return {"export", "Writes a model for other programs, and verifies it", [](CLI::App& command) {
                auto arguments = std::make_shared<ExportArguments>();
                command.add_option("model", arguments->model, "A model, run, checkpoint or file")
                    ->required();
                command.add_option(
                    "--format", arguments->formats,
                    "hf (a Hugging Face folder), gguf (a file for llama.cpp), torch (a folder "
                    "with a state dict), adapter (a LoRA for PEFT); several with commas "
                    "between them");
                command.add_option("--out", arguments->options.out, "The folder to write");
                command.add_flag(
                    "--list", arguments->list,
                    "Say what the model can be written as and how large; write nothing");
                command
                    .add_option("--dtype", arguments->dtype,
                                "float32, bfloat16, float16, and for gguf q8_0 or q4_0")
                    ->capture_default_str();
                command.add_flag("--overwrite", arguments->options.overwrite,
                                 "Move a folder of that name aside that Lyceum did not write");
                return [arguments](const Context& context) { return run(*arguments, context); };
            }};
}

} // namespace lyceum::engine

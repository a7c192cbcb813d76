#include "app/engine/output.h"
#include "app/engine/verb.h"
#include "core/base/text.h"
#include "core/exporter/export_model.h"

#include <csignal>
#include <memory>

namespace lyceum::engine {
namespace {

struct ExportArguments {
    std::string model;
    std::string formats;
    std::string dtype = "float32";
    exporter::ExportOptions options;
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

Result<int> run(const ExportArguments& arguments, const Context& context)
{
    exporter::ExportOptions options = arguments.options;
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
    nlohmann::json files = nlohmann::json::array();
    for (const std::string& name : report.files)
        files.push_back((report.folder / name).string());
    if (context.json)
        print_json({{"files", files},
                    {"verified", true},
                    {"max_difference", report.max_difference},
                    {"folder", report.folder.string()},
                    {"size_bytes", report.size_bytes}});
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
    return {
        "export", "Writes a model for other programs, and verifies it", [](CLI::App& command) {
            auto arguments = std::make_shared<ExportArguments>();
            command.add_option("model", arguments->model, "A model, run, checkpoint or file")
                ->required();
            command
                .add_option(
                    "--format", arguments->formats,
                    "hf (a Hugging Face folder), gguf (a file for llama.cpp), torch (a folder "
                    "with a state dict), adapter (a LoRA for PEFT); several with commas "
                    "between them")
                ->required();
            command.add_option("--out", arguments->options.out, "The folder to write")->required();
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

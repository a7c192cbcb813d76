#include "app/cli/command_line.h"

#include "app/cli/engine_verb.h"
#include "app/usage/usage.h"
#include "core/base/paths.h"

#include <CLI/CLI.hpp>

#include <memory>

namespace lyceum::cli {
namespace {

// The verb's command becomes the answer when it is parsed; its options are written into it before.
template <typename T>
std::shared_ptr<T> chosen_by(CLI::App* verb, CommandLine& line)
{
    auto command = std::make_shared<T>();
    verb->callback([command, &line] { line.command = *command; });
    return command;
}

void declare_models(CLI::App& app, CommandLine& line)
{
    CLI::App* models = app.add_subcommand("models", "Known and local models");
    models->require_subcommand(1);
    chosen_by<ModelsList>(models->add_subcommand("list", "Known models and those here"), line);
    CLI::App* inspect = models->add_subcommand("inspect", "Architecture, size, licence of one");
    auto options = chosen_by<ModelsInspect>(inspect, line);
    inspect->add_option("model", options->model, "A name, file, folder, run or checkpoint")
        ->required();
    CLI::App* add = models->add_subcommand("add", "Make a folder or .gguf file known by a name");
    auto added = chosen_by<ModelsAdd>(add, line);
    add->add_option("path", added->source, "A Hugging Face folder or a .gguf file")->required();
    add->add_option("--name", added->name, "What to call it (default: its own name)");
    CLI::App* remove = models->add_subcommand("remove", "Forget an added model; its files stay");
    auto removed = chosen_by<ModelsRemove>(remove, line);
    remove->add_option("model", removed->name, "A name of `models list`")->required();
}

void declare_tokenize(CLI::App& app, CommandLine& line)
{
    CLI::App* verb = app.add_subcommand("tokenize", "Token ids of each line of text");
    auto options = chosen_by<Tokenize>(verb, line);
    verb->add_option("model", options->model, "A model, or a folder with a tokenizer.json")
        ->required();
    verb->add_option("--file", options->file, "The text (default: standard input)");
    verb->add_flag("--decode", options->decode, "The other way: each line holds token ids");
}

void declare_tokenizer(CLI::App& app, CommandLine& line)
{
    CLI::App* tokenizer = app.add_subcommand("tokenizer", "Tokenizers of your own");
    tokenizer->require_subcommand(1);
    CLI::App* verb = tokenizer->add_subcommand("train", "Learn a tokenizer from text");
    auto options = chosen_by<TokenizerTrain>(verb, line);
    verb->add_option("data", options->sources, "Files (.jsonl, .txt, .md) or datasets")->required();
    verb->add_option("--kind", options->kind, "bpe (byte-level), wordpiece or unigram")
        ->check(CLI::IsMember({"bpe", "wordpiece", "unigram"}));
    verb->add_option("--vocab-size", options->vocab_size, "Tokens, special ones among them (2048)");
    verb->add_option("--min-frequency", options->min_frequency,
                     "Of a pair that becomes a token (2); not for unigram");
    verb->add_option("--special", options->special_tokens,
                     "A special token, repeatable, the first ids (default: <|endoftext|>)")
        ->allow_extra_args(false)
        ->take_all();
    verb->add_option("--out", options->out, "A new folder for tokenizer.json")->required();
}

void declare_train(CLI::App& app, CommandLine& line)
{
    CLI::App* verb = app.add_subcommand("train", "Train a model; Ctrl-C stops and saves");
    auto options = chosen_by<Train>(verb, line);
    verb->add_option("run", options->source, "A run.yaml, or a recipe: starter");
    verb->add_option("--set", options->overrides, "Override one field: trainer.max_steps=50")
        ->allow_extra_args(false)
        ->take_all();
    verb->add_option_function<std::string>(
        "--devices",
        [options](const std::string& n) { options->overrides.push_back("trainer.devices=" + n); },
        "Short for --set trainer.devices=N");
    verb->add_option_function<std::string>(
        "--strategy",
        [options](const std::string& s) { options->overrides.push_back("trainer.strategy=" + s); },
        "Short for --set trainer.strategy=S");
    verb->add_option("--resume", options->resume, "Go on with RUN, RUN@step or a checkpoint");
    verb->add_flag("--detach", options->detach, "Leave it running and return");
    verb->add_option("--prove-resume", options->prove_resume,
                     "Train N steps twice, once killed and resumed, and compare every bit");
}

template <typename T>
std::shared_ptr<T> declare_run_verb(CLI::App* runs, const char* name, const char* description,
                                    CommandLine& line)
{
    CLI::App* verb = runs->add_subcommand(name, description);
    auto options = chosen_by<T>(verb, line);
    verb->add_option("run", options->run, "The run's name")->required();
    return options;
}

void declare_ask(CLI::App* runs, store::CommandKind kind, const char* description,
                 const char* value, CommandLine& line)
{
    const std::string name{store::to_string(kind)};
    auto options = declare_run_verb<RunsAsk>(runs, name.c_str(), description, line);
    options->kind = kind;
    if (value != nullptr)
        runs->get_subcommand(name)->add_option("value", options->value, value)->required();
}

void declare_runs(CLI::App& app, CommandLine& line)
{
    CLI::App* runs = app.add_subcommand("runs", "The runs of this workspace");
    runs->require_subcommand(1);
    chosen_by<RunsList>(runs->add_subcommand("list", "All runs, newest first"), line);
    declare_run_verb<RunsShow>(runs, "show", "Everything about one run", line);
    declare_run_verb<RunsStop>(runs, "stop", "Stop a run and save", line);
    using enum store::CommandKind;
    declare_ask(runs, Pause, "Let a run hold its place, in memory", nullptr, line);
    declare_ask(runs, Continue, "Go on with a paused run", nullptr, line);
    declare_ask(runs, CheckpointNow, "Save a checkpoint now", nullptr, line);
    declare_ask(runs, EvaluateNow, "Measure the validation loss now", nullptr, line);
    declare_ask(runs, SetLearningRate, "Change the learning rate of a run that goes on",
                "The new optimizer.lr: the peak of the schedule, which goes on in its shape", line);
    declare_ask(runs, SetMaxSteps, "Change the last step of a run that goes on",
                "The step to end at; the schedule then ends there too", line);
    auto resume = declare_run_verb<RunsResume>(runs, "resume", "Go on from a checkpoint", line);
    runs->get_subcommand("resume")->add_flag("--detach", resume->detach,
                                             "Leave it running and return");
    auto rerun = declare_run_verb<RunsRerun>(
        runs, "rerun", "Train with a run's settings again, and say whether it went the same way",
        line);
    runs->get_subcommand("rerun")->add_flag("--detach", rerun->detach,
                                            "Leave it running and return; nothing is compared");
    auto proof = declare_run_verb<RunsProveResume>(
        runs, "prove-resume", "Prove that resuming is exact, with the run's settings", line);
    runs->get_subcommand("prove-resume")
        ->add_option("--steps", proof->num_steps, "Steps of the proof (20)");
    auto metrics = declare_run_verb<RunsMetrics>(runs, "metrics", "What was measured", line);
    runs->get_subcommand("metrics")->add_option("--name", metrics->name, "One metric only");
    declare_run_verb<RunsLog>(runs, "log", "The engine's log", line);
    declare_run_verb<RunsPush>(runs, "push", "Send what its MLflow server has not got yet", line);
    auto exported = declare_run_verb<RunsExportTracker>(
        runs, "export-tracker", "Write it for another program, after the fact", line);
    CLI::App* verb = runs->get_subcommand("export-tracker");
    verb->add_option("--to", exported->to, "csv, jsonl, tensorboard, mlflow or wandb")->required();
    verb->add_option("--out", exported->out, "A new folder (default: the run's trackers/NAME)");
    declare_run_verb<RunsDelete>(runs, "delete", "Remove a run and its files", line);
}

} // namespace

Result<CommandLine> parse_command_line(int argc, const char* const* argv)
{
    CommandLine line{.workspace = default_workspace_dir()};
    CLI::App app{"Lyceum: train language models for education.", "lyceum"};
    app.set_version_flag("--version", "lyceum " LYCEUM_VERSION);
    app.add_option("--workspace", line.workspace, "Where runs, datasets and models are kept");
    app.add_flag("--json", line.json, "Standard output carries JSON only");
    app.require_subcommand(1);
    app.fallthrough();
    CLI::App* doctor = app.add_subcommand("doctor", "Check this computer");
    chosen_by<Doctor>(doctor, line);
    declare_models(app, line);
    declare_tokenize(app, line);
    declare_tokenizer(app, line);
    declare_train(app, line);
    declare_runs(app, line);
    // Here for --help and for the nearest verb; they never get this far.
    for (const EngineVerb& verb : engine_verbs())
        app.add_subcommand(verb.name, verb.description);
    LYCEUM_ASSIGN(const usage::Parsed parsed, usage::parse(app, argc, argv));
    if (parsed.exit_status)
        line.command = Help{*parsed.exit_status};
    return line;
}

} // namespace lyceum::cli

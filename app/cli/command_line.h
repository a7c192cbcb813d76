#pragma once

/// @file
/// What a command line of `lyceum` asks for, as plain values: a type a verb.

#include "core/base/result.h"
#include "core/store/run_rows.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace lyceum::cli {

struct Doctor {};
struct ModelsList {};
struct ModelsInspect {
    std::string model;
};
struct ModelsAdd {
    std::filesystem::path source;
    std::string name; ///< Empty: its own.
};
struct ModelsRemove {
    std::string name;
};
struct Tokenize {
    std::string model;
    std::filesystem::path file; ///< Empty: standard input.
    bool decode = false;
};
struct TokenizerTrain {
    std::vector<std::string> sources; ///< Files and datasets.
    std::string kind = "bpe";         ///< bpe | wordpiece | unigram
    std::int64_t vocab_size = 2048;
    std::optional<std::int64_t> min_frequency; ///< Empty: 2; unigram has none.
    std::vector<std::string> special_tokens;   ///< Empty: those that are usual for the kind.
    std::filesystem::path out;
};
struct Train {
    std::string source;                 ///< A file or a recipe; may be empty with `resume`.
    std::vector<std::string> overrides; ///< "trainer.max_steps=50"
    std::string resume;                 ///< RUN, RUN@step or a checkpoint folder.
    bool detach = false;
    std::optional<std::int64_t> prove_resume; ///< Steps of a proof in place of a run.
};
struct RunsList {};
struct RunsShow {
    std::string run;
};
struct RunsStop {
    std::string run;
};
/// Asks a run that goes on for something, and waits for its answer.
struct RunsAsk {
    std::string run;
    store::CommandKind kind = store::CommandKind::Pause;
    std::optional<double> value;
};
struct RunsProveResume {
    std::string run;
    std::int64_t num_steps = 20;
};
struct RunsRerun {
    std::string run;
    bool detach = false;
};
struct RunsResume {
    std::string run; ///< RUN, RUN@step or a checkpoint folder.
    bool detach = false;
};
struct RunsMetrics {
    std::string run;
    std::optional<std::string> name;
};
struct RunsLog {
    std::string run;
};
struct RunsPush {
    std::string run;
};
struct RunsExportTracker {
    std::string run;
    std::string to;            ///< A tracker's name.
    std::filesystem::path out; ///< Empty: the run's own folder.
};
struct RunsDelete {
    std::string run;
};
struct Help {
    int exit_status = 0; ///< Help or version has been printed already.
};

using Command = std::variant<Help, Doctor, ModelsList, ModelsInspect, ModelsAdd, ModelsRemove,
                             Tokenize, TokenizerTrain, Train, RunsList, RunsShow, RunsStop, RunsAsk,
                             RunsProveResume, RunsRerun, RunsResume, RunsMetrics, RunsLog, RunsPush,
                             RunsExportTracker, RunsDelete>;

struct CommandLine {
    std::filesystem::path workspace;
    bool json = false;
    Command command;
};

/// @return InvalidConfig naming what is wrong and the nearest verb or option.
[[nodiscard]] Result<CommandLine> parse_command_line(int argc, const char* const* argv);

} // namespace lyceum::cli

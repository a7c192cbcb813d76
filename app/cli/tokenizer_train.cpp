#include "app/cli/signals.h"
#include "app/cli/verbs.h"
#include "core/base/atomic_file.h"
#include "core/base/sha256.h"
#include "core/base/system_error.h"
#include "core/data/dataset.h"
#include "core/models/hugging_face_files.h"
#include "core/text/training/train_tokenizer.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>

namespace lyceum::cli {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct Corpus {
    std::vector<std::string> texts;
    std::size_t num_bytes = 0;
    Json sources = Json::array();
};

/// What a model would see of the records: a text, or each message.
Result<Corpus> read_corpus(const std::vector<std::string>& sources, const fs::path& workspace)
{
    Corpus corpus;
    const auto add = [&corpus](std::string text) {
        corpus.num_bytes += text.size();
        corpus.texts.push_back(std::move(text));
    };
    for (const std::string& source : sources) {
        LYCEUM_ASSIGN(const fs::path file, data::resolve_split(source, "train", workspace));
        LYCEUM_ASSIGN(data::RecordFile records, data::read_records(file));
        if (!records.problems.empty())
            return data::to_error(records.problems);
        corpus.sources.push_back(
            {{"source", source}, {"file", file.string()}, {"sha256", records.sha256}});
        for (data::Record& record : records.records) {
            if (!record.text.empty())
                add(std::move(record.text));
            for (text::Message& message : record.messages)
                add(std::move(message.content));
        }
    }
    return corpus;
}

/// A folder with a model or a tokenizer in it stays as it is: the one would not fit the other.
Result<void> check_folder(const fs::path& folder)
{
    std::error_code ignored;
    for (const char* name : {"tokenizer.json", "config.json", "checkpoint.json"})
        if (fs::exists(folder / name, ignored))
            return Error{ErrorCode::AlreadyExists, folder.string() + " has a " + name + " already.",
                         "Choose another folder with --out, or remove that one."};
    return {};
}

Result<void> make_folder(const fs::path& folder)
{
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (failed)
        return system_error("Cannot make the folder", folder, failed.value());
    return {};
}

Result<text::TokenizerTrainingOptions> options_of(const TokenizerTrain& command)
{
    text::TokenizerTrainingOptions options;
    options.vocab_size = command.vocab_size;
    if (command.kind == "unigram" && command.min_frequency)
        return Error{ErrorCode::InvalidConfig, "--min-frequency says nothing to --kind unigram",
                     "Leave it out, or choose --kind bpe or wordpiece."};
    options.min_frequency = command.min_frequency.value_or(options.min_frequency);
    if (command.kind == "wordpiece") {
        options.kind = text::TokenizerTraining::WordPiece;
        options.special_tokens.clear(); // BERT's own come by themselves.
    }
    if (command.kind == "unigram")
        options.kind = text::TokenizerTraining::Unigram;
    if (!command.special_tokens.empty())
        options.special_tokens = command.special_tokens;
    return options;
}

/// Trains with a line of progress on a terminal; Ctrl-C stops.
Result<text::TokenizerSpec> train(const Corpus& corpus,
                                  const text::TokenizerTrainingOptions& options)
{
    const StopSignals signals;
    const bool on_terminal = ::isatty(STDERR_FILENO) != 0;
    const std::vector<std::string_view> texts(corpus.texts.begin(), corpus.texts.end());
    auto shown = Clock::now();
    auto spec = text::train_tokenizer(texts, options, [&](double share) {
        const auto now = Clock::now();
        if (on_terminal && now - shown >= std::chrono::milliseconds(100)) {
            shown = now;
            std::fprintf(stderr, "\r\033[K%3.0f %%  training the tokenizer", 100.0 * share);
        }
        return signals.count() == 0;
    });
    if (on_terminal)
        std::fputs("\r\033[K", stderr);
    return spec;
}

Json describe(const TokenizerTrain& command, const text::Tokenizer& tokenizer, const Corpus& corpus,
              const std::string& sha256)
{
    const text::TokenizerSpec& spec = tokenizer.spec();
    Json special = Json::array();
    for (const text::AddedToken& token : spec.added_tokens)
        special.push_back(token.content);
    const auto name = [&tokenizer](const std::optional<text::TokenId>& id) {
        return id ? Json(tokenizer.token_text(*id)) : Json();
    };
    return {{"kind", command.kind},
            {"vocab_size", tokenizer.vocabulary_size()},
            {"merges", spec.merges.size()},
            {"special_tokens", special},
            {"eos", name(spec.eos)},
            {"pad", name(spec.pad)},
            {"file", (command.out / "tokenizer.json").string()},
            {"sha256", sha256},
            {"texts", corpus.texts.size()},
            {"bytes", corpus.num_bytes},
            {"sources", corpus.sources}};
}

} // namespace

Result<int> run(const TokenizerTrain& command, const Context& context)
{
    LYCEUM_ASSIGN(const text::TokenizerTrainingOptions options, options_of(command));
    LYCEUM_TRY(check_folder(command.out));
    LYCEUM_ASSIGN(const Corpus corpus, read_corpus(command.sources, context.workspace));
    const auto begin = Clock::now();
    LYCEUM_ASSIGN(text::TokenizerSpec spec, train(corpus, options));
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    models::ModelPackage package;
    LYCEUM_ASSIGN(package.tokenizer, text::Tokenizer::create(std::move(spec)));
    const auto& tokenizer = package.tokenizer;
    const std::string file = tokenizer->to_json();
    LYCEUM_TRY(make_folder(command.out));
    LYCEUM_TRY(write_file_atomically(command.out / "tokenizer_config.json",
                                     models::make_tokenizer_config(package)));
    LYCEUM_TRY(write_file_atomically(command.out / "tokenizer.json", file));
    Json result = describe(command, *tokenizer, corpus, sha256_hex(file));
    result["seconds"] = seconds;
    if (context.json)
        print_json(result);
    else
        print_line("Wrote " + (command.out / "tokenizer.json").string() + ": " + tokenizer->kind() +
                   ", " + std::to_string(tokenizer->vocabulary_size()) + " tokens.");
    if (tokenizer->vocabulary_size() < command.vocab_size)
        say("The texts have no more than " + std::to_string(tokenizer->vocabulary_size()) +
            " tokens to learn; " + std::to_string(command.vocab_size) + " were asked for.");
    return kDone;
}

} // namespace lyceum::cli

#include "app/engine/record_lines.h"
#include "app/engine/verb.h"
#include "core/infer/embed.h"
#include "core/nn/encoder.h"

#include <array>
#include <charconv>
#include <cmath>
#include <iostream>
#include <memory>

namespace lyceum::engine {
namespace {

/// Texts that are read before they are computed together.
constexpr std::size_t kWindow = 256;
constexpr std::size_t kWindowBytes = std::size_t{1} << 20U;

struct EmbedArguments {
    std::string model;
    std::filesystem::path file;
};

/// Texts that were longer than the model reads.
struct Cuts {
    std::size_t num_texts = 0;
    std::size_t num_tokens = 0;
};

/// The shortest text that is the same float again.
std::string number(float value)
{
    if (!std::isfinite(value))
        return "null";
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

void print(const infer::Embedding& embedding)
{
    std::string line = "{\"embedding\":[";
    for (std::size_t i = 0; i < embedding.values.size(); ++i)
        line.append(i == 0 ? "" : ",").append(number(embedding.values[i]));
    line += "],\"tokens\":" + std::to_string(embedding.num_tokens);
    if (embedding.num_cut > 0)
        line += ",\"cut_tokens\":" + std::to_string(embedding.num_cut);
    std::cout << line << "}\n";
}

/// The next texts of the file; none at its end.
Result<std::vector<std::string>> read_window(RecordLines& records)
{
    std::vector<std::string> texts;
    std::size_t num_bytes = 0;
    while (texts.size() < kWindow && num_bytes < kWindowBytes) {
        LYCEUM_ASSIGN(std::optional<data::Record> record, records.next());
        if (!record)
            break;
        if (!record->messages.empty())
            return Error{ErrorCode::InvalidData, records.place() + "the record has no \"text\"",
                         R"(Write {"text": "..."}; a conversation has no embedding.)"};
        num_bytes += record->text.size();
        texts.push_back(std::move(record->text));
    }
    return texts;
}

Result<int> run(const EmbedArguments& arguments, const Context& context)
{
    LYCEUM_ASSIGN(RecordLines records, RecordLines::open(arguments.file));
    LYCEUM_ASSIGN(const models::ModelPackage package,
                  models::open_model(arguments.model, context.workspace));
    LYCEUM_ASSIGN(const std::shared_ptr<nn::Encoder> model, nn::load_encoder(package));
    Cuts cuts;
    while (true) {
        LYCEUM_ASSIGN(const std::vector<std::string> texts, read_window(records));
        if (texts.empty())
            break;
        LYCEUM_ASSIGN(const std::vector<infer::Embedding> embeddings,
                      infer::embed(*model, package, texts));
        for (const infer::Embedding& embedding : embeddings) {
            print(embedding);
            cuts.num_texts += embedding.num_cut > 0 ? 1U : 0U;
            cuts.num_tokens += embedding.num_cut;
        }
        std::cout.flush();
    }
    if (cuts.num_texts > 0)
        std::cerr << "note: " << cuts.num_texts << " of the texts had more than "
                  << infer::embedding_length(package) << " tokens, which is all that "
                  << package.name << " reads; " << cuts.num_tokens
                  << " tokens at their ends were left out.\n";
    return 0;
}

} // namespace

Verb embed_verb()
{
    return {"embed", "Sentence embeddings of an encoder, a JSON line a text",
            [](CLI::App& command) {
                auto arguments = std::make_shared<EmbedArguments>();
                command.add_option("model", arguments->model, "An encoder: a folder or file")
                    ->required();
                command
                    .add_option("--file", arguments->file,
                                R"(Text, one a line; or .jsonl with {"text"})")
                    ->required();
                return [arguments](const Context& context) { return run(*arguments, context); };
            }};
}

} // namespace lyceum::engine

#include "app/engine/output.h"
#include "app/engine/verb.h"
#include "core/base/atomic_file.h"
#include "core/base/text.h"
#include "core/data/dataset.h"
#include "core/data/encoding.h"
#include "core/infer/generator.h"
#include "core/infer/prompt.h"
#include "core/nn/causal_lm.h"

#include <cmath>
#include <cstdio>
#include <memory>
#include <optional>

namespace lyceum::engine {
namespace {

struct ScoreArguments {
    std::string model;
    std::filesystem::path file;
};

/// One sequence of the file.
struct Item {
    std::vector<text::TokenId> ids;
    std::vector<std::uint8_t> learn; ///< Empty: all.
};

/// Each line of a text file is a sequence, starting as the model's own tokenizer says.
Result<std::vector<Item>> read_lines(const std::filesystem::path& file,
                                     const models::ModelPackage& package)
{
    LYCEUM_ASSIGN(std::string text, read_file(file));
    if (const auto offset = find_invalid_utf8(text))
        return Error{ErrorCode::InvalidData,
                     file.string() + " is not UTF-8: byte " + std::to_string(*offset) +
                         " does not belong to a character",
                     "Save the file as UTF-8."};
    if (text.ends_with('\n'))
        text.pop_back();
    if (text.empty())
        return Error{ErrorCode::InvalidData, file.string() + " is empty", ""};
    std::vector<Item> items;
    for (std::string& line : split(text, '\n')) {
        if (line.ends_with('\r'))
            line.pop_back();
        items.push_back({infer::encode_text(package, line), {}});
    }
    return items;
}

/// Each record of a dataset is a sequence; only what training would learn counts.
Result<std::vector<Item>> read_dataset(const std::filesystem::path& file,
                                       const models::ModelPackage& package)
{
    LYCEUM_ASSIGN(const data::RecordFile records, data::read_records(file));
    if (!records.problems.empty())
        return data::to_error(records.problems);
    const data::Encoder encoder{
        .tokenizer = package.tokenizer.get(),
        .chat_template = package.chat_template.get(),
        .max_length = static_cast<std::size_t>(package.architecture.context_length())};
    std::vector<Item> items;
    for (const data::Record& record : records.records) {
        LYCEUM_ASSIGN(data::EncodedSample sample, data::encode(record, encoder));
        items.push_back({std::move(sample.ids), std::move(sample.learn)});
    }
    return items;
}

double perplexity(const infer::Score& score)
{
    return score.num_tokens > 0 ? std::exp(score.nll / static_cast<double>(score.num_tokens)) : 1.0;
}

Result<int> run(const ScoreArguments& arguments, const Context& context)
{
    LYCEUM_ASSIGN(const models::ModelPackage package,
                  models::open_model(arguments.model, context.workspace));
    LYCEUM_ASSIGN(const std::vector<Item> items, arguments.file.extension() == ".jsonl"
                                                     ? read_dataset(arguments.file, package)
                                                     : read_lines(arguments.file, package));
    LYCEUM_ASSIGN(const std::shared_ptr<nn::CausalLm> model, nn::load_causal_lm(package));
    infer::Score total;
    for (const Item& item : items) {
        LYCEUM_ASSIGN(const infer::Score part, infer::score(*model, item.ids, item.learn));
        total.num_tokens += part.num_tokens;
        total.nll += part.nll;
        if (context.json)
            print_json({{"tokens", part.num_tokens}, {"nll", part.nll}});
        else
            std::printf("%10lld tokens %14.4f nats\n", static_cast<long long>(part.num_tokens),
                        part.nll);
    }
    if (context.json)
        print_json(
            {{"tokens", total.num_tokens}, {"nll", total.nll}, {"perplexity", perplexity(total)}});
    else
        std::printf("%10lld tokens %14.4f nats, perplexity %.4f\n",
                    static_cast<long long>(total.num_tokens), total.nll, perplexity(total));
    return 0;
}

} // namespace

Verb score_verb()
{
    return {"score", "Loss on each line of a text file, or each record of a dataset",
            [](CLI::App& command) {
                auto arguments = std::make_shared<ScoreArguments>();
                command.add_option("model", arguments->model, "A model, run, checkpoint or file")
                    ->required();
                command.add_option("--file", arguments->file, "Text, a sequence a line; or .jsonl")
                    ->required();
                return [arguments](const Context& context) { return run(*arguments, context); };
            }};
}

} // namespace lyceum::engine

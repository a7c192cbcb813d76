#include "app/engine/output.h"
#include "app/engine/record_lines.h"
#include "app/engine/verb.h"
#include "core/data/encoding.h"
#include "core/infer/generator.h"
#include "core/infer/prompt.h"
#include "core/nn/causal_lm.h"

#include <cmath>
#include <cstdio>
#include <limits>
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

/// A text starts as the model's own tokenizer says; of a dialogue only what training would learn
/// counts.
Result<Item> encode(const data::Record& record, const RecordLines& records,
                    const models::ModelPackage& package)
{
    if (record.messages.empty())
        return Item{infer::encode_text(package, record.text), {}};
    const data::Encoder encoder{.tokenizer = package.tokenizer.get(),
                                .chat_template = package.chat_template.get(),
                                .max_length = std::numeric_limits<std::size_t>::max()};
    auto sample = data::encode(record, encoder);
    if (!sample)
        return Error{sample.error().code, records.path().string() + ": " + sample.error().message,
                     sample.error().hint};
    return Item{std::move(sample.value().ids), std::move(sample.value().learn)};
}

void print_score(const infer::Score& score, const Context& context)
{
    if (context.json)
        print_json({{"tokens", score.num_tokens}, {"nll", score.nll}});
    else
        std::printf("%10lld tokens %14.4f nats\n", static_cast<long long>(score.num_tokens),
                    score.nll);
}

double perplexity(const infer::Score& score)
{
    return score.num_tokens > 0 ? std::exp(score.nll / static_cast<double>(score.num_tokens)) : 1.0;
}

Result<int> run(const ScoreArguments& arguments, const Context& context)
{
    LYCEUM_ASSIGN(RecordLines records, RecordLines::open(arguments.file));
    LYCEUM_ASSIGN(const models::ModelPackage package,
                  models::open_model(arguments.model, context.workspace));
    LYCEUM_ASSIGN(const std::shared_ptr<nn::CausalLm> model, nn::load_causal_lm(package));
    infer::Score total;
    while (true) {
        LYCEUM_ASSIGN(const std::optional<data::Record> record, records.next());
        if (!record)
            break;
        LYCEUM_ASSIGN(const Item item, encode(*record, records, package));
        LYCEUM_ASSIGN(const infer::Score part, infer::score(*model, item.ids, item.learn));
        total.num_tokens += part.num_tokens;
        total.nll += part.nll;
        print_score(part, context);
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
                command
                    .add_option(
                        "--file", arguments->file,
                        R"(Text, one a line; or .jsonl with {"text"} or records of a dataset)")
                    ->required();
                return [arguments](const Context& context) { return run(*arguments, context); };
            }};
}

} // namespace lyceum::engine

#include "core/infer/embed.h"

#include "core/infer/evaluation_mode.h"
#include "core/nn/encoder.h"
#include "core/runtime/guard.h"
#include "core/text/unicode.h"

#include <algorithm>
#include <cmath>

namespace lyceum::infer {
namespace {

/// A forward has at most this many tokens, but for a text that has more by itself.
constexpr std::size_t kPackedTokens = 4096;

models::SentenceEmbedding settings_of(const models::ModelPackage& package)
{
    return package.embedding.value_or(models::SentenceEmbedding{});
}

/// @param x [T, D], the vectors of one text. @return [D]
at::Tensor pool(const at::Tensor& x, models::Pooling pooling)
{
    const auto length = static_cast<double>(x.size(0));
    switch (pooling) {
    case models::Pooling::Cls:
        return x[0];
    case models::Pooling::Max:
        return x.amax(0);
    case models::Pooling::Mean:
        return x.mean(0);
    case models::Pooling::MeanSqrtLength:
        return x.sum(0) / std::sqrt(length);
    case models::Pooling::WeightedMean: {
        const at::Tensor weights = at::arange(1, x.size(0) + 1, x.options()).unsqueeze(1); // [T, 1]
        return (x * weights).sum(0) / weights.sum();
    }
    case models::Pooling::LastToken:
        return x[-1];
    }
    return x.mean(0);
}

std::vector<float> embedding_of(const at::Tensor& x, const models::SentenceEmbedding& settings)
{
    std::vector<at::Tensor> parts;
    for (const models::Pooling pooling : settings.pooling)
        parts.push_back(pool(x, pooling));
    at::Tensor joined = at::cat(parts); // [P * D]
    if (settings.normalize)
        joined = joined / joined.norm().clamp_min(1e-12);
    joined = joined.contiguous();
    const float* values = joined.const_data_ptr<float>();
    return {values, values + joined.numel()};
}

/// One forward over inputs [first, last).
void embed_some(nn::Encoder& model, const models::SentenceEmbedding& settings,
                const std::vector<EmbeddingInput>& inputs, std::size_t first, std::size_t last,
                std::vector<Embedding>& results)
{
    std::vector<std::int64_t> ids;
    std::vector<nn::Segment> texts;
    for (std::size_t i = first; i < last; ++i) {
        const std::vector<text::TokenId>& text = inputs[i].ids;
        texts.push_back({.row = 0,
                         .start = static_cast<std::int64_t>(ids.size()),
                         .length = static_cast<std::int64_t>(text.size())});
        ids.insert(ids.end(), text.begin(), text.end());
    }
    const at::Tensor hidden =
        model.hidden_states(at::tensor(ids, at::kLong).unsqueeze(0), texts)[0]; // [N, D]
    for (std::size_t i = first; i < last; ++i) {
        const nn::Segment& text = texts[i - first];
        results.push_back(
            {.values = embedding_of(hidden.narrow(0, text.start, text.length), settings),
             .num_tokens = inputs[i].ids.size(),
             .num_cut = inputs[i].num_cut});
    }
}

} // namespace

std::int64_t embedding_length(const models::ModelPackage& package)
{
    const std::int64_t context = package.architecture.context_length();
    const std::int64_t stated = settings_of(package).max_length;
    return stated > 0 ? std::min(stated, context) : context;
}

EmbeddingInput encode_for_embedding(const models::ModelPackage& package, std::string_view text)
{
    std::string lowered;
    if (settings_of(package).lowercase) {
        text::AlignedText aligned(text, false);
        text::lowercase(aligned);
        lowered = aligned.text();
        text = lowered;
    }
    const text::Encoding whole = package.tokenizer->encode_with_offsets(text);
    const auto limit = static_cast<std::size_t>(embedding_length(package));
    if (whole.ids.size() <= limit)
        return {.ids = whole.ids};
    const auto num_added =
        static_cast<std::size_t>(std::count(whole.special.begin(), whole.special.end(), true));
    std::size_t room = limit - std::min(limit, num_added);
    EmbeddingInput input;
    for (std::size_t i = 0; i < whole.ids.size(); ++i) {
        if (!whole.special[i] && room == 0)
            continue;
        if (!whole.special[i])
            --room;
        input.ids.push_back(whole.ids[i]);
    }
    input.num_cut = whole.ids.size() - input.ids.size();
    return input;
}

Result<std::vector<Embedding>> embed(nn::Encoder& model, const models::ModelPackage& package,
                                     const std::vector<std::string>& texts)
{
    const models::SentenceEmbedding settings = settings_of(package);
    if (!settings.unsupported.empty())
        return Error{ErrorCode::Unsupported,
                     "The embeddings of " + package.name + " go through a module " +
                         settings.unsupported + ", which this version does not compute",
                     "Choose a model whose modules are Transformer, Pooling and Normalize."};
    std::vector<EmbeddingInput> inputs;
    for (const std::string& text : texts) {
        inputs.push_back(encode_for_embedding(package, text));
        if (inputs.back().ids.empty())
            return Error{ErrorCode::InvalidData,
                         "The text \"" + text.substr(0, 60) +
                             "\" has no tokens, and the tokenizer of " + package.name +
                             " adds none, so there is nothing to embed",
                         "Leave empty lines out."};
    }
    return runtime::guard("computing embeddings", [&] {
        const EvaluationMode evaluation(model);
        std::vector<Embedding> results;
        std::size_t first = 0;
        while (first < inputs.size()) {
            std::size_t last = first;
            std::size_t num_tokens = 0;
            while (last < inputs.size() &&
                   (last == first || num_tokens + inputs[last].ids.size() <= kPackedTokens))
                num_tokens += inputs[last++].ids.size();
            embed_some(model, settings, inputs, first, last, results);
            first = last;
        }
        return results;
    });
}

} // namespace lyceum::infer

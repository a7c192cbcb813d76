#include "core/text/training/train_tokenizer.h"

#include "core/base/text.h"
#include "core/text/byte_level.h"
#include "core/text/training/trainers.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace lyceum::text {
namespace {

constexpr std::int64_t kMaxVocabSize = std::int64_t{1} << 22;
constexpr std::string_view kEndOfText = "<|endoftext|>";

Error bad_option(std::string message, std::string hint = "")
{
    return {ErrorCode::InvalidConfig, std::move(message), std::move(hint)};
}

Result<void> check(const TokenizerTrainingOptions& options)
{
    if (options.vocab_size < 1 || options.vocab_size > kMaxVocabSize)
        return bad_option("The vocabulary size is " + std::to_string(options.vocab_size) + ".",
                          "It is a number of tokens from 1 to " + std::to_string(kMaxVocabSize) +
                              ".");
    if (options.min_frequency < 1)
        return bad_option("The least frequency of a pair is " +
                              std::to_string(options.min_frequency) + ".",
                          "1 merges every pair that there is.");
    for (std::size_t i = 0; i < options.special_tokens.size(); ++i) {
        const std::string& token = options.special_tokens[i];
        if (token.empty() || find_invalid_utf8(token))
            return bad_option("Special token " + std::to_string(i) + " (from 0) is " +
                              (token.empty() ? "empty." : "not UTF-8."));
        const auto end = options.special_tokens.begin() + static_cast<std::ptrdiff_t>(i);
        if (std::find(options.special_tokens.begin(), end, token) != end)
            return bad_option("The special token \"" + token + "\" is given twice.");
    }
    return {};
}

/// With those before it that the kind needs.
std::vector<std::string> all_special_tokens(const TokenizerTrainingOptions& options)
{
    std::vector<std::string> tokens;
    if (options.kind == TokenizerTraining::WordPiece)
        tokens = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
    if (options.kind == TokenizerTraining::Unigram)
        tokens = {"<unk>"};
    std::erase_if(tokens, [&options](const std::string& token) {
        return std::ranges::count(options.special_tokens, token) > 0;
    });
    tokens.insert(tokens.end(), options.special_tokens.begin(), options.special_tokens.end());
    return tokens;
}

/// The first of `names` that is a special token.
std::optional<TokenId> find_special(const std::vector<std::string>& tokens,
                                    std::initializer_list<std::string_view> names)
{
    for (const std::string_view name : names)
        if (const auto found = std::ranges::find(tokens, name); found != tokens.end())
            return static_cast<TokenId>(found - tokens.begin());
    return std::nullopt;
}

void declare_special_tokens(TokenizerSpec& spec, const std::vector<std::string>& tokens)
{
    for (std::size_t id = 0; id < tokens.size(); ++id)
        spec.added_tokens.push_back({.id = static_cast<TokenId>(id), .content = tokens[id]});
    spec.eos = find_special(tokens, {kEndOfText, "</s>", "<eos>", "<|im_end|>", "[EOS]", "[SEP]"});
    spec.pad = find_special(tokens, {"[PAD]", "<pad>", "<|pad|>"});
    if (!spec.pad)
        spec.pad = spec.eos;
    spec.unknown = find_special(tokens, {"[UNK]", "<unk>"});
}

Result<TokenizerSpec> train(const std::vector<std::string_view>& texts,
                            const TokenizerTrainingOptions& options, TrainingProgress& progress)
{
    switch (options.kind) {
    case TokenizerTraining::WordPiece:
        return train_word_piece(texts, options, progress);
    case TokenizerTraining::Unigram:
        return train_unigram(texts, options, progress);
    case TokenizerTraining::Bpe:
        break;
    }
    return train_bpe(texts, options, progress);
}

} // namespace

Result<void> check_vocab_size(const TokenizerTrainingOptions& options, std::size_t needed,
                              std::string_view what)
{
    if (static_cast<std::size_t>(options.vocab_size) >= needed)
        return {};
    return bad_option("A vocabulary of " + std::to_string(options.vocab_size) +
                          " tokens is too small: " + std::string(what) + " and " +
                          std::to_string(options.special_tokens.size()) + " special tokens take " +
                          std::to_string(needed) + ".",
                      "Ask for at least " + std::to_string(needed) + " tokens.");
}

Result<TokenizerSpec> train_tokenizer(const std::vector<std::string_view>& texts,
                                      const TokenizerTrainingOptions& options,
                                      const std::function<bool(double share)>& on_progress)
{
    LYCEUM_TRY(check(options));
    TokenizerTrainingOptions complete = options;
    complete.special_tokens = all_special_tokens(options);
    TrainingProgress progress(on_progress);
    LYCEUM_TRY(progress.report(0.0));
    LYCEUM_ASSIGN(TokenizerSpec spec, train(texts, complete, progress));
    declare_special_tokens(spec, complete.special_tokens);
    LYCEUM_TRY(progress.report(1.0));
    return spec;
}

Result<TokenizerSpec> byte_tokenizer()
{
    TokenizerSpec spec;
    spec.pre_tokenizer = "gpt2";
    spec.vocabulary = byte_alphabet();
    spec.vocabulary.insert(spec.vocabulary.begin(), std::string(kEndOfText));
    declare_special_tokens(spec, {std::string(kEndOfText)});
    return spec;
}

} // namespace lyceum::text

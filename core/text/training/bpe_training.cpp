#include "core/text/byte_level.h"
#include "core/text/training/merge_learner.h"
#include "core/text/training/trainers.h"
#include "core/text/training/word_counts.h"

#include <array>

namespace lyceum::text {
namespace {

constexpr double kCountingShare = 0.3;

} // namespace

Result<TokenizerSpec> train_bpe(const std::vector<std::string_view>& texts,
                                const TokenizerTrainingOptions& options, TrainingProgress& progress)
{
    LYCEUM_ASSIGN(const auto description, describe_pre_tokenizer("gpt2", false));
    LYCEUM_ASSIGN(const auto pre_tokenizer, make_pre_tokenizer(description, PieceForm::Bytes));
    TokenList tokens;
    for (const std::string& token : options.special_tokens)
        tokens.add(token);
    for (const std::string& token : byte_alphabet())
        tokens.add(token);
    LYCEUM_TRY(check_vocab_size(options, tokens.size(), "256 bytes"));
    std::array<TokenId, 256> by_byte{};
    for (std::size_t byte = 0; byte < by_byte.size(); ++byte)
        by_byte[byte] = tokens.add(to_byte_alphabet(std::string(1, static_cast<char>(byte))));

    LYCEUM_ASSIGN(const WordCounts counts,
                  WordCounts::count(texts, nullptr, *pre_tokenizer, kCountingShare, progress));
    MergeLearner learner(tokens, "");
    std::vector<TokenId> symbols;
    for (const CountedWord& word : counts.words()) {
        symbols.clear();
        for (const char byte : word.text)
            symbols.push_back(by_byte[static_cast<std::uint8_t>(byte)]);
        learner.add_word(symbols, word.count);
    }
    TokenizerSpec spec;
    LYCEUM_ASSIGN(spec.merges, learner.learn(static_cast<std::size_t>(options.vocab_size),
                                             options.min_frequency, kCountingShare, progress));
    spec.vocabulary = tokens.take();
    spec.pre_tokenizer = "gpt2";
    return spec;
}

} // namespace lyceum::text

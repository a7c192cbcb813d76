#include "core/text/training/merge_learner.h"
#include "core/text/training/trainers.h"
#include "core/text/training/word_counts.h"
#include "core/text/utf8.h"

#include <algorithm>
#include <map>

namespace lyceum::text {
namespace {

using nlohmann::json;

constexpr std::string_view kPrefix = "##";
constexpr double kCountingShare = 0.5;

/// The characters that begin a word, and those that continue one, by code point.
struct Alphabet {
    std::map<char32_t, TokenId> all;
    std::map<char32_t, TokenId> continuing;
};

template <typename OnCharacter>
void for_each_character(std::string_view word, OnCharacter on_character)
{
    for (std::size_t i = 0; i < word.size();) {
        const CodePoint point = decode_utf8(word, i);
        on_character(point.value, i == 0);
        i += point.length;
    }
}

std::string character(char32_t point)
{
    std::string text;
    append_utf8(text, point);
    return text;
}

/// In the order of code points, where the reference takes those with the prefix as a hash table
/// gives them.
Alphabet add_alphabet(const std::vector<CountedWord>& words, TokenList& tokens)
{
    Alphabet alphabet;
    for (const CountedWord& word : words)
        for_each_character(word.text, [&alphabet](char32_t point, bool is_first) {
            alphabet.all[point] = -1;
            if (!is_first)
                alphabet.continuing[point] = -1;
        });
    for (auto& [point, id] : alphabet.all)
        id = tokens.add(character(point));
    for (auto& [point, id] : alphabet.continuing)
        id = tokens.add(std::string(kPrefix) + character(point));
    return alphabet;
}

TokenizerSpec parts_of_bert(const std::vector<std::string>& special_tokens)
{
    const auto with_id = [&special_tokens](const char* token) {
        const auto place = std::ranges::find(special_tokens, token);
        return json::array({token, place - special_tokens.begin()});
    };
    TokenizerSpec spec;
    spec.model = ModelKind::WordPiece;
    spec.normalizer = json{
        {"type", "BertNormalizer"},
        {"clean_text", true},
        {"handle_chinese_chars", true},
        {"strip_accents", nullptr},
        {"lowercase",
         true}}.dump();
    spec.pre_tokenizer = json{{"type", "BertPreTokenizer"}}.dump();
    spec.post_processor =
        json{{"type", "BertProcessing"}, {"sep", with_id("[SEP]")}, {"cls", with_id("[CLS]")}}
            .dump();
    spec.decoder = json{{"type", "WordPiece"}, {"prefix", kPrefix}, {"cleanup", true}}.dump();
    spec.continuing_subword_prefix = kPrefix;
    spec.encode_unknown = true;
    return spec;
}

} // namespace

Result<TokenizerSpec> train_word_piece(const std::vector<std::string_view>& texts,
                                       const TokenizerTrainingOptions& options,
                                       TrainingProgress& progress)
{
    TokenizerSpec spec = parts_of_bert(options.special_tokens);
    LYCEUM_ASSIGN(const auto normalizer, make_normalizer(json::parse(spec.normalizer)));
    LYCEUM_ASSIGN(const auto pre_tokenizer,
                  make_pre_tokenizer(json::parse(spec.pre_tokenizer), PieceForm::Alphabet));
    LYCEUM_ASSIGN(
        const WordCounts counts,
        WordCounts::count(texts, normalizer.get(), *pre_tokenizer, kCountingShare, progress));
    TokenList tokens;
    for (const std::string& token : options.special_tokens)
        tokens.add(token);
    Alphabet alphabet = add_alphabet(counts.words(), tokens);
    LYCEUM_TRY(check_vocab_size(options, tokens.size(),
                                std::to_string(tokens.size() - options.special_tokens.size()) +
                                    " letters that begin or continue words"));
    MergeLearner learner(tokens, kPrefix);
    std::vector<TokenId> symbols;
    for (const CountedWord& word : counts.words()) {
        symbols.clear();
        for_each_character(word.text, [&](char32_t point, bool is_first) {
            symbols.push_back(is_first ? alphabet.all[point] : alphabet.continuing[point]);
        });
        learner.add_word(symbols, word.count);
    }
    LYCEUM_TRY(learner.learn(static_cast<std::size_t>(options.vocab_size), options.min_frequency,
                             kCountingShare, progress));
    spec.vocabulary = tokens.take();
    return spec;
}

} // namespace lyceum::text

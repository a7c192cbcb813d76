#include "core/text/training/seed_pieces.h"
#include "core/text/training/trainers.h"
#include "core/text/training/unigram_learner.h"
#include "core/text/training/word_counts.h"
#include "core/text/utf8.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

namespace lyceum::text {
namespace {

using nlohmann::json;

constexpr double kCountingShare = 0.1;
constexpr double kSeedShare = 0.2;
/// Between characters that were dropped on the way and have to come back.
constexpr double kScoreStep = 1e-4;

json metaspace()
{
    return {{"type", "Metaspace"},
            {"replacement", "\u2581"},
            {"prepend_scheme", "always"},
            {"split", true}};
}

json normalizer_of_sentencepiece()
{
    return {{"type", "Sequence"},
            {"normalizers",
             {{{"type", "Nmt"}},
              {{"type", "NFKC"}},
              {{"type", "Replace"}, {"pattern", {{"Regex", " {2,}"}}}, {"content", " "}}}}};
}

std::set<std::string> characters_of(const std::vector<CountedWord>& words)
{
    std::set<std::string> characters; // Of UTF-8: by code point.
    for (const CountedWord& word : words)
        for (std::size_t i = 0; i < word.text.size();) {
            const std::size_t length = decode_utf8(word.text, i).length;
            characters.emplace(word.text.substr(i, length));
            i += length;
        }
    return characters;
}

/// All characters, then the first of the pieces, by score. Characters of one score come by code
/// point, where the reference has the order of a hash table.
std::vector<Piece> choose(const UnigramLearner& learner, const std::set<std::string>& characters,
                          const std::vector<std::string>& special_tokens, std::size_t count)
{
    std::unordered_map<std::string_view, double> scores;
    for (const Piece& piece : learner.pieces())
        scores.emplace(piece.text, piece.score);
    const auto is_special = [&special_tokens](const std::string& text) {
        return std::ranges::count(special_tokens, text) > 0;
    };
    std::vector<Piece> chosen;
    double lowest = learner.lowest_score();
    for (const std::string& character : characters) {
        if (is_special(character))
            continue;
        const auto found = scores.find(character);
        chosen.push_back({character, found != scores.end() ? found->second : lowest});
        if (found == scores.end())
            lowest += kScoreStep;
    }
    for (const Piece& piece : learner.pieces()) {
        if (chosen.size() >= count)
            break;
        if (!characters.contains(piece.text) && !is_special(piece.text))
            chosen.push_back(piece);
    }
    std::ranges::stable_sort(chosen, std::greater{}, &Piece::score);
    return chosen;
}

} // namespace

Result<TokenizerSpec> train_unigram(const std::vector<std::string_view>& texts,
                                    const TokenizerTrainingOptions& options,
                                    TrainingProgress& progress)
{
    LYCEUM_ASSIGN(const auto normalizer, make_normalizer(normalizer_of_sentencepiece()));
    LYCEUM_ASSIGN(const auto pre_tokenizer, make_pre_tokenizer(metaspace(), PieceForm::Alphabet));
    LYCEUM_ASSIGN(
        const WordCounts counts,
        WordCounts::count(texts, normalizer.get(), *pre_tokenizer, kCountingShare, progress));
    const std::set<std::string> characters = characters_of(counts.words());
    const std::size_t num_special = options.special_tokens.size();
    LYCEUM_TRY(check_vocab_size(options, characters.size() + num_special,
                                std::to_string(characters.size()) + " characters"));
    const auto vocab_size = static_cast<std::size_t>(options.vocab_size);
    LYCEUM_ASSIGN(auto seed, seed_pieces(counts.words(), kCountingShare, progress));
    UnigramLearner learner(std::move(seed), counts.words());
    LYCEUM_TRY(learner.learn(vocab_size, kSeedShare, progress));

    TokenizerSpec spec;
    spec.model = ModelKind::Unigram;
    spec.normalizer = normalizer_of_sentencepiece().dump();
    spec.pre_tokenizer = metaspace().dump();
    spec.decoder = metaspace().dump();
    spec.encode_unknown = true;
    spec.fuse_unknown = true;
    spec.vocabulary = options.special_tokens;
    spec.scores.assign(num_special, 0.0);
    for (Piece& piece :
         choose(learner, characters, options.special_tokens, vocab_size - num_special)) {
        spec.vocabulary.push_back(std::move(piece.text));
        spec.scores.push_back(piece.score);
    }
    return spec;
}

} // namespace lyceum::text

#include "core/text/training/word_counts.h"

#include "core/base/text.h"

namespace lyceum::text {
namespace {

Error not_utf8(std::size_t index, std::size_t offset)
{
    return {ErrorCode::InvalidData,
            "Text " + std::to_string(index) + " (from 0) is not UTF-8: its byte at offset " +
                std::to_string(offset) + " is not part of a character.",
            "Convert it to UTF-8."};
}

} // namespace

void WordCounts::add(std::string_view word)
{
    const auto found = places_.find(word);
    if (found != places_.end()) {
        ++words_[found->second].count;
        return;
    }
    const auto added = places_.emplace(word, words_.size()).first;
    words_.push_back({added->first, 1});
}

Result<WordCounts> WordCounts::count(const std::vector<std::string_view>& texts,
                                     const Normalizer* normalizer,
                                     const PreTokenizer& pre_tokenizer, double share,
                                     TrainingProgress& progress)
{
    std::size_t total = 1;
    for (const std::string_view text : texts)
        total += text.size();
    WordCounts counts;
    const auto on_piece = [&counts](const TextView& piece) { counts.add(piece.text); };
    std::size_t done = 0;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        LYCEUM_TRY(progress.report(share * static_cast<double>(done) / static_cast<double>(total)));
        if (const auto offset = find_invalid_utf8(texts[i]))
            return not_utf8(i, *offset);
        done += texts[i].size();
        if (normalizer == nullptr) {
            pre_tokenizer.split({texts[i]}, on_piece);
            continue;
        }
        AlignedText normalized(texts[i], false);
        normalizer->normalize(normalized);
        pre_tokenizer.split(normalized.view(), on_piece);
    }
    if (counts.words_.empty())
        return Error{ErrorCode::InvalidData, "There is no word in the texts to learn tokens from.",
                     "Give at least one text that is not empty."};
    return counts;
}

} // namespace lyceum::text

#pragma once

/// @file
/// The words of texts, which is all that the trainers of tokenizers look at.

#include "core/base/result.h"
#include "core/text/normalizers/normalizer.h"
#include "core/text/pre_tokenizers/pre_tokenizer.h"
#include "core/text/training/training_progress.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lyceum::text {

struct CountedWord {
    std::string_view text;
    std::uint64_t count = 0;
};

/// Different words in the order they first appear in. Owns them.
class WordCounts {
public:
    /// @param normalizer may be null.
    /// @param share of the whole training that counting is.
    /// @return Cancelled; InvalidData for a text that is not UTF-8, and for texts without a word.
    [[nodiscard]] static Result<WordCounts> count(const std::vector<std::string_view>& texts,
                                                  const Normalizer* normalizer,
                                                  const PreTokenizer& pre_tokenizer, double share,
                                                  TrainingProgress& progress);

    [[nodiscard]] const std::vector<CountedWord>& words() const noexcept { return words_; }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept
        {
            return std::hash<std::string_view>{}(text);
        }
    };
    void add(std::string_view word);

    std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> places_;
    std::vector<CountedWord> words_; ///< Refer to the keys of places_.
};

} // namespace lyceum::text

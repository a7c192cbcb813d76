#pragma once

/// @file
/// SentenceEmbedding: how an encoder's token vectors become one vector for a text, as the folder of
/// a sentence-transformers model says it.

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::models {

/// What a text's token vectors are made into; the tokens that the tokenizer adds around the text
/// count, padding does not.
enum class Pooling : std::uint8_t {
    Cls, ///< The first token's.
    Max,
    Mean,
    MeanSqrtLength, ///< The sum over the square root of the number of tokens.
    WeightedMean,   ///< By place, from 1.
    LastToken,
};
/// "cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken", as
/// sentence-transformers names them.
[[nodiscard]] std::string_view pooling_name(Pooling pooling) noexcept;

struct SentenceEmbedding {
    std::vector<Pooling> pooling = {Pooling::Mean}; ///< Several are put one behind the other.
    bool is_stated = false;       ///< The model says so; else it is the default, the mean.
    bool normalize = false;       ///< To length 1.
    bool lowercase = false;       ///< The text, before it is tokenized.
    std::int64_t max_length = 0;  ///< Tokens of a text; what is beyond is cut. 0: the context.
    std::string unsupported = {}; ///< A module that cannot be computed here; empty: none.
};

/// modules.json, the pooling's config.json and sentence_bert_config.json of a folder; the default
/// where there are none.
/// @return InvalidData naming file and key.
[[nodiscard]] Result<SentenceEmbedding>
read_sentence_embedding(const std::filesystem::path& folder);

} // namespace lyceum::models

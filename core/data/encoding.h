#pragma once

/// @file
/// Records to token ids with a mask of what is learnt.
///
/// A dialogue is rendered by the model's chat template. What the assistant says is found by
/// comparing renderings of its beginnings: turn i is what render(messages[0..i]) adds to
/// render(messages[0..i), with the generation prompt). Each part is tokenized by itself, so that
/// the tokens before an answer are those that a generation starts from. The end-of-turn token is
/// learnt; white space that the template writes after it is not.

#include "core/base/result.h"
#include "core/data/dataset.h"
#include "core/text/tokenizer.h"

#include <cstdint>
#include <vector>

namespace lyceum::data {

/// `ids` and `learn` have one length; learn[i] != 0: token i is a target (its prediction from the
/// tokens before counts in the loss).
struct EncodedSample {
    std::vector<text::TokenId> ids;
    std::vector<std::uint8_t> learn;
    std::size_t num_truncated = 0; ///< Tokens cut at max_length.
    std::size_t line = 0;          ///< Of its record in the file, from 1; 0: of none.
    [[nodiscard]] std::size_t
    num_targets() const; ///< Of positions 1.., as position 0 has nothing before it.
};

struct EncodingStats {
    std::size_t num_samples = 0;
    std::size_t num_tokens = 0;
    std::size_t num_targets = 0;
    std::size_t num_truncated_samples = 0;
    std::size_t num_truncated_tokens = 0;
    std::size_t num_without_targets = 0; ///< Left out of training, counted and told.
};

struct Encoder {
    const text::Tokenizer* tokenizer = nullptr; ///< Outlives the encoder.
    const text::ChatTemplate* chat_template =
        nullptr; ///< Null: records with messages are an error.
    std::size_t max_length = 512;
};

/// One record as one sample, cut at max_length. Text: every token is learnt, with eos at the end.
/// @return InvalidData naming the record's line: no template for a dialogue, the template refuses
/// it, or renders it in a way that its turns cannot be told apart.
[[nodiscard]] Result<EncodedSample> encode(const Record& record, const Encoder& encoder);

struct EncodedDataset {
    std::vector<EncodedSample> samples; ///< Those with at least one target.
    EncodingStats stats;
};
/// All records, in order. A text longer than max_length becomes several samples, each beginning
/// with the last token of the one before, so that every token is learnt once; a dialogue is cut at
/// max_length.
[[nodiscard]] Result<EncodedDataset> encode_all(const std::vector<Record>& records,
                                                const Encoder& encoder);

} // namespace lyceum::data

#pragma once

/// @file
/// Sentence embeddings: one vector for a text, from an encoder, as sentence-transformers computes
/// it: the model's own pooling (the mean of all token vectors where it says nothing), and to length
/// 1 where the model says so.

#include "core/base/result.h"
#include "core/models/model_package.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::nn {
class Encoder;
}

namespace lyceum::infer {

/// A text as the encoder reads it.
struct EmbeddingInput {
    std::vector<text::TokenId> ids;
    std::size_t num_cut = 0; ///< Tokens left out at its end; those added around it stay.
};

struct Embedding {
    std::vector<float> values; ///< [D], or [P * D] with P poolings.
    std::size_t num_tokens = 0;
    std::size_t num_cut = 0; ///< Tokens beyond embedding_length().
};

/// Tokens that a text may have: max_seq_length, where the model says it, within the context.
[[nodiscard]] std::int64_t embedding_length(const models::ModelPackage& package);

[[nodiscard]] EmbeddingInput encode_for_embedding(const models::ModelPackage& package,
                                                  std::string_view text);

/// The embeddings of some texts, in their order. Texts of any lengths are packed into forwards of a
/// few thousand tokens; nothing is padded. Borrows the model for the call; eval mode, no gradients.
/// @return Unsupported when the model has a module behind its pooling that is not known here;
/// InvalidData for a text without any token.
[[nodiscard]] Result<std::vector<Embedding>> embed(nn::Encoder& model,
                                                   const models::ModelPackage& package,
                                                   const std::vector<std::string>& texts);

} // namespace lyceum::infer

#include "core/models/gguf_llama.h"

#include <utility>

namespace lyceum::models {
namespace {

using formats::GgufFile;

/// llama_token_type of llama.h.
enum TokenType : std::int64_t { kUnknown = 2, kControl = 3, kUserDefined = 4 };

Result<std::optional<text::TokenId>> token_id(const GgufFile& file, const std::string& name,
                                              std::size_t vocabulary_size)
{
    const std::string key = "tokenizer.ggml." + name;
    if (!file.has(key))
        return std::optional<text::TokenId>();
    LYCEUM_ASSIGN(const std::int64_t id, file.get_integer(key));
    if (id < 0 || std::cmp_greater_equal(id, vocabulary_size))
        return Error{ErrorCode::InvalidData,
                     file.path().string() + ": " + key + " is " + std::to_string(id) +
                         ", but there are " + std::to_string(vocabulary_size) + " tokens",
                     ""};
    return std::optional<text::TokenId>(static_cast<text::TokenId>(id));
}

Result<bool> flag(const GgufFile& file, const std::string& name, bool fallback)
{
    const std::string key = "tokenizer.ggml." + name;
    return file.has(key) ? file.get_bool(key) : Result<bool>(fallback);
}

Result<void> read_token_types(const GgufFile& file, text::TokenizerSpec& spec)
{
    constexpr std::string_view kKey = "tokenizer.ggml.token_type";
    if (!file.has(kKey))
        return {};
    LYCEUM_ASSIGN(const auto types, file.get_integers(kKey));
    if (types.size() != spec.vocabulary.size())
        return Error{ErrorCode::InvalidData,
                     file.path().string() + ": " + std::string(kKey) + " has " +
                         std::to_string(types.size()) + " entries for " +
                         std::to_string(spec.vocabulary.size()) + " tokens",
                     ""};
    for (std::size_t id = 0; id < types.size(); ++id)
        if (types[id] == kUnknown || types[id] == kControl || types[id] == kUserDefined)
            spec.added_tokens.push_back({.id = static_cast<text::TokenId>(id),
                                         .content = spec.vocabulary[id],
                                         .special = types[id] != kUserDefined});
    return {};
}

} // namespace

Result<text::TokenizerSpec> read_gguf_tokenizer(const GgufFile& file)
{
    LYCEUM_ASSIGN(const std::string model, file.get_string("tokenizer.ggml.model"));
    if (model != "gpt2")
        return Error{ErrorCode::Unsupported,
                     file.path().string() + ": tokenizer.ggml.model is " + model +
                         ", which this version cannot read",
                     "Models with a byte-level BPE tokenizer (gpt2) can be used."};
    text::TokenizerSpec spec;
    LYCEUM_ASSIGN(spec.vocabulary, file.get_strings("tokenizer.ggml.tokens"));
    LYCEUM_ASSIGN(spec.merges, file.get_strings("tokenizer.ggml.merges"));
    LYCEUM_TRY(read_token_types(file, spec));
    spec.pre_tokenizer = "gpt2";
    if (file.has("tokenizer.ggml.pre")) {
        LYCEUM_ASSIGN(spec.pre_tokenizer, file.get_string("tokenizer.ggml.pre"));
    }
    const std::size_t size = spec.vocabulary.size();
    LYCEUM_ASSIGN(spec.bos, token_id(file, "bos_token_id", size));
    LYCEUM_ASSIGN(spec.eos, token_id(file, "eos_token_id", size));
    LYCEUM_ASSIGN(spec.pad, token_id(file, "padding_token_id", size));
    LYCEUM_ASSIGN(spec.unknown, token_id(file, "unknown_token_id", size));
    LYCEUM_ASSIGN(spec.add_bos, flag(file, "add_bos_token", false));
    LYCEUM_ASSIGN(spec.add_prefix_space, flag(file, "add_space_prefix", false));
    LYCEUM_ASSIGN(const bool add_eos, flag(file, "add_eos_token", false));
    if (add_eos)
        return Error{ErrorCode::Unsupported,
                     file.path().string() +
                         ": tokenizer.ggml.add_eos_token is true, which this version cannot do",
                     ""};
    if (spec.add_bos && !spec.bos)
        return Error{ErrorCode::InvalidData,
                     file.path().string() +
                         ": tokenizer.ggml.add_bos_token is true, but there is no bos_token_id",
                     ""};
    return spec;
}

} // namespace lyceum::models

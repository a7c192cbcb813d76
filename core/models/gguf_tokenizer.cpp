#include "core/models/gguf_tokenizer.h"

#include "core/models/gguf_pre_tokenizers.h"
#include "core/models/tokenizer_parts.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace lyceum::models {
namespace {

using formats::GgufFile;

/// llama_token_type of llama.h.
enum TokenType : std::int64_t { kUnknown = 2, kControl = 3, kUserDefined = 4 };

std::string key_of(const std::string& name)
{
    return "tokenizer.ggml." + name;
}

Error invalid(const GgufFile& file, const std::string& what)
{
    return Error{ErrorCode::InvalidData, file.path().string() + ": " + what, ""};
}

/// @param fallback what llama.cpp takes where the file names none, if there is such a token.
Result<std::optional<text::TokenId>> token_id(const GgufFile& file, const std::string& name,
                                              std::size_t vocabulary_size,
                                              std::optional<text::TokenId> fallback = std::nullopt)
{
    const std::string key = key_of(name);
    if (!file.has(key))
        return fallback && std::cmp_less(*fallback, vocabulary_size) ? fallback : std::nullopt;
    LYCEUM_ASSIGN(const std::int64_t id, file.get_integer(key));
    if (id < 0 || std::cmp_greater_equal(id, vocabulary_size))
        return invalid(file, key + " is " + std::to_string(id) + ", but there are " +
                                 std::to_string(vocabulary_size) + " tokens");
    return std::optional<text::TokenId>(static_cast<text::TokenId>(id));
}

Result<bool> flag(const GgufFile& file, const std::string& name, bool fallback)
{
    const std::string key = key_of(name);
    return file.has(key) ? file.get_bool(key) : Result<bool>(fallback);
}

Result<void> check_count(const GgufFile& file, const std::string& name, std::size_t count,
                         const text::TokenizerSpec& spec)
{
    if (count == spec.vocabulary.size())
        return {};
    return invalid(file, key_of(name) + " has " + std::to_string(count) + " entries for " +
                             std::to_string(spec.vocabulary.size()) + " tokens");
}

Result<void> read_token_types(const GgufFile& file, text::TokenizerSpec& spec)
{
    if (!file.has(key_of("token_type")))
        return {};
    LYCEUM_ASSIGN(const auto types, file.get_integers(key_of("token_type")));
    LYCEUM_TRY(check_count(file, "token_type", types.size(), spec));
    for (std::size_t id = 0; id < types.size(); ++id)
        if ((types[id] == kUnknown || types[id] == kControl || types[id] == kUserDefined) &&
            !spec.vocabulary[id].empty())
            spec.added_tokens.push_back({.id = static_cast<text::TokenId>(id),
                                         .content = spec.vocabulary[id],
                                         .special = types[id] != kUserDefined});
    return {};
}

/// bos before and eos behind the text, as the file says.
Result<void> read_added_around(const GgufFile& file, bool adds_bos, bool last_twice,
                               text::TokenizerSpec& spec)
{
    LYCEUM_ASSIGN(spec.add_bos, flag(file, "add_bos_token", adds_bos && spec.bos));
    LYCEUM_ASSIGN(const bool add_eos, flag(file, "add_eos_token", false));
    if (spec.add_bos && !spec.bos)
        return invalid(file, key_of("add_bos_token is true, but there is no bos_token_id"));
    if (add_eos && !spec.eos)
        return invalid(file, key_of("add_eos_token is true, but there is no eos_token_id"));
    if (!add_eos)
        return {};
    spec.post_processor = make_template({.first = spec.add_bos ? spec.bos : std::nullopt,
                                         .last = spec.eos,
                                         .last_twice = last_twice},
                                        spec);
    spec.add_bos = false;
    return {};
}

Result<void> read_byte_level(const GgufFile& file, text::TokenizerSpec& spec)
{
    LYCEUM_ASSIGN(spec.merges, file.get_strings(key_of("merges")));
    std::string name = "default";
    if (file.has(key_of("pre"))) {
        LYCEUM_ASSIGN(name, file.get_string(key_of("pre")));
    }
    const GgufPreTokenizer* pre = find_gguf_pre_tokenizer(name);
    if (pre == nullptr)
        return Error{ErrorCode::Unsupported,
                     file.path().string() + ": " + key_of("pre is ") + name +
                         ", a way to cut text that this version does not know",
                     "Known are " + gguf_pre_tokenizer_names() +
                         ". The model's Hugging Face folder can be used instead."};
    LYCEUM_ASSIGN(spec.add_prefix_space, flag(file, "add_space_prefix", false));
    formats::Json description = pre->description;
    if (spec.add_prefix_space)
        (description.contains("pretokenizers") ? description["pretokenizers"].back()
                                               : description)["add_prefix_space"] = true;
    spec.pre_tokenizer = formats::dump_json(description);
    spec.ignore_merges = pre->ignore_merges;
    if (pre->composes)
        spec.normalizer = R"({"type":"NFC"})";
    return read_added_around(file, pre->adds_bos, name == "roberta-bpe", spec);
}

Result<void> read_sentencepiece(const GgufFile& file, text::TokenizerSpec& spec)
{
    LYCEUM_ASSIGN(spec.scores, file.get_numbers(key_of("scores")));
    LYCEUM_TRY(check_count(file, "scores", spec.scores.size(), spec));
    const auto bad = std::ranges::find_if_not(spec.scores, [](double s) { return !std::isnan(s); });
    if (bad != spec.scores.end())
        return invalid(file, key_of("scores") + " of token " +
                                 std::to_string(bad - spec.scores.begin()) + " is not a number");
    LYCEUM_ASSIGN(const bool space_first, flag(file, "add_space_prefix", true));
    const auto made = make_sentencepiece_bpe(space_first, spec);
    if (!made)
        return invalid(file, made.error().message);
    return read_added_around(file, true, false, spec);
}

/// Beginnings of words have a mark and the rest of a word has none; vocab.txt has it the other way
/// round. Source: llama.cpp, conversion/bert.py.
void restore_continuations(text::TokenizerSpec& spec)
{
    constexpr std::string_view kMark = "\xE2\x96\x81";
    std::vector<bool> is_special(spec.vocabulary.size());
    for (const text::AddedToken& token : spec.added_tokens)
        is_special[static_cast<std::size_t>(token.id)] = true;
    for (std::size_t id = 0; id < spec.vocabulary.size(); ++id) {
        std::string& token = spec.vocabulary[id];
        if (token.starts_with(kMark))
            token.erase(0, kMark.size());
        else if (!is_special[id] && !(token.starts_with('[') && token.ends_with(']')))
            token.insert(0, "##");
    }
    for (text::AddedToken& token : spec.added_tokens)
        token.content = spec.vocabulary[static_cast<std::size_t>(token.id)];
}

Result<void> read_word_piece(const GgufFile& file, text::TokenizerSpec& spec)
{
    restore_continuations(spec);
    const std::size_t size = spec.vocabulary.size();
    BertNormalizerOptions options;
    LYCEUM_ASSIGN(options.lowercase, flag(file, "normalizer.lowercase", true));
    LYCEUM_ASSIGN(options.strip_accents, flag(file, "normalizer.strip_accents", options.lowercase));
    make_word_piece(options, spec);
    LYCEUM_ASSIGN(const auto first, token_id(file, "cls_token_id", size, spec.bos));
    LYCEUM_ASSIGN(const auto last, token_id(file, "seperator_token_id", size, 102));
    if (!first || !last || !spec.unknown)
        return invalid(file, "a tokenizer of the kind bert needs the token ids cls, seperator and "
                             "unknown, and they are not all there");
    spec.post_processor = make_template({.first = first, .last = last}, spec);
    return {};
}

} // namespace

Result<text::TokenizerSpec> read_gguf_tokenizer(const GgufFile& file)
{
    LYCEUM_ASSIGN(const std::string model, file.get_string(key_of("model")));
    const bool is_sentencepiece = model == "llama";
    const bool is_word_piece = model == "bert";
    if (model != "gpt2" && !is_sentencepiece && !is_word_piece)
        return Error{ErrorCode::Unsupported,
                     file.path().string() + ": " + key_of("model is ") + model +
                         ", which this version cannot read",
                     "Models with a tokenizer of the kinds gpt2 (byte-level BPE), llama "
                     "(SentencePiece BPE) and bert (WordPiece) can be used."};
    text::TokenizerSpec spec;
    LYCEUM_ASSIGN(spec.vocabulary, file.get_strings(key_of("tokens")));
    LYCEUM_TRY(read_token_types(file, spec));
    const auto only = [](bool condition, text::TokenId id) {
        return condition ? std::optional(id) : std::nullopt;
    };
    const std::size_t size = spec.vocabulary.size();
    LYCEUM_ASSIGN(spec.bos, token_id(file, "bos_token_id", size,
                                     is_word_piece ? 101 : only(is_sentencepiece, 1)));
    LYCEUM_ASSIGN(spec.eos, token_id(file, "eos_token_id", size, only(is_sentencepiece, 2)));
    LYCEUM_ASSIGN(spec.pad, token_id(file, "padding_token_id", size, only(is_word_piece, 0)));
    LYCEUM_ASSIGN(spec.unknown, token_id(file, "unknown_token_id", size,
                                         is_word_piece ? 100 : only(is_sentencepiece, 0)));
    LYCEUM_TRY(is_sentencepiece ? read_sentencepiece(file, spec)
               : is_word_piece  ? read_word_piece(file, spec)
                                : read_byte_level(file, spec));
    return spec;
}

} // namespace lyceum::models

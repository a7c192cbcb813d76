#include "core/text/part_reader.h"
#include "core/text/post_processor.h"
#include "core/text/tokenizer.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace lyceum::text {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxVocabulary = std::size_t{1} << 22U;

Error invalid(const std::string& what)
{
    return {ErrorCode::InvalidData, "The tokenizer.json " + what + ".", ""};
}

/// A token id, when it is an integer in bounds.
std::optional<TokenId> id_of(const json& value)
{
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() >= kMaxVocabulary)
        return std::nullopt;
    return static_cast<TokenId>(value.get<std::uint64_t>());
}

Result<void> read_vocabulary(const json& vocabulary, TokenizerSpec& spec)
{
    if (!vocabulary.is_object())
        return invalid("has no model.vocab object");
    for (const auto& [token, value] : vocabulary.items()) {
        const auto id = id_of(value);
        if (!id)
            return invalid("gives the token \"" + token + "\" the id " + value.dump());
        const auto index = static_cast<std::size_t>(*id);
        if (index >= spec.vocabulary.size())
            spec.vocabulary.resize(index + 1);
        if (!spec.vocabulary[index].empty())
            return invalid("gives \"" + spec.vocabulary[index] + "\" and \"" + token +
                           "\" the same id " + std::to_string(index));
        spec.vocabulary[index] = token;
    }
    return {};
}

/// "a b", or as of tokenizers 0.20 ["a", "b"].
Result<void> read_merges(const json& merges, TokenizerSpec& spec)
{
    if (!merges.is_array())
        return invalid("has no model.merges list");
    spec.merges.reserve(merges.size());
    for (const json& merge : merges) {
        if (merge.is_string())
            spec.merges.push_back(merge.get<std::string>());
        else if (merge.is_array() && merge.size() == 2 && merge[0].is_string() &&
                 merge[1].is_string())
            spec.merges.push_back(merge[0].get<std::string>() + " " + merge[1].get<std::string>());
        else
            return invalid("has the merge " + merge.dump().substr(0, 80));
    }
    return {};
}

/// [["token", score], ...]
Result<void> read_scored_vocabulary(const json& vocabulary, TokenizerSpec& spec)
{
    if (!vocabulary.is_array() || vocabulary.size() > kMaxVocabulary)
        return invalid("has no model.vocab list of at most " + std::to_string(kMaxVocabulary));
    for (const json& entry : vocabulary) {
        if (!entry.is_array() || entry.size() != 2 || !entry[0].is_string() ||
            !entry[1].is_number())
            return invalid("has the vocabulary entry " + entry.dump().substr(0, 80));
        spec.vocabulary.push_back(entry[0].get<std::string>());
        spec.scores.push_back(entry[1].get<double>());
    }
    return {};
}

/// The unknown token by its text. @return whether there is one.
Result<void> read_unknown(const PartReader& model, TokenizerSpec& spec)
{
    LYCEUM_ASSIGN(const std::string unknown, model.text("unk_token", ""));
    if (unknown.empty())
        return {};
    const auto found = std::ranges::find(spec.vocabulary, unknown);
    if (found == spec.vocabulary.end())
        return invalid("names the unknown token \"" + unknown + "\", which is not in its model");
    spec.unknown = static_cast<TokenId>(found - spec.vocabulary.begin());
    spec.encode_unknown = true;
    return {};
}

Result<void> read_bpe(const PartReader& model, TokenizerSpec& spec)
{
    if (model.has("dropout") && model.value("dropout") != 0.0)
        return Error{ErrorCode::Unsupported,
                     "The tokenizer.json has model.dropout " + model.value("dropout").dump() +
                         ", with which ids are random.",
                     "Set it to null."};
    LYCEUM_ASSIGN(spec.ignore_merges, model.flag("ignore_merges", false));
    LYCEUM_ASSIGN(spec.byte_fallback, model.flag("byte_fallback", false));
    LYCEUM_ASSIGN(spec.fuse_unknown, model.flag("fuse_unk", false));
    LYCEUM_ASSIGN(spec.continuing_subword_prefix, model.text("continuing_subword_prefix", ""));
    LYCEUM_ASSIGN(spec.end_of_word_suffix, model.text("end_of_word_suffix", ""));
    LYCEUM_TRY(read_vocabulary(model.value("vocab"), spec));
    LYCEUM_TRY(read_merges(model.value("merges"), spec));
    return read_unknown(model, spec);
}

Result<void> read_unigram(const PartReader& model, TokenizerSpec& spec)
{
    spec.model = ModelKind::Unigram;
    LYCEUM_ASSIGN(spec.byte_fallback, model.flag("byte_fallback", false));
    LYCEUM_TRY(read_scored_vocabulary(model.value("vocab"), spec));
    if (!model.has("unk_id"))
        return Error{ErrorCode::Unsupported,
                     "The tokenizer.json has a Unigram model without an unk_id.",
                     "Name the unknown token's place in its vocabulary as model.unk_id."};
    LYCEUM_ASSIGN(const std::size_t unknown, model.count("unk_id", 0));
    if (unknown >= spec.vocabulary.size())
        return invalid("has the unk_id " + std::to_string(unknown) + " of " +
                       std::to_string(spec.vocabulary.size()) + " tokens");
    spec.unknown = static_cast<TokenId>(unknown);
    spec.encode_unknown = true;
    return {};
}

Result<void> read_model(const json& object, TokenizerSpec& spec)
{
    const PartReader model(object, "model");
    const std::string type = model.type();
    if (type == "BPE")
        return read_bpe(model, spec);
    if (type == "Unigram")
        return read_unigram(model, spec);
    if (type != "WordPiece" && type != "WordLevel")
        return model.unknown();
    spec.model = type == "WordPiece" ? ModelKind::WordPiece : ModelKind::WordLevel;
    LYCEUM_ASSIGN(spec.continuing_subword_prefix, model.text("continuing_subword_prefix", "##"));
    LYCEUM_ASSIGN(spec.max_input_chars_per_word, model.count("max_input_chars_per_word", 100));
    LYCEUM_TRY(read_vocabulary(model.value("vocab"), spec));
    return read_unknown(model, spec);
}

Result<void> read_added_tokens(const json& tokens, TokenizerSpec& spec)
{
    if (!tokens.is_array() && !tokens.is_null())
        return invalid("has an added_tokens that is not a list");
    for (const json& entry : tokens) {
        const PartReader token(entry, "added token");
        const auto id = id_of(token.value("id"));
        LYCEUM_ASSIGN(const std::string content, token.text("content", ""));
        if (!id || content.empty())
            return invalid("has the added token " + entry.dump().substr(0, 120));
        AddedToken added = {.id = *id, .content = content};
        LYCEUM_ASSIGN(added.special, token.flag("special", false));
        LYCEUM_ASSIGN(added.normalized, token.flag("normalized", false));
        LYCEUM_ASSIGN(added.lstrip, token.flag("lstrip", false));
        LYCEUM_ASSIGN(added.rstrip, token.flag("rstrip", false));
        LYCEUM_ASSIGN(added.single_word, token.flag("single_word", false));
        spec.added_tokens.push_back(std::move(added));
    }
    return {};
}

std::string text_of_part(const json& file, const char* key)
{
    const PartReader reader(file, "file");
    return reader.has(key) ? reader.value(key).dump(-1, ' ', false, json::error_handler_t::replace)
                           : std::string();
}

} // namespace

Result<TokenizerSpec> parse_tokenizer_json(std::string_view tokenizer_json)
{
    LYCEUM_ASSIGN(const json file, parse_json(tokenizer_json, "The tokenizer.json"));
    if (!file.is_object())
        return invalid("is not a JSON object");
    const PartReader reader(file, "file");
    TokenizerSpec spec;
    LYCEUM_TRY(read_model(reader.value("model"), spec));
    LYCEUM_TRY(read_added_tokens(reader.value("added_tokens"), spec));
    spec.normalizer = text_of_part(file, "normalizer");
    spec.pre_tokenizer = text_of_part(file, "pre_tokenizer");
    spec.post_processor = text_of_part(file, "post_processor");
    spec.decoder = reader.has("decoder") ? text_of_part(file, "decoder") : "null";
    LYCEUM_ASSIGN(const auto post_processor, PostProcessor::create(reader.value("post_processor")));
    spec.bos = post_processor.only_beginning();
    spec.add_bos = spec.bos.has_value();
    return spec;
}

} // namespace lyceum::text

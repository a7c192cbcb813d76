#include "core/text/pre_tokenizer.h"
#include "core/text/tokenizer.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace lyceum::text {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 28U;
constexpr std::size_t kMaxVocabulary = std::size_t{1} << 22U;

Error invalid(const std::string& what)
{
    return {ErrorCode::InvalidData, "The tokenizer.json " + what + ".", ""};
}

Error unsupported(const std::string& what)
{
    return {ErrorCode::Unsupported, "The tokenizer.json has " + what + ", which is not supported.",
            "Byte-level BPE tokenizers, those of SmolLM2, GPT-2 and Llama 3, can be used."};
}

/// A member of an object; null where it is missing.
const json& member(const json& object, const char* key)
{
    static const json nothing;
    const auto found = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && found != object.end() ? *found : nothing;
}

std::string text_of(const json& object, const char* key)
{
    const json& value = member(object, key);
    return value.is_string() ? value.get<std::string>() : std::string();
}

bool flag(const json& object, const char* key)
{
    const json& value = member(object, key);
    return value.is_boolean() && value.get<bool>();
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

Result<void> read_model(const json& model, TokenizerSpec& spec)
{
    if (text_of(model, "type") != "BPE")
        return unsupported("the model \"" + text_of(model, "type") + "\"");
    for (const char* key : {"byte_fallback", "fuse_unk"})
        if (flag(model, key))
            return unsupported(std::string("model.") + key);
    for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"})
        if (!text_of(model, key).empty())
            return unsupported(std::string("model.") + key);
    if (member(model, "dropout").is_number() && member(model, "dropout") != 0.0)
        return unsupported("model.dropout");
    spec.ignore_merges = flag(model, "ignore_merges");
    LYCEUM_TRY(read_vocabulary(member(model, "vocab"), spec));
    LYCEUM_TRY(read_merges(member(model, "merges"), spec));
    const std::string unknown = text_of(model, "unk_token");
    if (unknown.empty())
        return {};
    const auto found = std::ranges::find(spec.vocabulary, unknown);
    if (found == spec.vocabulary.end())
        return invalid("names the unknown token \"" + unknown + "\", which is not in its model");
    spec.unknown = static_cast<TokenId>(found - spec.vocabulary.begin());
    spec.encode_unknown = true;
    return {};
}

Result<void> read_added_tokens(const json& tokens, TokenizerSpec& spec)
{
    if (!tokens.is_array() && !tokens.is_null())
        return invalid("has an added_tokens that is not a list");
    for (const json& token : tokens) {
        const auto id = id_of(member(token, "id"));
        const std::string content = text_of(token, "content");
        if (!id || content.empty())
            return invalid("has the added token " + token.dump().substr(0, 120));
        for (const char* key : {"lstrip", "rstrip", "single_word"})
            if (flag(token, key))
                return unsupported("the added token \"" + content + "\" with " + key);
        spec.added_tokens.push_back({.id = *id,
                                     .content = content,
                                     .special = flag(token, "special"),
                                     .normalized = flag(token, "normalized")});
    }
    return {};
}

/// A template `[bos] A`, or none.
Result<void> read_post_processor(const json& processor, TokenizerSpec& spec)
{
    const std::string type = text_of(processor, "type");
    if (processor.is_null() || type == "ByteLevel")
        return {};
    if (type == "Sequence") {
        for (const json& part : member(processor, "processors"))
            LYCEUM_TRY(read_post_processor(part, spec));
        return {};
    }
    if (type != "TemplateProcessing")
        return unsupported("the post-processor \"" + type + "\"");
    const json& single = member(processor, "single");
    if (single.is_array() && single.size() == 1 && single[0].contains("Sequence"))
        return {};
    if (!single.is_array() || single.size() != 2 || !single[0].contains("SpecialToken") ||
        !single[1].contains("Sequence"))
        return unsupported("a template other than one token before the text");
    const std::string token = text_of(member(single[0], "SpecialToken"), "id");
    const auto added = std::ranges::find(spec.added_tokens, token, &AddedToken::content);
    if (added == spec.added_tokens.end())
        return invalid("begins texts with \"" + token + "\", which is not an added token");
    spec.bos = added->id;
    spec.add_bos = true;
    return {};
}

} // namespace

Result<TokenizerSpec> parse_tokenizer_json(std::string_view tokenizer_json)
{
    if (tokenizer_json.size() > kMaxFileBytes)
        return invalid("is larger than 256 MiB");
    const json file = json::parse(tokenizer_json, nullptr, false);
    if (!file.is_object())
        return invalid("is not a JSON object");
    if (!member(file, "normalizer").is_null())
        return unsupported("the normalizer \"" + text_of(member(file, "normalizer"), "type") +
                           "\"");
    const std::string decoder = text_of(member(file, "decoder"), "type");
    if (decoder != "ByteLevel")
        return unsupported("the decoder \"" + decoder + "\"");
    TokenizerSpec spec;
    LYCEUM_TRY(read_model(member(file, "model"), spec));
    LYCEUM_TRY(read_added_tokens(member(file, "added_tokens"), spec));
    LYCEUM_TRY(read_post_processor(member(file, "post_processor"), spec));
    spec.pre_tokenizer = member(file, "pre_tokenizer").dump();
    return spec;
}

std::string Tokenizer::to_json() const
{
    const TokenizerSpec& own = spec();
    json added = json::array();
    for (const AddedToken& token : own.added_tokens)
        added.push_back({{"id", token.id},
                         {"content", token.content},
                         {"single_word", false},
                         {"lstrip", false},
                         {"rstrip", false},
                         {"normalized", token.normalized},
                         {"special", token.special}});
    json vocabulary = json::object();
    for (std::size_t id = 0; id < own.vocabulary.size(); ++id)
        if (!own.vocabulary[id].empty())
            vocabulary[own.vocabulary[id]] = id;
    json unknown;
    if (own.encode_unknown && own.unknown)
        unknown = own.vocabulary[static_cast<std::size_t>(*own.unknown)];
    json post_processor;
    if (own.add_bos) {
        const std::string& bos = own.vocabulary[static_cast<std::size_t>(*own.bos)];
        const json before = {{"SpecialToken", {{"id", bos}, {"type_id", 0}}}};
        const auto sequence = [](const char* name, int type) {
            return json{{"Sequence", {{"id", name}, {"type_id", type}}}};
        };
        post_processor = {
            {"type", "TemplateProcessing"},
            {"single", json::array({before, sequence("A", 0)})},
            {"pair", json::array({before, sequence("A", 0), sequence("B", 1)})},
            {"special_tokens", {{bos, {{"id", bos}, {"ids", {*own.bos}}, {"tokens", {bos}}}}}}};
    }
    const json byte_level = {{"type", "ByteLevel"},
                             {"add_prefix_space", true},
                             {"trim_offsets", true},
                             {"use_regex", true}};
    const json file = {
        {"version", "1.0"},
        {"truncation", nullptr},
        {"padding", nullptr},
        {"added_tokens", added},
        {"normalizer", nullptr},
        {"pre_tokenizer", PreTokenizer::describe(own.pre_tokenizer, own.add_prefix_space).value()},
        {"post_processor", post_processor},
        {"decoder", byte_level},
        {"model",
         {{"type", "BPE"},
          {"dropout", nullptr},
          {"unk_token", unknown},
          {"continuing_subword_prefix", nullptr},
          {"end_of_word_suffix", nullptr},
          {"fuse_unk", false},
          {"byte_fallback", false},
          {"ignore_merges", own.ignore_merges},
          {"vocab", vocabulary},
          {"merges", own.merges}}}};
    return file.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace lyceum::text

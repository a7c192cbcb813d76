#include "core/models/hugging_face_files.h"

#include "core/models/hugging_face_config.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace lyceum::models {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json)
{
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// One id, or a list where there are several; null where there is none.
Json stop_ids(const ModelPackage& package)
{
    if (package.stop_tokens.empty())
        return nullptr;
    if (package.stop_tokens.size() == 1)
        return package.stop_tokens.front();
    return package.stop_tokens;
}

void add_id(Json& json, const char* key, const std::optional<text::TokenId>& id)
{
    if (id)
        json[key] = *id;
}

std::string token_text(const text::TokenizerSpec& spec, text::TokenId id)
{
    const auto added = std::ranges::find(spec.added_tokens, id, &text::AddedToken::id);
    return added != spec.added_tokens.end() ? added->content
                                            : spec.vocabulary.at(static_cast<std::size_t>(id));
}

void add_special_tokens(Json& json, const text::TokenizerSpec& spec)
{
    const std::pair<const char*, std::optional<text::TokenId>> tokens[] = {
        {"bos_token", spec.bos},
        {"eos_token", spec.eos},
        {"pad_token", spec.pad},
        {"unk_token", spec.unknown}};
    for (const auto& [key, id] : tokens)
        if (id)
            json[key] = token_text(spec, *id);
    const std::pair<const char*, const char*> encoder_tokens[] = {
        {"cls_token", "[CLS]"}, {"sep_token", "[SEP]"}, {"mask_token", "[MASK]"}};
    for (const auto& [key, token] : encoder_tokens)
        if (std::ranges::find(spec.added_tokens, token, &text::AddedToken::content) !=
            spec.added_tokens.end())
            json[key] = token;
}

} // namespace

std::string make_config(const ModelPackage& package, std::string_view dtype)
{
    const text::TokenizerSpec& spec = package.tokenizer->spec();
    Json json = write_hugging_face_config(package.architecture);
    json["torch_dtype"] = dtype;
    add_id(json, "bos_token_id", spec.bos);
    json["eos_token_id"] = stop_ids(package);
    add_id(json, "pad_token_id", spec.pad);
    return text_of(json);
}

std::string make_generation_config(const ModelPackage& package)
{
    Json json = Json::object();
    add_id(json, "bos_token_id", package.tokenizer->spec().bos);
    json["eos_token_id"] = stop_ids(package);
    add_id(json, "pad_token_id", package.tokenizer->spec().pad);
    return text_of(json);
}

std::string make_tokenizer_config(const ModelPackage& package)
{
    const text::TokenizerSpec& spec = package.tokenizer->spec();
    Json json = {{"tokenizer_class", "PreTrainedTokenizerFast"},
                 {"add_prefix_space", spec.add_prefix_space},
                 {"clean_up_tokenization_spaces", false}};
    if (const std::int64_t length = package.architecture.context_length(); length > 0)
        json["model_max_length"] = length;
    add_special_tokens(json, spec);
    for (const text::AddedToken& token : spec.added_tokens)
        json["added_tokens_decoder"][std::to_string(token.id)] = {
            {"content", token.content},         {"lstrip", token.lstrip},
            {"normalized", token.normalized},   {"rstrip", token.rstrip},
            {"single_word", token.single_word}, {"special", token.special}};
    if (package.chat_template)
        json["chat_template"] = package.chat_template->source();
    return text_of(json);
}

std::string make_special_tokens_map(const ModelPackage& package)
{
    Json json = Json::object();
    add_special_tokens(json, package.tokenizer->spec());
    return text_of(json);
}

} // namespace lyceum::models

#include "core/models/special_tokens.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

namespace lyceum::models {
namespace {

using formats::Json;
using formats::JsonObject;
using text::AddedToken;
using text::TokenId;

constexpr const char* kRoles[] = {"bos_token", "eos_token", "unk_token", "sep_token",
                                  "pad_token", "cls_token", "mask_token"};
constexpr std::int64_t kMaxId = std::int64_t{1} << 22;

/// A JSON object of the folder; empty where there is no such file.
Result<Json> read_optional(const std::filesystem::path& path)
{
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored))
        return Json::object();
    LYCEUM_ASSIGN(Json json, formats::read_json_file(path));
    if (!json.is_object())
        return Error{ErrorCode::InvalidData, path.string() + " is not a JSON object", ""};
    return json;
}

/// A text, or an object with the text as "content".
Result<AddedToken> read_token(const Json& value, const JsonObject& owner, const std::string& key,
                              bool special)
{
    AddedToken token;
    token.special = special;
    const Json* content = &value;
    if (value.is_object() && value.contains("content"))
        content = &value.at("content");
    if (!content->is_string() || content->get_ref<const std::string&>().empty())
        return owner.invalid(key, "is " + formats::excerpt(value) + ", expected a token");
    token.content = content->get<std::string>();
    if (!value.is_object())
        return token;
    const JsonObject fields(value, token.content);
    LYCEUM_ASSIGN(const bool is_special, fields.boolean_or("special", false));
    token.special = special || is_special;
    LYCEUM_ASSIGN(token.normalized, fields.boolean_or("normalized", !token.special));
    LYCEUM_ASSIGN(token.lstrip, fields.boolean_or("lstrip", false));
    LYCEUM_ASSIGN(token.rstrip, fields.boolean_or("rstrip", false));
    LYCEUM_ASSIGN(token.single_word, fields.boolean_or("single_word", false));
    return token;
}

Result<void> read_decoder(const Json& decoder, const JsonObject& owner, TokenSettings& settings)
{
    constexpr const char* kKey = "added_tokens_decoder";
    if (!decoder.is_object())
        return owner.invalid(kKey, "is " + formats::excerpt(decoder) + ", expected an object");
    for (const auto& [number, value] : decoder.items()) {
        std::int64_t id = -1;
        const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), id);
        if (error != std::errc() || end != number.data() + number.size() || id < 0 || id >= kMaxId)
            return owner.invalid(kKey, "has the id " + formats::excerpt(number));
        LYCEUM_ASSIGN(settings.added[id], read_token(value, owner, kKey, false));
    }
    return {};
}

bool is_named(const Json& values, const std::string& content)
{
    const auto is_it = [&](const Json& value) {
        return value == content || (value.is_object() && value.value("content", Json()) == content);
    };
    if (std::ranges::any_of(kRoles, [&](const char* role) {
            return values.contains(role) && is_it(values.at(role));
        }))
        return true;
    for (const char* list : {"extra_special_tokens", "additional_special_tokens"})
        if (values.contains(list) && values.at(list).is_array() &&
            std::ranges::any_of(values.at(list), is_it))
            return true;
    return false;
}

/// {"token": id}
Result<void> read_added_tokens(const std::filesystem::path& path, TokenSettings& settings)
{
    LYCEUM_ASSIGN(const Json tokens, read_optional(path));
    for (const auto& [content, id] : tokens.items()) {
        if (!id.is_number_unsigned() || id.get<std::uint64_t>() >= kMaxId || content.empty())
            return Error{ErrorCode::InvalidData,
                         path.string() + ": the token " + formats::excerpt(content) +
                             " has the id " + formats::excerpt(id),
                         ""};
        const bool special = is_named(settings.values, content);
        settings.added[id.get<std::int64_t>()] = {
            .content = content, .special = special, .normalized = !special};
    }
    return {};
}

/// Gives tokens their ids as the `add_tokens` of Hugging Face's tokenizers does.
class TokenPlacer {
public:
    explicit TokenPlacer(text::TokenizerSpec& spec) : spec_(spec)
    {
        for (std::size_t id = 0; id < spec.vocabulary.size(); ++id)
            ids_.try_emplace(spec.vocabulary[id], static_cast<TokenId>(id));
        next_ = static_cast<TokenId>(spec.vocabulary.size());
        for (std::size_t i = 0; i < spec.added_tokens.size(); ++i) {
            const AddedToken& token = spec.added_tokens[i];
            positions_.try_emplace(token.content, i);
            ids_.insert_or_assign(token.content, token.id);
            next_ = std::max(next_, token.id + 1);
        }
    }
    [[nodiscard]] std::optional<TokenId> find(const std::string& content) const
    {
        const auto found = ids_.find(content);
        return found == ids_.end() ? std::nullopt : std::optional(found->second);
    }
    [[nodiscard]] TokenId next() const noexcept { return next_; }
    TokenId place(AddedToken token)
    {
        if (const auto known = positions_.find(token.content); known != positions_.end()) {
            AddedToken& old = spec_.added_tokens[known->second];
            old.special = old.special || token.special;
            return old.id;
        }
        const auto [place, is_new] = ids_.try_emplace(token.content, next_);
        next_ += is_new ? 1 : 0;
        token.id = place->second;
        positions_.emplace(token.content, spec_.added_tokens.size());
        spec_.added_tokens.push_back(std::move(token));
        return place->second;
    }

private:
    text::TokenizerSpec& spec_;
    std::unordered_map<std::string, TokenId> ids_;
    std::unordered_map<std::string, std::size_t> positions_; ///< In spec.added_tokens.
    TokenId next_ = 0;
};

Result<void> place_declared(const TokenSettings& settings, TokenPlacer& placer)
{
    for (const auto& [declared, token] : settings.added) {
        const auto known = placer.find(token.content);
        const TokenId id = known.value_or(placer.next());
        if (id != declared)
            return Error{ErrorCode::InvalidData,
                         settings.source + ": the added token " + formats::excerpt(token.content) +
                             " has the id " + std::to_string(declared) +
                             (known ? ", but in the vocabulary it has "
                                    : ", but the next id that is free is ") +
                             std::to_string(id),
                         ""};
        placer.place(token);
    }
    return {};
}

Result<void> place_extra(const TokenSettings& settings, bool may_add, TokenPlacer& placer)
{
    const JsonObject owner(settings.values, settings.source);
    for (const char* key : {"extra_special_tokens", "additional_special_tokens"}) {
        const Json* list = owner.find(key);
        if (list == nullptr || !list->is_array())
            continue;
        for (const Json& value : *list) {
            LYCEUM_ASSIGN(AddedToken token, read_token(value, owner, key, true));
            if (may_add || placer.find(token.content))
                placer.place(std::move(token));
        }
    }
    return {};
}

} // namespace

Result<TokenSettings> read_token_settings(const std::filesystem::path& folder, const Json& config)
{
    TokenSettings settings;
    settings.values = config;
    settings.source = (folder / "tokenizer_config.json").string();
    const JsonObject owner(config, settings.source);
    if (const Json* decoder = owner.find("added_tokens_decoder")) {
        LYCEUM_TRY(read_decoder(*decoder, owner, settings));
        return settings;
    }
    LYCEUM_ASSIGN(const Json map, read_optional(folder / "special_tokens_map.json"));
    for (const auto& [key, value] : map.items())
        settings.values[key] = value;
    LYCEUM_TRY(read_added_tokens(folder / "added_tokens.json", settings));
    return settings;
}

Result<std::map<std::string, TokenId, std::less<>>>
place_special_tokens(const TokenSettings& settings, const TokenRoles& defaults, bool may_add,
                     text::TokenizerSpec& spec)
{
    TokenPlacer placer(spec);
    LYCEUM_TRY(place_declared(settings, placer));
    const JsonObject owner(settings.values, settings.source);
    std::map<std::string, TokenId, std::less<>> ids;
    for (const char* role : kRoles) {
        AddedToken token;
        const auto fallback = defaults.find(role);
        if (const Json* value = owner.find(role)) {
            LYCEUM_ASSIGN(token, read_token(*value, owner, role, true));
            if (!may_add && !placer.find(token.content))
                return owner.invalid(role, "is " + formats::excerpt(token.content) +
                                               ", which tokenizer.json does not have");
        } else if (fallback != defaults.end() && !settings.values.contains(role)) {
            token.content = fallback->second;
        }
        if (!token.content.empty() && (may_add || placer.find(token.content)))
            ids[role] = placer.place(std::move(token));
    }
    LYCEUM_TRY(place_extra(settings, may_add, placer));
    return ids;
}

} // namespace lyceum::models

#include "core/text/tokenizer_config.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace lyceum::text {

std::string tokenizer_config_json(const Tokenizer& tokenizer)
{
    using Json = nlohmann::ordered_json;
    const TokenizerSpec& spec = tokenizer.spec();
    Json config = {{"tokenizer_class", "PreTrainedTokenizerFast"},
                   {"clean_up_tokenization_spaces", false}};
    const std::pair<const char*, std::optional<TokenId>> roles[] = {{"bos_token", spec.bos},
                                                                    {"eos_token", spec.eos},
                                                                    {"pad_token", spec.pad},
                                                                    {"unk_token", spec.unknown}};
    for (const auto& [role, id] : roles)
        if (id)
            config[role] = tokenizer.token_text(*id);
    const std::pair<const char*, const char*> bert[] = {
        {"cls_token", "[CLS]"}, {"sep_token", "[SEP]"}, {"mask_token", "[MASK]"}};
    for (const auto& [role, token] : bert)
        if (std::ranges::count(spec.added_tokens, token, &AddedToken::content) > 0)
            config[role] = token;
    for (const AddedToken& token : spec.added_tokens)
        config["added_tokens_decoder"][std::to_string(token.id)] = {
            {"content", token.content},         {"lstrip", token.lstrip},
            {"normalized", token.normalized},   {"rstrip", token.rstrip},
            {"single_word", token.single_word}, {"special", token.special}};
    return config.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace lyceum::text

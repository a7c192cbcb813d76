#pragma once

#include "core/text/tokenizer.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace lyceum::text {

/// A vocabulary that grows; no token is in it twice.
class TokenList {
public:
    /// @return the id, of the token that is there where there is one.
    TokenId add(const std::string& token)
    {
        const auto [place, is_new] = ids_.try_emplace(token, static_cast<TokenId>(tokens_.size()));
        if (is_new)
            tokens_.push_back(token);
        return place->second;
    }
    [[nodiscard]] bool contains(const std::string& token) const { return ids_.contains(token); }
    [[nodiscard]] const std::string& operator[](TokenId id) const
    {
        return tokens_[static_cast<std::size_t>(id)];
    }
    [[nodiscard]] std::size_t size() const noexcept { return tokens_.size(); }
    [[nodiscard]] std::vector<std::string> take() { return std::move(tokens_); }

private:
    std::vector<std::string> tokens_;
    std::unordered_map<std::string, TokenId> ids_;
};

} // namespace lyceum::text

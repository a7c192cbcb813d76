#pragma once

/// @file
/// Regular expressions of tokenizer files: PCRE2 with its just-in-time compiler, made to agree with
/// the Oniguruma of Hugging Face's tokenizers. Classes are rewritten to the newer Unicode it knows.

#include "core/base/result.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace lyceum::text {

struct Match {
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// A compiled pattern; immutable, for any number of threads.
class Regex {
public:
    /// @return Unsupported naming the construct whose meaning is not known to be the same in both
    /// engines.
    [[nodiscard]] static Result<std::shared_ptr<const Regex>> compile(std::string_view pattern);
    ~Regex();

    /// The next match from `offset` on; it may be empty. `text` is valid UTF-8. A pattern that
    /// exceeds its match limit (a hostile one) finds nothing.
    [[nodiscard]] std::optional<Match> find(std::string_view text, std::size_t offset) const;

private:
    Regex(void* code, bool is_compiled) : code_(code), is_compiled_(is_compiled) {}
    void* code_;       ///< pcre2_code
    bool is_compiled_; ///< To machine code, else it is interpreted: slower, not different.
};

/// `pattern` with `\s \S \p{L} \p{N}` written out; see Regex::compile for the errors.
[[nodiscard]] Result<std::string> adapt_pattern(std::string_view pattern);

} // namespace lyceum::text

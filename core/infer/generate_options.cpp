#include "core/infer/generate_options.h"

#include <charconv>
#include <cstdio>

namespace lyceum::infer {
namespace {

Error out_of_range(std::string_view option, const std::string& value, std::string_view range)
{
    std::string message(option);
    message += " is " + value + ", but must be ";
    message += range;
    return {ErrorCode::InvalidConfig, message, ""};
}

std::string shown(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%g", value);
    return text;
}

} // namespace

Result<void> check_options(const GenerateOptions& options, const models::Architecture& model)
{
    if (options.max_new_tokens < 1)
        return out_of_range("max_new_tokens", std::to_string(options.max_new_tokens), "at least 1");
    if (!(options.temperature >= 0.0 && options.temperature <= 100.0))
        return out_of_range("temperature", shown(options.temperature), "from 0 to 100");
    if (options.top_k < 0)
        return out_of_range("top_k", std::to_string(options.top_k),
                            "at least 1, or 0 to draw from all tokens");
    if (!(options.top_p > 0.0 && options.top_p <= 1.0))
        return out_of_range("top_p", shown(options.top_p), "above 0 and at most 1");
    if (!(options.min_p >= 0.0 && options.min_p <= 1.0))
        return out_of_range("min_p", shown(options.min_p), "from 0 to 1");
    if (!(options.repetition_penalty > 0.0 && options.repetition_penalty <= 10.0))
        return out_of_range("repetition_penalty", shown(options.repetition_penalty),
                            "above 0 and at most 10");
    for (const std::string& stop : options.stop)
        if (stop.empty())
            return out_of_range("stop", "an empty text", "one with at least one character");
    for (const text::TokenId id : options.stop_tokens)
        if (id < 0 || id >= model.vocab_size)
            return out_of_range("stop_tokens", std::to_string(id),
                                "token ids below " + std::to_string(model.vocab_size));
    return {};
}

Result<text::TokenId> find_token(const text::Tokenizer& tokenizer, std::string_view name)
{
    text::TokenId id = 0;
    const char* const end = name.data() + name.size();
    const auto [rest, failure] = std::from_chars(name.data(), end, id);
    const bool is_number = failure == std::errc{} && rest == end;
    if (is_number && id >= 0 && id < tokenizer.vocabulary_size())
        return id;
    if (const auto found = tokenizer.id_of(name))
        return *found;
    return Error{ErrorCode::InvalidConfig, "the model has no token \"" + std::string(name) + "\"",
                 "Give an id below " + std::to_string(tokenizer.vocabulary_size()) +
                     ", or a token as the vocabulary writes it. What is several tokens is a stop "
                     "text."};
}

} // namespace lyceum::infer

#include "core/serve/api.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <map>

namespace lyceum::serve {
namespace {

using nlohmann::json;
using Field = std::function<Result<void>(const json& value, CompletionRequest& request)>;

Error bad_field(const std::string& field, const json& value, const std::string& wanted)
{
    std::string shown = value.dump(-1, ' ', false, json::error_handler_t::replace);
    if (shown.size() > 60)
        shown = shown.substr(0, 57) + "...";
    std::string message = "\"" + field + "\" is ";
    message += shown;
    message += ", but must be " + wanted;
    return {ErrorCode::InvalidData, message, ""};
}

Result<double> number(const std::string& field, const json& value, double low, double high)
{
    if (value.is_number()) {
        const double result = value.get<double>();
        if (result >= low && result <= high)
            return result;
    }
    return bad_field(field, value,
                     "a number from " + json(low).dump() + " to " + json(high).dump());
}

Field max_tokens(const std::string& field)
{
    return [field](const json& value, CompletionRequest& request) -> Result<void> {
        if (!value.is_number_integer())
            return bad_field(field, value, "a whole number of at least 1");
        LYCEUM_ASSIGN(const double count, number(field, value, 1, 1 << 20));
        request.options.max_new_tokens = static_cast<int>(count);
        return {};
    };
}

/// A feature that is not here: its off value passes, anything else is an error.
Field only(const std::string& field, const json& allowed)
{
    return [field, allowed](const json& value, CompletionRequest&) -> Result<void> {
        if (value == allowed)
            return {};
        return Error{ErrorCode::Unsupported, "\"" + field + "\" is not supported by this server",
                     "Leave it out."};
    };
}

Result<void> read_seed(const json& value, CompletionRequest& request)
{
    if (!value.is_number_integer())
        return bad_field("seed", value, "a whole number");
    request.options.seed = value.is_number_unsigned()
                               ? value.get<std::uint64_t>()
                               : static_cast<std::uint64_t>(value.get<std::int64_t>());
    return {};
}

Result<void> read_top_k(const json& value, CompletionRequest& request)
{
    if (!value.is_number_integer())
        return bad_field("top_k", value, "a whole number; 0 or -1 draws from all tokens");
    LYCEUM_ASSIGN(const double count, number("top_k", value, -1, 1 << 30));
    request.options.top_k = std::max<std::int64_t>(0, static_cast<std::int64_t>(count));
    return {};
}

Result<void> read_min_p(const json& value, CompletionRequest& request)
{
    LYCEUM_ASSIGN(request.options.min_p, number("min_p", value, 0, 1));
    return {};
}

Result<void> read_repetition_penalty(const json& value, CompletionRequest& request)
{
    LYCEUM_ASSIGN(request.options.repetition_penalty,
                  number("repetition_penalty", value, 0.01, 10));
    return {};
}

/// Checked against the vocabulary when the request is queued.
Result<void> read_stop_token_ids(const json& value, CompletionRequest& request)
{
    const auto is_id = [](const json& id) {
        return id.is_number_unsigned() && id.get<std::uint64_t>() <= INT32_MAX;
    };
    if (!value.is_array() || value.size() > 64 || !std::all_of(value.begin(), value.end(), is_id))
        return bad_field("stop_token_ids", value, "a list of at most 64 token ids");
    request.options.stop_tokens = value.get<std::vector<text::TokenId>>();
    return {};
}

Result<void> read_stop(const json& value, CompletionRequest& request)
{
    const json list = value.is_string() ? json::array({value}) : value;
    const std::string wanted = "a text or a list of at most 4 texts, none empty";
    if (!list.is_array() || list.size() > 4)
        return bad_field("stop", value, wanted);
    for (const json& item : list) {
        if (!item.is_string() || item.get_ref<const std::string&>().empty())
            return bad_field("stop", value, wanted);
        request.options.stop.push_back(item.get<std::string>());
    }
    return {};
}

Result<void> read_stream_options(const json& value, CompletionRequest&)
{
    // The last chunk always carries the usage, so either answer is met.
    const std::string wanted = R"({"include_usage": true} or false)";
    if (!value.is_object())
        return bad_field("stream_options", value, wanted);
    for (const auto& [key, item] : value.items()) {
        if (key != "include_usage" || !item.is_boolean())
            return bad_field("stream_options", value, wanted);
    }
    return {};
}

/// A message's content: a text, or a list of {"type": "text", "text": ...}.
Result<std::string> read_content(const json& value)
{
    if (value.is_string())
        return value.get<std::string>();
    if (!value.is_array())
        return bad_field("content", value, "a text");
    std::string text;
    for (const json& part : value) {
        if (!part.is_object() || !part.contains("type") || part["type"] != "text" ||
            !part.contains("text") || !part["text"].is_string())
            return Error{ErrorCode::Unsupported, "A message's content has a part that is not text",
                         "This model reads text only."};
        text += part["text"].get<std::string>();
    }
    return text;
}

Result<void> read_messages(const json& value, CompletionRequest& request)
{
    if (!value.is_array() || value.empty())
        return bad_field("messages", value, "a list of at least one message");
    static const std::array<std::string, 3> kRoles = {"system", "user", "assistant"};
    for (const json& item : value) {
        if (!item.is_object() || !item.contains("role") || !item.contains("content"))
            return bad_field("messages", item, "objects with \"role\" and \"content\"");
        const json& role = item["role"];
        if (!role.is_string() ||
            std::find(kRoles.begin(), kRoles.end(), role.get<std::string>()) == kRoles.end())
            return bad_field("role", role, "\"system\", \"user\" or \"assistant\"");
        LYCEUM_ASSIGN(std::string content, read_content(item["content"]));
        request.messages.push_back({role.get<std::string>(), std::move(content)});
    }
    return {};
}

Result<void> read_prompt(const json& value, CompletionRequest& request)
{
    if (value.is_array() && value.size() == 1 && value[0].is_string())
        return read_prompt(value[0], request);
    if (!value.is_string())
        return bad_field("prompt", value, "one text");
    request.prompt = value.get<std::string>();
    return {};
}

Result<void> read_model(const json& value, CompletionRequest& request)
{
    if (!value.is_string())
        return bad_field("model", value, "a model's name");
    request.model = value.get<std::string>();
    return {};
}

Result<void> read_temperature(const json& value, CompletionRequest& request)
{
    LYCEUM_ASSIGN(request.options.temperature, number("temperature", value, 0, 2));
    return {};
}

Result<void> read_top_p(const json& value, CompletionRequest& request)
{
    LYCEUM_ASSIGN(request.options.top_p, number("top_p", value, 1e-6, 1));
    return {};
}

Result<void> read_stream(const json& value, CompletionRequest& request)
{
    if (!value.is_boolean())
        return bad_field("stream", value, "true or false");
    request.stream = value.get<bool>();
    return {};
}

/// Labels for the caller's own use: they change no answer.
Result<void> read_label(const json&, CompletionRequest&)
{
    return {};
}

/// Every field that is understood, by endpoint.
std::map<std::string, Field> fields(Endpoint endpoint)
{
    std::map<std::string, Field> known = {
        {"model", read_model},
        {"max_tokens", max_tokens("max_tokens")},
        {"temperature", read_temperature},
        {"top_p", read_top_p},
        {"top_k", read_top_k},
        {"min_p", read_min_p},
        {"repetition_penalty", read_repetition_penalty},
        {"stop_token_ids", read_stop_token_ids},
        {"seed", read_seed},
        {"stop", read_stop},
        {"stream", read_stream},
        {"stream_options", read_stream_options},
        {"user", read_label},
        {"metadata", read_label},
        {"n", only("n", 1)},
        {"frequency_penalty", only("frequency_penalty", 0)},
        {"presence_penalty", only("presence_penalty", 0)},
        {"logit_bias", only("logit_bias", json::object())},
    };
    if (endpoint == Endpoint::Chat) {
        known["messages"] = read_messages;
        known["max_completion_tokens"] = max_tokens("max_completion_tokens");
        known["logprobs"] = only("logprobs", false);
        known["tools"] = only("tools", json::array());
        known["response_format"] = only("response_format", {{"type", "text"}});
    } else {
        known["prompt"] = read_prompt;
        known["echo"] = only("echo", false);
        known["best_of"] = only("best_of", 1);
        known["logprobs"] = only("logprobs", 0);
        known["suffix"] = only("suffix", "");
    }
    return known;
}

} // namespace

Result<CompletionRequest> parse_request(Endpoint endpoint, std::string_view body)
{
    const json root = json::parse(body, nullptr, false);
    if (!root.is_object())
        return Error{ErrorCode::InvalidData, "The request body is not a JSON object", ""};
    static const std::map<std::string, Field> kChat = fields(Endpoint::Chat);
    static const std::map<std::string, Field> kCompletion = fields(Endpoint::Completion);
    const auto& known = endpoint == Endpoint::Chat ? kChat : kCompletion;
    CompletionRequest request;
    request.endpoint = endpoint;
    for (const auto& [key, value] : root.items()) {
        const auto field = known.find(key);
        if (field == known.end())
            return Error{ErrorCode::InvalidData, "Unknown field \"" + key + "\"", "Leave it out."};
        if (!value.is_null())
            LYCEUM_TRY(field->second(value, request));
    }
    if (endpoint == Endpoint::Chat && request.messages.empty())
        return Error{ErrorCode::InvalidData, "The request has no \"messages\"", ""};
    if (endpoint == Endpoint::Completion && request.prompt.empty())
        return Error{ErrorCode::InvalidData, "The request has no \"prompt\"", ""};
    return request;
}

} // namespace lyceum::serve

#include "core/serve/api.h"

#include <nlohmann/json.hpp>

namespace lyceum::serve {
namespace {

using nlohmann::json;

std::string dump(const json& value)
{
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string event(const json& value)
{
    return "data: " + dump(value) + "\n\n";
}

json usage_json(const Usage& usage)
{
    return {{"prompt_tokens", usage.prompt_tokens},
            {"completion_tokens", usage.completion_tokens},
            {"total_tokens", usage.prompt_tokens + usage.completion_tokens},
            {"tokens_per_second", usage.tokens_per_second}};
}

json envelope(const AnswerHead& head, const char* object, json choice)
{
    choice["index"] = 0;
    return {{"id", head.id},
            {"object", object},
            {"created", head.created},
            {"model", head.model},
            {"choices", json::array({std::move(choice)})}};
}

json chunk(const AnswerHead& head, std::string_view piece, const json& finish_reason)
{
    if (head.endpoint == Endpoint::Completion)
        return envelope(head, "text_completion",
                        {{"text", piece}, {"logprobs", nullptr}, {"finish_reason", finish_reason}});
    const json delta = piece.empty() ? json::object() : json{{"content", piece}};
    return envelope(head, "chat.completion.chunk",
                    {{"delta", delta}, {"finish_reason", finish_reason}});
}

} // namespace

std::string answer_json(const AnswerHead& head, const std::string& text,
                        const std::string& finish_reason, const Usage& usage)
{
    json choice = {{"finish_reason", finish_reason}, {"logprobs", nullptr}};
    if (head.endpoint == Endpoint::Chat)
        choice["message"] = {{"role", "assistant"}, {"content", text}};
    else
        choice["text"] = text;
    json answer =
        envelope(head, head.endpoint == Endpoint::Chat ? "chat.completion" : "text_completion",
                 std::move(choice));
    answer["usage"] = usage_json(usage);
    return dump(answer);
}

std::string first_event(const AnswerHead& head)
{
    if (head.endpoint == Endpoint::Completion)
        return "";
    return event(envelope(
        head, "chat.completion.chunk",
        {{"delta", {{"role", "assistant"}, {"content", ""}}}, {"finish_reason", nullptr}}));
}

std::string text_event(const AnswerHead& head, std::string_view piece)
{
    return event(chunk(head, piece, nullptr));
}

std::string last_event(const AnswerHead& head, const std::string& finish_reason, const Usage& usage)
{
    json last = chunk(head, "", finish_reason);
    last["usage"] = usage_json(usage);
    return event(last) + "data: [DONE]\n\n";
}

std::string error_event(const Error& error)
{
    return "data: " + error_json(error) + "\n\n";
}

std::string models_json(const std::string& model, std::int64_t created)
{
    const json entry = {
        {"id", model}, {"object", "model"}, {"created", created}, {"owned_by", "lyceum"}};
    return dump({{"object", "list"}, {"data", json::array({entry})}});
}

std::string error_json(const Error& error)
{
    std::string message = error.message;
    if (!error.hint.empty())
        message += ". " + error.hint;
    const int status = http_status(error.code);
    const json body = {{"message", message},
                       {"type", status < 500 ? "invalid_request_error" : "server_error"},
                       {"param", nullptr},
                       {"code", status}};
    return dump({{"error", body}});
}

int http_status(ErrorCode code) noexcept
{
    switch (code) {
    case ErrorCode::InvalidConfig:
    case ErrorCode::InvalidData:
    case ErrorCode::Unsupported:
        return 400;
    case ErrorCode::NotFound:
        return 404;
    case ErrorCode::PeerLost:
    case ErrorCode::Cancelled:
        return 503;
    default:
        return 500;
    }
}

} // namespace lyceum::serve

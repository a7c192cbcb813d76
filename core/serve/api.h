#pragma once

/// @file
/// The OpenAI-compatible API as values: requests out of JSON, answers into JSON. No sockets, no
/// model. Source: https://platform.openai.com/docs/api-reference/chat and /completions.

#include "core/base/result.h"
#include "core/infer/generator.h"
#include "core/text/chat_template.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::serve {

enum class Endpoint { Chat, Completion };

/// POST /v1/chat/completions or /v1/completions.
struct CompletionRequest {
    Endpoint endpoint = Endpoint::Chat;
    std::string model;                   ///< Empty: the one that is served.
    std::vector<text::Message> messages; ///< Chat.
    std::string prompt;                  ///< Completion.
    infer::GenerateOptions options;      ///< Greedy unless the request says otherwise.
    bool stream = false;
};

/// Reads a request body. Whatever is not understood is an error, so that nothing is silently
/// ignored.
/// @return InvalidData naming the field; Unsupported for a feature of the API that is not here.
[[nodiscard]] Result<CompletionRequest> parse_request(Endpoint endpoint, std::string_view body);

/// What all pieces of one answer share.
struct AnswerHead {
    Endpoint endpoint = Endpoint::Chat;
    std::string id;
    std::string model;
    std::int64_t created = 0; ///< Unix seconds.
};

struct Usage {
    std::size_t prompt_tokens = 0;
    std::size_t completion_tokens = 0;
    double tokens_per_second = 0;
};

[[nodiscard]] std::string answer_json(const AnswerHead& head, const std::string& text,
                                      const std::string& finish_reason, const Usage& usage);

/// Server-sent events (`data: {...}` and a blank line).
[[nodiscard]] std::string first_event(const AnswerHead& head);
[[nodiscard]] std::string text_event(const AnswerHead& head, std::string_view piece);
/// The last chunk, with the usage, and `[DONE]`.
[[nodiscard]] std::string last_event(const AnswerHead& head, const std::string& finish_reason,
                                     const Usage& usage);
[[nodiscard]] std::string error_event(const Error& error);

[[nodiscard]] std::string models_json(const std::string& model, std::int64_t created);

/// {"error": {"message", "type", "code"}} with the hint as a second sentence.
[[nodiscard]] std::string error_json(const Error& error);
/// 400, 404, 500, 503.
[[nodiscard]] int http_status(ErrorCode code) noexcept;

} // namespace lyceum::serve

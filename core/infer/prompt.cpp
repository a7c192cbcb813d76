#include "core/infer/prompt.h"

#include "core/formats/json.h"

#include <algorithm>
#include <array>

namespace lyceum::infer {
namespace {

std::string token_text(const text::Tokenizer& tokenizer, std::optional<text::TokenId> id)
{
    return id ? tokenizer.token_bytes(*id) : std::string();
}

using formats::Json;
using formats::JsonObject;

constexpr std::array<std::string_view, 3> kRoles = {"system", "user", "assistant"};

Result<text::Message> parse_message(const Json& value, std::size_t index)
{
    const std::string name = "messages[" + std::to_string(index) + "]";
    if (!value.is_object())
        return Error{ErrorCode::InvalidData,
                     name + " is " + formats::excerpt(value) + ", which is no message",
                     R"(Write {"role": "user", "content": "..."}.)"};
    const JsonObject fields(value, name);
    text::Message message;
    LYCEUM_ASSIGN(message.role, fields.string("role"));
    LYCEUM_ASSIGN(message.content, fields.string("content"));
    if (std::ranges::find(kRoles, message.role) == kRoles.end())
        return fields.invalid("role",
                              "is \"" + message.role + "\", expected system, user or assistant");
    return message;
}

} // namespace

Result<Prompt> parse_prompt(std::string_view line)
{
    LYCEUM_ASSIGN(const Json json, formats::parse_json(line, "the line"));
    const std::string wanted = R"(Write {"prompt": "..."} or {"messages": [...]}.)";
    if (!json.is_object())
        return Error{ErrorCode::InvalidData, formats::excerpt(json) + " is not a JSON object",
                     wanted};
    const JsonObject fields(json, "the line");
    Prompt prompt;
    const Json* messages = fields.find("messages");
    if ((messages == nullptr) == (fields.find("prompt") == nullptr))
        return Error{ErrorCode::InvalidData,
                     messages == nullptr ? R"(the line has neither "prompt" nor "messages")"
                                         : R"(the line has both "prompt" and "messages")",
                     wanted};
    if (messages == nullptr) {
        LYCEUM_ASSIGN(prompt.text, fields.string("prompt"));
        return prompt;
    }
    if (!messages->is_array() || messages->empty())
        return fields.invalid("messages", "is " + formats::excerpt(*messages) +
                                              ", expected a list of at least one message");
    for (std::size_t i = 0; i < messages->size(); ++i) {
        LYCEUM_ASSIGN(text::Message message, parse_message((*messages)[i], i));
        prompt.messages.push_back(std::move(message));
    }
    return prompt;
}

Result<std::vector<text::TokenId>> encode_prompt(const models::ModelPackage& package,
                                                 const Prompt& prompt)
{
    if (!prompt.messages.empty())
        return encode_chat(package, prompt.messages);
    return encode_text(package, prompt.text);
}

std::vector<text::TokenId> encode_text(const models::ModelPackage& package, std::string_view text)
{
    return package.tokenizer->encode(text);
}

Result<std::vector<text::TokenId>> encode_chat(const models::ModelPackage& package,
                                               const std::vector<text::Message>& messages)
{
    if (package.chat_template == nullptr)
        return Error{ErrorCode::Unsupported, "The model " + package.name + " has no chat template",
                     "Give it plain text to continue instead of a chat."};
    const text::Tokenizer& tokenizer = *package.tokenizer;
    LYCEUM_ASSIGN(const std::string text,
                  package.chat_template->render(
                      messages, {.add_generation_prompt = true,
                                 .bos_token = token_text(tokenizer, tokenizer.spec().bos),
                                 .eos_token = token_text(tokenizer, tokenizer.spec().eos)}));
    return tokenizer.encode(text, {.add_special_tokens = false});
}

} // namespace lyceum::infer

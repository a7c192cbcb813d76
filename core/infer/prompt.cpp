#include "core/infer/prompt.h"

namespace lyceum::infer {
namespace {

std::string token_text(const text::Tokenizer& tokenizer, std::optional<text::TokenId> id)
{
    return id ? tokenizer.token_bytes(*id) : std::string();
}

} // namespace

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

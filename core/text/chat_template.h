#pragma once

/// @file
/// ChatTemplate: messages to the text a chat model was trained on, by the model's own Jinja
/// template. Equal to `tokenizer.apply_chat_template(messages, tokenize=False)` of Hugging Face's
/// transformers.
///
/// Known: for with loop.*, if, set, namespaces, generation, break, continue, raw; all operators but
/// powers and chained comparisons; the usual filters, tests and string methods. Not known: macros,
/// includes, the date.

#include "core/base/result.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::text {

struct Message {
    std::string role; ///< system | user | assistant
    std::string content;
};

struct RenderOptions {
    bool add_generation_prompt = false;
    std::string bos_token;
    std::string eos_token;
};

/// A parsed template; immutable.
class ChatTemplate {
public:
    /// @return InvalidData with the line of a syntax error; Unsupported naming an unknown tag.
    [[nodiscard]] static Result<ChatTemplate> parse(std::string_view jinja);
    ChatTemplate(ChatTemplate&&) noexcept;
    ChatTemplate& operator=(ChatTemplate&&) noexcept;
    ~ChatTemplate();

    /// Empty bos and eos tokens are undefined to the template.
    /// @return InvalidData when the template itself raises (raise_exception) or a limit of steps or
    /// memory is hit; Unsupported naming a filter, test or function that is not known, when
    /// reached.
    [[nodiscard]] Result<std::string> render(const std::vector<Message>& messages,
                                             const RenderOptions& options = {}) const;
    [[nodiscard]] const std::string& source() const noexcept;

private:
    struct Impl;
    explicit ChatTemplate(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace lyceum::text

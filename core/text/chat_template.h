#pragma once

/// @file
/// ChatTemplate: messages to the text a chat model was trained on, by the model's own Jinja
/// template. Equal to `tokenizer.apply_chat_template(messages, tokenize=False)` of Hugging Face's
/// transformers.
///
/// Known: all of Jinja's statements but templates within templates (include, import, extends,
/// block) and recursive loops; all operators and tests; macros and call blocks; the filters and the
/// methods of strings, lists and dictionaries that work on values alone (not escape, urlize,
/// filesizeformat, pprint, random, xmlattr, wordwrap). What transformers adds: loop controls,
/// generation, raise_exception, strftime_now, its own tojson. What more a template needs is an
/// error with its line, where it is reached.

#include "core/base/result.h"

#include <ctime>
#include <memory>
#include <optional>
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
    std::string bos_token; ///< Empty tokens are undefined to the template.
    std::string eos_token;
    std::string unk_token;
    std::string pad_token;
    /// More variables, a JSON object: tools, documents, date_string, enable_thinking, ...
    std::string variables;
    std::optional<std::time_t> now; ///< For strftime_now, without one the clock's; in local time.
};

/// A parsed template; immutable.
class ChatTemplate {
public:
    /// @return InvalidData with the line of a syntax error; Unsupported naming an unknown tag.
    [[nodiscard]] static Result<ChatTemplate> parse(std::string_view jinja);
    ChatTemplate(ChatTemplate&&) noexcept;
    ChatTemplate& operator=(ChatTemplate&&) noexcept;
    ~ChatTemplate();

    /// @return InvalidData when the template itself raises (raise_exception), a limit of steps or
    /// memory is hit, or `variables` is not a JSON object; Unsupported naming a filter, test or
    /// function that is not known, when reached.
    [[nodiscard]] Result<std::string> render(const std::vector<Message>& messages,
                                             const RenderOptions& options = {}) const;
    /// The same for messages with more than text: tool calls, names, reasoning, parts. As
    /// transformers does, null members are left out, and reasoning is found under each of its names
    /// (reasoning_content, thinking). @param messages a JSON list of objects.
    [[nodiscard]] Result<std::string> render_json(std::string_view messages,
                                                  const RenderOptions& options = {}) const;
    [[nodiscard]] const std::string& source() const noexcept;

private:
    struct Impl;
    explicit ChatTemplate(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace lyceum::text

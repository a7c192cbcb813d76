#include "core/text/chat_template.h"

#include "core/text/jinja/interpreter.h"
#include "core/text/jinja/parser.h"

namespace lyceum::text {

struct ChatTemplate::Impl {
    std::string source;
    jinja::Body body;
};

ChatTemplate::ChatTemplate(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ChatTemplate::ChatTemplate(ChatTemplate&&) noexcept = default;
ChatTemplate& ChatTemplate::operator=(ChatTemplate&&) noexcept = default;
ChatTemplate::~ChatTemplate() = default;

Result<ChatTemplate> ChatTemplate::parse(std::string_view jinja)
{
    LYCEUM_ASSIGN(jinja::Body body, jinja::parse(jinja));
    return ChatTemplate(std::make_unique<Impl>(Impl{std::string(jinja), std::move(body)}));
}

Result<std::string> ChatTemplate::render(const std::vector<Message>& messages,
                                         const RenderOptions& options) const
{
    jinja::List list;
    list.reserve(messages.size());
    for (const Message& message : messages)
        list.emplace_back(jinja::Map{{"role", message.role}, {"content", message.content}});
    jinja::Map variables = {{"messages", std::move(list)},
                            {"add_generation_prompt", options.add_generation_prompt},
                            {"tools", jinja::None{}},
                            {"documents", jinja::None{}}};
    if (!options.bos_token.empty())
        variables.push_back({"bos_token", options.bos_token});
    if (!options.eos_token.empty())
        variables.push_back({"eos_token", options.eos_token});
    return jinja::Interpreter(std::move(variables)).render(impl_->body);
}

const std::string& ChatTemplate::source() const noexcept
{
    return impl_->source;
}

} // namespace lyceum::text

#include "core/text/chat_template.h"

#include "core/text/jinja/interpreter.h"
#include "core/text/jinja/parser.h"
#include "core/text/part_reader.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace lyceum::text {

struct ChatTemplate::Impl {
    std::string source;
    jinja::Body body;
};

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kVariables = "What is given to the chat template";
constexpr const char* kMessages = "The list of messages";

jinja::Value to_value(const Json& json)
{
    switch (json.type()) {
    case Json::value_t::boolean:
        return json.get<bool>();
    case Json::value_t::number_integer:
        return json.get<std::int64_t>();
    case Json::value_t::number_unsigned:
        if (json.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX))
            return json.get<double>();
        return json.get<std::int64_t>();
    case Json::value_t::number_float:
        return json.get<double>();
    case Json::value_t::string:
        return json.get<std::string>();
    case Json::value_t::array: {
        jinja::List list;
        for (const Json& item : json)
            list.push_back(to_value(item));
        return list;
    }
    case Json::value_t::object: {
        jinja::Map map;
        for (const auto& [key, item] : json.items())
            map.push_back({key, to_value(item)});
        return map;
    }
    default:
        return jinja::None{};
    }
}

/// A message as the template sees it (transformers' _normalize_chat_messages and
/// _alias_reasoning_fields).
jinja::Map message_of(const Json& message)
{
    jinja::Map map;
    for (const auto& [key, item] : message.items())
        if (!item.is_null())
            map.push_back({key, to_value(item)});
    constexpr std::array<std::string_view, 3> kNames = {"reasoning_content", "thinking",
                                                        "reasoning"};
    for (const std::string_view name : kNames) {
        const jinja::Value* found = jinja::find_member(map, name);
        if (found == nullptr)
            continue;
        const jinja::Value reasoning = *found;
        if (jinja::find_member(map, "thinking") == nullptr)
            map.insert(map.begin(), {"thinking", reasoning});
        const auto field = std::ranges::find(map, "reasoning_content", &jinja::Member::key);
        if (field == map.end())
            map.push_back({"reasoning_content", reasoning});
        else
            field->value = reasoning;
        break;
    }
    return map;
}

void set_variable(jinja::Map& variables, const std::string& name, jinja::Value value)
{
    const auto found = std::ranges::find(variables, name, &jinja::Member::key);
    if (found == variables.end())
        variables.push_back({name, std::move(value)});
    else
        found->value = std::move(value);
}

Result<std::string> render_list(const jinja::Body& body, jinja::List messages,
                                const RenderOptions& options)
{
    jinja::Map variables = {{"messages", std::move(messages)},
                            {"add_generation_prompt", options.add_generation_prompt},
                            {"tools", jinja::None{}},
                            {"documents", jinja::None{}}};
    for (const auto& [name, token] :
         {std::pair("bos_token", &options.bos_token), std::pair("eos_token", &options.eos_token),
          std::pair("unk_token", &options.unk_token), std::pair("pad_token", &options.pad_token)})
        if (!token->empty())
            variables.push_back({name, *token});
    if (!options.variables.empty()) {
        LYCEUM_ASSIGN(const Json more, parse_ordered_json(options.variables, kVariables));
        if (!more.is_object())
            return Error{ErrorCode::InvalidData, std::string(kVariables) + " is not an object.",
                         "Give it as {\"name\": value, ...}."};
        for (const auto& [key, item] : more.items())
            set_variable(variables, key, to_value(item));
    }
    return jinja::Interpreter(std::move(variables), options.now.value_or(std::time(nullptr)))
        .render(body);
}

} // namespace

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
    return render_list(impl_->body, std::move(list), options);
}

Result<std::string> ChatTemplate::render_json(std::string_view messages,
                                              const RenderOptions& options) const
{
    LYCEUM_ASSIGN(const Json json, parse_ordered_json(messages, kMessages));
    if (!json.is_array())
        return Error{ErrorCode::InvalidData, std::string(kMessages) + " is not a JSON list.",
                     "Give it as [{\"role\": \"user\", \"content\": \"...\"}, ...]."};
    jinja::List list;
    for (const Json& message : json) {
        if (!message.is_object())
            return Error{ErrorCode::InvalidData,
                         "Message " + std::to_string(list.size() + 1) + " is not a JSON object.",
                         "Give each message a role and content."};
        list.emplace_back(message_of(message));
    }
    return render_list(impl_->body, std::move(list), options);
}

const std::string& ChatTemplate::source() const noexcept
{
    return impl_->source;
}

} // namespace lyceum::text

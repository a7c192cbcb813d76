#include "core/data/record_parser.h"

#include "core/base/text.h"
#include "core/formats/json.h"

#include <algorithm>
#include <array>
#include <optional>

namespace lyceum::data {
namespace {

using formats::Json;

constexpr std::size_t kMaxLineBytes = std::size_t{1} << 24U;
constexpr std::size_t kMaxMessages = 4096;

using Problem = std::optional<RecordProblem>;

RecordProblem problem(std::string field, std::string what, std::string repair)
{
    RecordProblem result;
    result.field = std::move(field);
    result.problem = std::move(what);
    result.repair = std::move(repair);
    return result;
}

std::string_view type_name(const Json& value)
{
    if (value.is_string())
        return "a text";
    if (value.is_array())
        return "a list";
    if (value.is_object())
        return "an object";
    if (value.is_boolean())
        return "true or false";
    return value.is_number() ? "a number" : "null";
}

bool is_blank(std::string_view text)
{
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// Takes a text that must be there, must be a text, and must say something unless `may_be_blank`.
Problem take_text(const Json& object, const char* key, const std::string& field, bool may_be_blank,
                  std::string& out)
{
    const auto found = object.find(key);
    if (found == object.end())
        return problem(field, "is missing", "Add \"" + std::string(key) + "\" to the record.");
    if (!found->is_string())
        return problem(field, "is " + std::string(type_name(*found)) + ", not a text",
                       "Write it in quotes.");
    out = found->get<std::string>();
    if (out.find('\0') != std::string::npos)
        return problem(field, "contains a NUL character", "Remove \\u0000 from it.");
    if (!may_be_blank && is_blank(out))
        return problem(field, "is empty", "Fill it in, or remove the record.");
    return std::nullopt;
}

/// What other tools call the roles.
std::string repair_of_role(const std::string& role)
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kOtherNames = {{
        {"human", "user"},
        {"student", "user"},
        {"gpt", "assistant"},
        {"bot", "assistant"},
        {"model", "assistant"},
        {"tutor", "assistant"},
    }};
    const std::vector<std::string> known = {"system", "user", "assistant"};
    std::string meant = nearest(role, known).value_or("");
    for (const auto& [other, name] : kOtherNames)
        if (role == other)
            meant = name;
    return meant.empty() ? "Use system, user or assistant." : "Write \"" + meant + "\".";
}

Problem take_message(const Json& value, std::size_t index, Record& record)
{
    const std::string field = "messages[" + std::to_string(index) + "]";
    if (!value.is_object())
        return problem(field, "is " + std::string(type_name(value)) + ", not an object",
                       "Write {\"role\": \"user\", \"content\": \"...\"}.");
    text::Message message;
    if (auto found = take_text(value, "role", field + ".role", false, message.role))
        return found;
    const bool is_system = message.role == "system";
    if (!is_system && message.role != "user" && message.role != "assistant")
        return problem(field + ".role", "is \"" + message.role + "\", which is not a role",
                       repair_of_role(message.role));
    if (is_system && index > 0)
        return problem(field + ".role", "is \"system\", but only the first message may be",
                       "Move it to the beginning, or make it a user message.");
    if (auto found = take_text(value, "content", field + ".content", is_system, message.content))
        return found;
    record.messages.push_back(std::move(message));
    return std::nullopt;
}

Problem take_messages(const Json& object, Record& record)
{
    const Json& messages = object["messages"];
    if (!messages.is_array())
        return problem("messages", "is " + std::string(type_name(messages)) + ", not a list",
                       "Write [{\"role\": ..., \"content\": ...}, ...].");
    if (messages.empty())
        return problem("messages", "is empty", "Add a question and an answer.");
    if (messages.size() > kMaxMessages)
        return problem("messages", "has " + std::to_string(messages.size()) + " messages",
                       "Split the dialogue: at most 4096 are read.");
    for (std::size_t i = 0; i < messages.size(); ++i)
        if (auto found = take_message(messages[i], i, record))
            return found;
    if (record.messages.back().role != "assistant")
        return problem("messages", "ends with the role \"" + record.messages.back().role + "\"",
                       "End it with what the assistant answers.");
    return std::nullopt;
}

Problem take_pair(const Json& object, Record& record)
{
    text::Message prompt{.role = "user", .content = ""};
    text::Message completion{.role = "assistant", .content = ""};
    if (auto found = take_text(object, "prompt", "prompt", false, prompt.content))
        return found;
    if (auto found = take_text(object, "completion", "completion", false, completion.content))
        return found;
    record.messages = {std::move(prompt), std::move(completion)};
    return std::nullopt;
}

Problem take_answer(const Json& object, Record& record)
{
    const auto found = object.find("answer");
    if (found == object.end() || found->is_null())
        return std::nullopt;
    if (!found->is_string() && !found->is_number())
        return problem("answer", "is " + std::string(type_name(*found)) + ", not a text",
                       "Write the final answer in quotes.");
    record.answer = found->is_string() ? found->get<std::string>() : found->dump();
    return std::nullopt;
}

/// A record without any of the known fields: what its fields probably are.
RecordProblem unknown_shape(const Json& object)
{
    std::vector<std::string> keys;
    for (const auto& [key, value] : object.items())
        if (keys.size() < 8)
            keys.push_back('"' + key + '"');
    std::string repair = "Name the fields text, or prompt and completion, or messages.";
    if (object.contains("instruction") && object.contains("output"))
        repair = "Rename \"instruction\" to \"prompt\" and \"output\" to \"completion\".";
    else if (object.contains("question") && object.contains("answer"))
        repair = "Rename \"question\" to \"prompt\" and \"answer\" to \"completion\".";
    else if (object.contains("conversations"))
        repair = "Rename \"conversations\" to \"messages\", with \"role\" and \"content\" in each.";
    return problem("",
                   "has none of text, prompt + completion, messages; it has " +
                       (keys.empty() ? std::string("no fields") : join(keys, ", ")),
                   repair);
}

Problem take_content(const Json& object, Record& record)
{
    const bool is_text = object.contains("text");
    const bool is_pair = object.contains("prompt") || object.contains("completion");
    const bool is_dialogue = object.contains("messages");
    if (int{is_text} + int{is_pair} + int{is_dialogue} > 1)
        return problem("", "has more than one of text, prompt + completion, messages",
                       "Keep the one that is to be learnt.");
    if (is_text)
        return take_text(object, "text", "text", false, record.text);
    if (is_pair)
        return take_pair(object, record);
    if (is_dialogue)
        return take_messages(object, record);
    return unknown_shape(object);
}

} // namespace

std::variant<Record, RecordProblem> parse_record(std::string_view line)
{
    if (line.size() > kMaxLineBytes)
        return problem("", "is a line of " + format_bytes(line.size()),
                       "Split it: a record has at most 16 MiB.");
    auto parsed = formats::parse_json(line, "the line");
    if (!parsed)
        return problem("", "is not JSON: " + parsed.error().message,
                       "Write one JSON object a line; quotes and line breaks within a text are "
                       "escaped with a backslash.");
    const Json& object = parsed.value();
    if (!object.is_object())
        return problem("", "is " + std::string(type_name(object)) + ", not an object",
                       "Write one JSON object a line: {\"text\": \"...\"}.");
    Record record;
    if (auto found = take_content(object, record))
        return *std::move(found);
    if (auto found = take_answer(object, record))
        return *std::move(found);
    record.extra_json = line;
    return record;
}

} // namespace lyceum::data

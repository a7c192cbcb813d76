#include "core/text/part_reader.h"

#include "core/text/utf8.h"

namespace lyceum::text {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 28U;
constexpr std::size_t kMaxParts = 64;
constexpr int kMaxDepth = 64;

/// The deepest nesting of brackets outside of strings.
int nesting(std::string_view text)
{
    int depth = 0;
    int deepest = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            i += c == '\\' ? 1U : 0U;
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            deepest = std::max(deepest, ++depth);
        } else if (c == ']' || c == '}') {
            --depth;
        }
    }
    return deepest;
}

template <typename Json>
Result<Json> parse_as(std::string_view text, const std::string& what)
{
    const auto error = [&what](const char* problem) {
        return Error{ErrorCode::InvalidData, what + " " + problem + ".", ""};
    };
    if (text.size() > kMaxFileBytes)
        return error("is larger than 256 MiB");
    if (nesting(text) > kMaxDepth)
        return error("is nested more than 64 deep");
    Json parsed = Json::parse(text, nullptr, false);
    if (parsed.is_discarded())
        return error("is not JSON");
    return parsed;
}

std::string excerpt(const json& value)
{
    return value.dump(-1, ' ', false, json::error_handler_t::replace).substr(0, 80);
}

} // namespace

std::string PartReader::type() const
{
    const json& type = value("type");
    return type.is_string() ? type.get<std::string>() : std::string();
}

const json& PartReader::value(const char* key) const
{
    static const json nothing;
    if (!part_.is_object())
        return nothing;
    const auto found = part_.find(key);
    return found == part_.end() ? nothing : *found;
}

bool PartReader::has(const char* key) const
{
    return !value(key).is_null();
}

Error PartReader::invalid(const std::string& what) const
{
    return {ErrorCode::InvalidData,
            std::string("The tokenizer's ") + kind_ + " \"" + type() + "\" " + what + ".", ""};
}

Error PartReader::unknown() const
{
    return {ErrorCode::Unsupported,
            std::string("The tokenizer has the ") + kind_ + " \"" + type() +
                "\", which is not known.",
            "Use a model whose tokenizer.json has the parts that Hugging Face's tokenizers knows."};
}

Result<bool> PartReader::flag(const char* key, bool fallback) const
{
    const json& found = value(key);
    if (found.is_null())
        return fallback;
    if (!found.is_boolean())
        return invalid(std::string("has ") + key + " " + excerpt(found) +
                       ", expected true or false");
    return found.get<bool>();
}

Result<std::string> PartReader::text(const char* key, const char* fallback) const
{
    const json& found = value(key);
    if (found.is_null() && fallback != nullptr)
        return std::string(fallback);
    if (!found.is_string())
        return invalid(std::string("has ") + key + " " + excerpt(found) + ", expected a text");
    return found.get<std::string>();
}

Result<std::size_t> PartReader::count(const char* key, std::size_t fallback) const
{
    const json& found = value(key);
    if (found.is_null())
        return fallback;
    if (!found.is_number_unsigned())
        return invalid(std::string("has ") + key + " " + excerpt(found) + ", expected a count");
    return found.get<std::size_t>();
}

Result<char32_t> PartReader::character(const char* key) const
{
    LYCEUM_ASSIGN(const std::string found, text(key));
    const CodePoint point = found.empty() ? CodePoint{} : decode_utf8(found, 0);
    if (found.empty() || point.length != found.size())
        return invalid(std::string("has ") + key + " \"" + found + "\", expected one character");
    return point.value;
}

Result<std::vector<json>> PartReader::list(const char* key) const
{
    const json& found = value(key);
    if (!found.is_array())
        return invalid(std::string("has no list ") + key);
    if (found.size() > kMaxParts)
        return invalid("has " + std::to_string(found.size()) + " parts; at most " +
                       std::to_string(kMaxParts) + " are read");
    return found.get<std::vector<json>>();
}

Result<json> parse_json(std::string_view text, const std::string& what)
{
    return parse_as<json>(text, what);
}

Result<nlohmann::ordered_json> parse_ordered_json(std::string_view text, const std::string& what)
{
    return parse_as<nlohmann::ordered_json>(text, what);
}

} // namespace lyceum::text

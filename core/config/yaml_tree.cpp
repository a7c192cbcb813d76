#include "core/config/yaml_tree.h"

#include "core/base/text.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <sstream>

namespace lyceum::config {

namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxProblems = 50;
constexpr int kMaxDepth = 16; // a run configuration needs five

int line_of(const YAML::Mark& mark)
{
    return mark.line + 1;
}

/// Builds the tree from the parser's events. Values too deep to be of use are left out with a
/// problem.
class TreeBuilder : public YAML::EventHandler {
public:
    explicit TreeBuilder(YamlDocument& document) : document_(document) {}

    void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override
    {
        check_anchor(mark, anchor);
        YamlNode node;
        node.line = line_of(mark);
        put(std::move(node));
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override { OnNull(mark, anchor); }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override
    {
        check_anchor(mark, anchor);
        check_tag(mark, tag);
        YamlNode node = tag == "!" ? quoted_scalar(value) : scalar(value);
        const bool is_null = !node.is_quoted && (value == "null" || value == "~");
        if (is_null && !is_key())
            node = {};
        node.line = line_of(mark);
        put(std::move(node));
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value /*style*/) override
    {
        open(YamlNode::Kind::Sequence, mark, tag, anchor);
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value /*style*/) override
    {
        open(YamlNode::Kind::Map, mark, tag, anchor);
    }
    void OnMapEnd() override { close(); }

private:
    struct Level {
        YamlNode node;
        std::optional<std::string> key; ///< Of a map, once read: the next node is its value.
        bool is_key = false;            ///< The node stands where a key should.
    };

    [[nodiscard]] bool is_key() const
    {
        return !levels_.empty() && levels_.back().node.kind == YamlNode::Kind::Map &&
               !levels_.back().key;
    }

    void add_problem(int line, std::string message, std::string hint)
    {
        if (document_.problems.size() < kMaxProblems)
            document_.problems.push_back({"", line, std::move(message), std::move(hint)});
    }

    void check_anchor(const YAML::Mark& mark, YAML::anchor_t anchor)
    {
        if (anchor == 0)
            return;
        add_problem(line_of(mark), "Anchors and aliases (& and *) are not used here.",
                    "Write the value out where it belongs, or put the text in quotes.");
    }

    void check_tag(const YAML::Mark& mark, const std::string& tag)
    {
        if (!tag.empty() && tag != "?" && tag != "!")
            add_problem(line_of(mark), "Tags (!) are not used here: " + tag + ".",
                        "Remove it, or put the text in quotes.");
    }

    void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
              YAML::anchor_t anchor)
    {
        check_anchor(mark, anchor);
        check_tag(mark, tag);
        Level level;
        level.is_key = is_key();
        level.node.kind = kind;
        level.node.line = line_of(mark);
        levels_.push_back(std::move(level));
        if (levels_.size() == kMaxDepth + 1)
            add_problem(line_of(mark), "The values are nested too deeply.",
                        "A run's settings are at most five levels deep.");
    }

    void close()
    {
        auto level = std::move(levels_.back());
        levels_.pop_back();
        if (level.is_key)
            add_problem(level.node.line, "A key must be a word.", "");
        if (levels_.size() < kMaxDepth)
            put(std::move(level.node));
        else
            put({});
    }

    void put(YamlNode node)
    {
        if (levels_.empty()) {
            document_.root = std::move(node);
            return;
        }
        auto& level = levels_.back();
        if (level.node.kind == YamlNode::Kind::Sequence)
            level.node.items.push_back(std::move(node));
        else if (!level.key)
            level.key = std::move(node.text);
        else
            put_entry(level, std::move(node));
    }

    void put_entry(Level& level, YamlNode node)
    {
        auto key = std::move(*level.key);
        level.key.reset();
        const auto has_same_key = [&key](const auto& entry) { return entry.first == key; };
        // A valid section has a few dozen keys; more than that is not searched key by key.
        auto& entries = level.node.entries;
        const auto end = entries.begin() + std::min<std::ptrdiff_t>(std::ssize(entries), 256);
        if (std::find_if(entries.begin(), end, has_same_key) != end)
            add_problem(node.line, "The key " + key + " appears twice in one section.",
                        "Keep one of them.");
        else
            entries.emplace_back(std::move(key), std::move(node));
    }

    YamlDocument& document_;
    std::vector<Level> levels_;
};

int line_at(std::string_view text, std::size_t offset)
{
    const auto before = text.substr(0, offset);
    return 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
}

/// What must not reach the parser: it ends silently at some control characters.
std::optional<Problem> check_characters(std::string_view text)
{
    if (text.size() > kMaxBytes)
        return Problem{"", 0, "The text is " + format_bytes(text.size()) + " long.",
                       "A run's settings take at most 1 MiB."};
    if (const auto offset = find_invalid_utf8(text))
        return Problem{"", line_at(text, *offset), "The text is not UTF-8.",
                       "Save the file as UTF-8."};
    const auto is_control = [](char character) {
        const auto code = static_cast<unsigned char>(character);
        return (code < 0x20 && code != '\t' && code != '\n' && code != '\r') || code == 0x7F;
    };
    const auto found = std::ranges::find_if(text, is_control);
    if (found != text.end()) {
        const auto offset = static_cast<std::size_t>(found - text.begin());
        return Problem{"", line_at(text, offset), "The text holds a control character.",
                       "Remove it; it cannot be seen in most editors."};
    }
    return std::nullopt;
}

bool is_plain(const std::string& text)
{
    constexpr std::array<std::string_view, 8> kWords = {"null", "true", "false", "yes",
                                                        "no",   "on",   "off",   "none"};
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    const auto is_letter = [&](char c) { return lower(c) >= 'a' && lower(c) <= 'z'; };
    const auto is_inner = [&](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') ||
               std::string_view("._/@-").find(c) != std::string_view::npos;
    };
    if (text.empty() || !is_letter(text.front()) || !std::ranges::all_of(text, is_inner))
        return false;
    std::string word = text;
    std::ranges::transform(word, word.begin(), lower);
    const bool is_word = std::ranges::find(kWords, word) != kWords.end();
    return !is_word || word == "none";
}

std::string quote(const std::string& text)
{
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string quoted = "\"";
    for (const char character : text) {
        const auto code = static_cast<unsigned char>(character);
        if (character == '"' || character == '\\')
            quoted += std::string("\\") + character;
        else if (character == '\n')
            quoted += "\\n";
        else if (character == '\t')
            quoted += "\\t";
        else if (code < 0x20 || code == 0x7F)
            quoted += std::string("\\x") + kDigits[code >> 4] + kDigits[code & 15];
        else
            quoted += character;
    }
    return quoted + "\"";
}

/// RFC 8259, section 6.
bool is_json_number(const std::string& text)
{
    const auto digits = [&text](std::size_t at) {
        const auto end = text.find_first_not_of("0123456789", at);
        return (end == std::string::npos ? text.size() : end) - at;
    };
    std::size_t at = text.starts_with('-') ? 1 : 0;
    const std::size_t whole = digits(at);
    if (whole == 0 || (whole > 1 && text[at] == '0'))
        return false;
    at += whole;
    if (at < text.size() && text[at] == '.') {
        const std::size_t fraction = digits(at + 1);
        if (fraction == 0)
            return false;
        at += 1 + fraction;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-'))
            ++at;
        const std::size_t exponent = digits(at);
        if (exponent == 0)
            return false;
        at += exponent;
    }
    return at == text.size();
}

std::string json_string(const std::string& text)
{
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string quoted = "\"";
    for (const char character : text) {
        const auto code = static_cast<unsigned char>(character);
        if (character == '"' || character == '\\')
            quoted += std::string("\\") + character;
        else if (code < 0x20 || code == 0x7F)
            quoted += std::string("\\u00") + kDigits[code >> 4] + kDigits[code & 15];
        else
            quoted += character;
    }
    return quoted + "\"";
}

template <typename WriteKey, typename WriteValue>
std::string write_map(const YamlNode& node, WriteKey write_key, WriteValue write_value)
{
    std::vector<std::string> entries;
    for (const auto& [key, value] : node.entries)
        entries.push_back(write_key(key) + ": " + write_value(value));
    return "{" + join(entries, ", ") + "}";
}

} // namespace

YamlNode scalar(std::string text)
{
    YamlNode node;
    node.kind = YamlNode::Kind::Scalar;
    node.text = std::move(text);
    return node;
}

YamlNode quoted_scalar(std::string text)
{
    auto node = scalar(std::move(text));
    node.is_quoted = true;
    return node;
}

std::string describe(const YamlNode& node)
{
    constexpr std::size_t kLongest = 60;
    switch (node.kind) {
    case YamlNode::Kind::Null:
        return "nothing";
    case YamlNode::Kind::Sequence:
        return "a list";
    case YamlNode::Kind::Map:
        return "a group of settings";
    case YamlNode::Kind::Scalar:
        break;
    }
    if (node.text.size() > kLongest)
        return "a text of " + std::to_string(node.text.size()) + " bytes";
    return "\"" + node.text + "\"";
}

YamlDocument read_yaml(std::string_view text)
{
    YamlDocument document;
    if (auto problem = check_characters(text)) {
        document.problems.push_back(std::move(*problem));
        return document;
    }
    std::istringstream stream{std::string(text)};
    TreeBuilder builder(document);
    try {
        YAML::Parser parser(stream);
        if (parser.HandleNextDocument(builder)) {
            YamlDocument second;
            TreeBuilder rest(second);
            if (parser.HandleNextDocument(rest))
                document.problems.push_back({"", 0, "The file holds more than one document.",
                                             "One file is one run: remove what follows \"---\"."});
        }
    } catch (const YAML::Exception& exception) {
        document.root = {};
        document.problems.push_back({"", line_of(exception.mark),
                                     "This is not YAML: " + exception.msg + ".",
                                     "Check the indentation, the quotes and the brackets near "
                                     "that line."});
    }
    return document;
}

std::string write_json(const YamlNode& node)
{
    switch (node.kind) {
    case YamlNode::Kind::Null:
        return "null";
    case YamlNode::Kind::Map:
        return write_map(node, json_string, write_json);
    case YamlNode::Kind::Scalar:
        break;
    case YamlNode::Kind::Sequence: {
        std::vector<std::string> items;
        for (const auto& item : node.items)
            items.push_back(write_json(item));
        return "[" + join(items, ", ") + "]";
    }
    }
    const bool is_word = node.text == "true" || node.text == "false";
    return !node.is_quoted && (is_word || is_json_number(node.text)) ? node.text
                                                                     : json_string(node.text);
}

std::string write_inline(const YamlNode& node)
{
    switch (node.kind) {
    case YamlNode::Kind::Null:
        return "null";
    case YamlNode::Kind::Map:
        return write_map(
            node, [](const std::string& key) { return is_plain(key) ? key : quote(key); },
            write_inline);
    case YamlNode::Kind::Scalar:
        return node.is_quoted && !is_plain(node.text) ? quote(node.text) : node.text;
    case YamlNode::Kind::Sequence:
        break;
    }
    std::vector<std::string> items;
    for (const auto& item : node.items)
        items.push_back(write_inline(item));
    return "[" + join(items, ", ") + "]";
}

} // namespace lyceum::config

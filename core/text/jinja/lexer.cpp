#include "core/text/jinja/lexer.h"

#include "core/text/jinja/strings.h"
#include "core/text/utf8.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace lyceum::text::jinja {
namespace {

bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}
bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// Of what Python calls white space.
void strip_end(std::string_view& text)
{
    text = text.substr(0, strip(text, StripEnds::Right).size());
}

/// One newline convention, and without a last newline.
std::string normalise(std::string_view source)
{
    std::string result;
    result.reserve(source.size());
    for (std::size_t i = 0; i < source.size(); ++i) {
        const bool pair = source[i] == '\r' && i + 1 < source.size() && source[i + 1] == '\n';
        if (!pair)
            result += source[i] == '\r' ? '\n' : source[i];
    }
    if (result.ends_with('\n'))
        result.pop_back();
    return result;
}

class Lexer {
public:
    explicit Lexer(std::string_view source) : source_(normalise(source)), rest_(source_) {}

    Result<std::vector<Token>> run()
    {
        while (!rest_.empty())
            LYCEUM_TRY(next_tag());
        add(TokenKind::End, "");
        return std::move(tokens_);
    }

private:
    [[nodiscard]] Error invalid(const std::string& what) const
    {
        return template_error(ErrorCode::InvalidData, line_, what);
    }

    std::string_view take(std::size_t count)
    {
        const std::string_view taken = rest_.substr(0, count);
        line_ += static_cast<int>(std::ranges::count(taken, '\n'));
        rest_.remove_prefix(taken.size());
        return taken;
    }

    void add(TokenKind kind, std::string_view text)
    {
        tokens_.push_back({kind, std::string(text), line_});
    }

    /// The text up to the next tag, and the tag.
    Result<void> next_tag()
    {
        std::size_t begin = rest_.find('{');
        while (begin != std::string_view::npos && begin + 1 < rest_.size() &&
               rest_[begin + 1] != '{' && rest_[begin + 1] != '%' && rest_[begin + 1] != '#')
            begin = rest_.find('{', begin + 1);
        if (begin == std::string_view::npos || begin + 1 >= rest_.size()) {
            add(TokenKind::Text, take(rest_.size()));
            return {};
        }
        const char tag = rest_[begin + 1];
        const char sign = begin + 2 < rest_.size() ? rest_[begin + 2] : ' ';
        std::string_view text = rest_.substr(0, begin);
        if (sign == '-')
            strip_end(text);
        else if (sign != '+' && tag != '{')
            strip_line_start(text);
        if (!text.empty())
            add(TokenKind::Text, text);
        take(begin + (sign == '-' || sign == '+' ? 3 : 2));
        if (tag == '#')
            return comment();
        if (tag == '%' && is_raw_tag())
            return raw();
        add(tag == '{' ? TokenKind::OutputBegin : TokenKind::BlockBegin, "");
        return expression(tag == '{' ? '}' : '%');
    }

    /// lstrip_blocks: blanks between the start of a line and a block are not text.
    void strip_line_start(std::string_view& text) const
    {
        const std::size_t newline = text.rfind('\n');
        if (newline == std::string_view::npos && !at_line_start_)
            return;
        const std::size_t start = newline == std::string_view::npos ? 0 : newline + 1;
        if (strip(text.substr(start), StripEnds::Both).empty())
            text = text.substr(0, start);
    }

    /// After a tag's end: `-` takes all white space, trim_blocks one newline.
    void finish_tag(char sign, bool trim_newline)
    {
        std::size_t count = 0;
        if (sign == '-')
            count = rest_.size() - strip(rest_, StripEnds::Left).size();
        else if (sign != '+' && trim_newline && rest_.starts_with('\n'))
            count = 1;
        at_line_start_ = take(count).ends_with('\n');
    }

    Result<void> comment()
    {
        const std::size_t end = rest_.find("#}");
        if (end == std::string_view::npos)
            return invalid("a comment is not closed");
        const char sign = end > 0 ? rest_[end - 1] : ' ';
        take(end + 2);
        finish_tag(sign, true);
        return {};
    }

    [[nodiscard]] bool is_raw_tag() const
    {
        std::string_view tag = rest_.substr(0, rest_.find("%}"));
        if (tag.ends_with('-') || tag.ends_with('+'))
            tag.remove_suffix(1);
        strip_end(tag);
        while (!tag.empty() && is_space(tag.front()))
            tag.remove_prefix(1);
        return tag == "raw";
    }

    Result<void> raw()
    {
        const std::size_t open = rest_.find("%}");
        const char sign = rest_[open - 1];
        take(open + 2);
        finish_tag(sign, false);
        for (std::size_t i = rest_.find("{%"); i != std::string_view::npos;
             i = rest_.find("{%", i + 1)) {
            const std::size_t end = rest_.find("%}", i);
            if (end == std::string_view::npos)
                break;
            std::string_view tag = rest_.substr(i + 2, end - i - 2);
            const std::size_t name = tag.find("endraw");
            if (name == std::string_view::npos || tag.find_first_not_of(" \t\n+-") != name)
                continue;
            std::string_view text = rest_.substr(0, i);
            if (tag.starts_with('-'))
                strip_end(text);
            else if (!tag.starts_with('+'))
                strip_line_start(text);
            add(TokenKind::Text, text);
            const char end_sign = tag.back();
            take(end + 2);
            finish_tag(end_sign, true);
            return {};
        }
        return invalid("a raw block is not closed");
    }

    /// Tokens up to the tag's end, `closing` and '}'.
    Result<void> expression(char closing)
    {
        const std::string end = {closing, '}'};
        int open_brackets = 0;
        while (true) {
            while (!rest_.empty() && is_space(rest_.front()))
                take(1);
            if (rest_.empty())
                return invalid("a tag is not closed by \"" + end + "\"");
            if (open_brackets == 0) {
                const char c = rest_.front();
                const bool sign = c == '-' || (c == '+' && closing == '%');
                if (rest_.substr(sign ? 1 : 0).starts_with(end)) {
                    add(closing == '}' ? TokenKind::OutputEnd : TokenKind::BlockEnd, "");
                    take(sign ? 3 : 2);
                    finish_tag(sign ? c : ' ', closing == '%');
                    return {};
                }
            }
            const char c = rest_.front();
            if (c == '(' || c == '[' || c == '{')
                ++open_brackets;
            if (c == ')' || c == ']' || c == '}')
                --open_brackets;
            LYCEUM_TRY(token());
        }
    }

    Result<void> token()
    {
        const char c = rest_.front();
        if (is_name_start(c)) {
            std::size_t size = 1;
            while (size < rest_.size() && (is_name_start(rest_[size]) || is_digit(rest_[size])))
                ++size;
            add(TokenKind::Name, rest_.substr(0, size));
            take(size);
            return {};
        }
        if (is_digit(c))
            return number();
        if (c == '\'' || c == '"')
            return string();
        constexpr std::array<std::string_view, 26> kOperators = {
            "**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<",
            ">",  "=",  "(",  ")",  "[",  "]",  "{", "}", ",", ":", ".", "|", ";"};
        for (const std::string_view op : kOperators) {
            if (rest_.starts_with(op)) {
                add(TokenKind::Operator, op);
                take(op.size());
                return {};
            }
        }
        return invalid("unexpected character \"" + std::string(1, c) + "\"");
    }

    /// Digits from `begin`, of which single ones may have "_" between them. @return their end.
    [[nodiscard]] std::size_t digits_end(std::size_t begin) const
    {
        std::size_t i = begin;
        while (i < rest_.size() &&
               (is_digit(rest_[i]) ||
                (rest_[i] == '_' && i > begin && i + 1 < rest_.size() && is_digit(rest_[i + 1]))))
            ++i;
        return i;
    }

    Result<void> number()
    {
        std::size_t size = digits_end(0);
        TokenKind kind = TokenKind::Integer;
        const auto at = [this](std::size_t i) { return i < rest_.size() ? rest_[i] : ' '; };
        const auto lower = [](char c) { return static_cast<char>(c | 0x20); };
        constexpr std::string_view kDigits = "0123456789abcdef";
        const char prefix = size == 1 && at(0) == '0' ? lower(at(1)) : ' ';
        const std::size_t base = prefix == 'x' ? 16 : prefix == 'o' ? 8 : prefix == 'b' ? 2 : 0;
        if (base > 0 && kDigits.substr(0, base).find(lower(at(2))) != std::string_view::npos) {
            for (size = 3; kDigits.substr(0, base).find(lower(at(size))) != std::string_view::npos;)
                ++size;
        } else {
            if (at(size) == '.' && is_digit(at(size + 1))) {
                kind = TokenKind::Float;
                size = digits_end(size + 1);
            }
            const bool sign = at(size + 1) == '+' || at(size + 1) == '-';
            if (lower(at(size)) == 'e' && is_digit(at(size + (sign ? 2 : 1)))) {
                kind = TokenKind::Float;
                size = digits_end(size + (sign ? 2 : 1));
            }
        }
        std::string text;
        for (const char c : rest_.substr(0, size))
            if (c != '_')
                text += c >= 'A' && c <= 'Z' ? lower(c) : c;
        add(kind, text);
        take(size);
        return {};
    }

    Result<void> string()
    {
        const char quote = rest_.front();
        std::string content;
        std::size_t i = 1;
        while (i < rest_.size() && rest_[i] != quote) {
            if (rest_[i] != '\\') {
                content += rest_[i++];
                continue;
            }
            const std::size_t length = escape(rest_.substr(i), content);
            if (length == 0)
                return invalid("a string has an escape that is not known");
            i += length;
        }
        if (i >= rest_.size())
            return invalid("a string is not closed");
        add(TokenKind::String, content);
        take(i + 1);
        return {};
    }

    /// Appends what an escape stands for. @return its length, 0 if it is not one.
    static std::size_t escape(std::string_view text, std::string& content)
    {
        if (text.size() < 2)
            return 0;
        constexpr std::string_view kLetters = "ntr\\'\"bfav";
        constexpr std::string_view kMeanings = "\n\t\r\\'\"\b\f\a\v";
        const char letter = text[1];
        if (letter == '\n') // A line continued.
            return 2;
        if (const std::size_t known = kLetters.find(letter); known != std::string_view::npos) {
            content += kMeanings[known];
            return 2;
        }
        if (letter >= '0' && letter <= '7') { // Up to three octal digits.
            const std::size_t end = std::min(text.find_first_not_of("01234567", 1), std::size_t{4});
            std::uint32_t octal = 0;
            const char* last = text.data() + std::min(end, text.size());
            std::from_chars(text.data() + 1, last, octal, 8);
            append_utf8(content, octal);
            return static_cast<std::size_t>(last - text.data());
        }
        const std::size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
        if (digits == 0) { // Python keeps what it does not know.
            content += text.substr(0, 2);
            return 2;
        }
        std::uint32_t point = 0;
        if (text.size() < 2 + digits)
            return 0;
        const char* begin = text.data() + 2;
        const auto parsed = std::from_chars(begin, begin + digits, point, 16);
        if (parsed.ptr != begin + digits || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000))
            return 0;
        append_utf8(content, point);
        return 2 + digits;
    }

    std::string source_;
    std::string_view rest_;
    std::vector<Token> tokens_;
    int line_ = 1;
    bool at_line_start_ = true;
};

} // namespace

Result<std::vector<Token>> tokenize(std::string_view source)
{
    return Lexer(source).run();
}

Error template_error(ErrorCode code, int line, const std::string& what)
{
    return {code, "The chat template, line " + std::to_string(line) + ": " + what + ".", ""};
}

} // namespace lyceum::text::jinja

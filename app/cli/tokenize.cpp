#include "app/cli/verbs.h"
#include "core/base/system_error.h"
#include "core/base/text.h"
#include "core/models/model_package.h"

#include <cerrno>
#include <charconv>
#include <fstream>
#include <iostream>
#include <span>

namespace lyceum::cli {
namespace {

// The ids of one line: a JSON object with "ids", a JSON list, or numbers between spaces or commas.
Result<std::vector<text::TokenId>> parse_ids(const std::string& line)
{
    const Error not_ids{ErrorCode::InvalidData, "'" + line.substr(0, 80) + "' is not token ids",
                        "Write the ids of one text a line: 504 2068, or {\"ids\":[504,2068]}."};
    Json json =
        Json::parse(line.find_first_of("[{") == std::string::npos ? "[]" : line, nullptr, false);
    if (json.is_object())
        json = json.value("ids", Json{});
    if (!json.is_array())
        return not_ids;
    std::vector<text::TokenId> ids;
    for (const Json& id : json) {
        if (!id.is_number_integer() || id.get<std::int64_t>() < 0 ||
            id.get<std::int64_t>() > INT32_MAX)
            return not_ids;
        ids.push_back(id.get<text::TokenId>());
    }
    if (line.find_first_of("[{") != std::string::npos)
        return ids;
    std::string numbers = line;
    for (char& letter : numbers)
        letter = letter == ',' || letter == '\t' || letter == '\r' ? ' ' : letter;
    for (const std::string& word : split(numbers, ' ')) {
        text::TokenId id = 0;
        const char* const end = word.data() + word.size();
        const auto [rest, failure] = std::from_chars(word.data(), end, id);
        if (!word.empty() && (failure != std::errc{} || rest != end || id < 0))
            return not_ids;
        if (!word.empty())
            ids.push_back(id);
    }
    return ids;
}

std::string in_words(std::span<const text::TokenId> ids)
{
    std::string line;
    for (const text::TokenId id : ids)
        line += (line.empty() ? "" : " ") + std::to_string(id);
    return line;
}

// One text a line for people; with --json the text is exact.
std::string on_one_line(const std::string& text)
{
    std::string line;
    for (const char letter : text)
        line += letter == '\n' ? "\\n" : std::string(1, letter);
    return line;
}

Result<void> encode_line(const text::Tokenizer& tokenizer, const std::string& line, bool json)
{
    if (const auto offset = find_invalid_utf8(line))
        return Error{ErrorCode::InvalidData,
                     "it is not UTF-8 at byte " + std::to_string(*offset + 1),
                     "Convert the file to UTF-8: iconv -t UTF-8."};
    const std::vector<text::TokenId> ids = tokenizer.encode(line);
    json ? print_json({{"ids", ids}}) : print_line(in_words(ids));
    return {};
}

Result<void> decode_line(const text::Tokenizer& tokenizer, const std::string& line, bool json)
{
    LYCEUM_ASSIGN(const std::vector<text::TokenId> ids, parse_ids(line));
    for (const text::TokenId id : ids) {
        if (id >= tokenizer.vocabulary_size())
            return Error{ErrorCode::InvalidData, "token " + std::to_string(id) + " does not exist",
                         "This model's ids end at " +
                             std::to_string(tokenizer.vocabulary_size() - 1) + "."};
    }
    const std::string text = tokenizer.decode(ids, false);
    json ? print_json({{"text", text}}) : print_line(on_one_line(text));
    return {};
}

} // namespace

Result<int> run(const Tokenize& command, const Context& context)
{
    LYCEUM_ASSIGN(const models::ModelPackage package,
                  models::open_tokenizer(command.model, context.workspace));
    std::ifstream file;
    if (!command.file.empty()) {
        if (std::filesystem::is_directory(command.file))
            return system_error("Cannot read", command.file, EISDIR);
        file.open(command.file);
        if (!file)
            return system_error("Cannot read", command.file, errno);
    }
    std::istream& input = command.file.empty() ? std::cin : file;
    const std::string name = command.file.empty() ? "standard input" : command.file.string();
    std::string line;
    for (int number = 1; std::getline(input, line); ++number) {
        const auto handle = command.decode ? decode_line : encode_line;
        if (const Result<void> done = handle(*package.tokenizer, line, context.json); !done)
            return Error{done.error().code,
                         name + ", line " + std::to_string(number) + ": " + done.error().message,
                         done.error().hint};
    }
    return kDone;
}

} // namespace lyceum::cli

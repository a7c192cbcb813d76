#include "core/models/vocabulary_files.h"

#include "core/base/atomic_file.h"
#include "core/base/text.h"
#include "core/formats/json.h"

#include <unordered_set>

namespace lyceum::models {
namespace {

using formats::Json;

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 28;
constexpr std::size_t kMaxVocabulary = std::size_t{1} << 22;

Error invalid(const std::filesystem::path& path, const std::string& what)
{
    return Error{ErrorCode::InvalidData, path.string() + what, ""};
}

Result<void> read_vocabulary(const std::filesystem::path& path, text::TokenizerSpec& spec)
{
    LYCEUM_ASSIGN(const Json vocabulary, formats::read_json_file(path, kMaxFileBytes));
    if (!vocabulary.is_object() || vocabulary.empty())
        return invalid(path, " is not a JSON object of tokens and ids");
    for (const auto& [token, id] : vocabulary.items()) {
        if (!id.is_number_unsigned() || id.get<std::uint64_t>() >= kMaxVocabulary)
            return invalid(path, ": the token " + formats::excerpt(token) + " has the id " +
                                     formats::excerpt(id));
        const auto index = id.get<std::size_t>();
        if (index >= spec.vocabulary.size())
            spec.vocabulary.resize(index + 1);
        if (!spec.vocabulary[index].empty())
            return invalid(path, ": the tokens " + formats::excerpt(spec.vocabulary[index]) +
                                     " and " + formats::excerpt(token) + " have the same id " +
                                     std::to_string(index));
        spec.vocabulary[index] = token;
    }
    return {};
}

Result<std::vector<std::string>> read_lines(const std::filesystem::path& path)
{
    LYCEUM_ASSIGN(const std::string content, read_file(path, kMaxFileBytes));
    if (const auto bad = find_invalid_utf8(content))
        return invalid(path, ": byte " + std::to_string(*bad) + " is not UTF-8");
    std::vector<std::string> lines = split(content, '\n');
    while (!lines.empty() && lines.back().empty())
        lines.pop_back();
    for (std::string& line : lines)
        line.erase(line.find_last_not_of(" \t\r") + 1);
    return lines;
}

} // namespace

Result<void> read_vocabulary_and_merges(const std::filesystem::path& folder,
                                        text::TokenizerSpec& spec)
{
    LYCEUM_TRY(read_vocabulary(folder / "vocab.json", spec));
    const std::filesystem::path path = folder / "merges.txt";
    LYCEUM_ASSIGN(const auto lines, read_lines(path));
    spec.merges.reserve(lines.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string& line = lines[i];
        if (line.starts_with("#version"))
            continue;
        const std::size_t space = line.find(' ');
        if (space == 0 || space == std::string::npos || space + 1 == line.size() ||
            line.find(' ', space + 1) != std::string::npos)
            return invalid(path, ": line " + std::to_string(i + 1) + " is " +
                                     formats::excerpt(line) +
                                     ", expected two tokens with a space between");
        spec.merges.push_back(line);
    }
    return {};
}

Result<void> read_vocabulary_lines(const std::filesystem::path& folder, text::TokenizerSpec& spec)
{
    const std::filesystem::path path = folder / "vocab.txt";
    LYCEUM_ASSIGN(spec.vocabulary, read_lines(path));
    if (spec.vocabulary.empty() || spec.vocabulary.size() > kMaxVocabulary)
        return invalid(path, " has " + std::to_string(spec.vocabulary.size()) +
                                 " lines, expected 1 to " + std::to_string(kMaxVocabulary));
    // A token that comes twice has the later id, and no text becomes the earlier.
    std::unordered_set<std::string> seen;
    for (std::size_t id = spec.vocabulary.size(); id-- > 0;)
        if (!seen.insert(spec.vocabulary[id]).second)
            spec.vocabulary[id].clear();
    return {};
}

} // namespace lyceum::models

#include "core/text/pre_tokenizer.h"

#include "core/text/unicode_ranges.h"
#include "core/text/utf8.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace lyceum::text {
namespace {

using nlohmann::json;

/// Of GPT-2 (openai/gpt-2, src/encoder.py).
constexpr std::string_view kGpt2Pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

Error unsupported(const std::string& what)
{
    return {ErrorCode::Unsupported, "The tokenizer's pre-tokenizer has " + what + ".",
            "Byte-level BPE tokenizers made of Digits, Split and ByteLevel can be used."};
}

bool is_numeric(char32_t point)
{
    if (point < 0x80)
        return point >= '0' && point <= '9';
    const auto* range = std::ranges::lower_bound(kNumeric, static_cast<std::uint32_t>(point), {},
                                                 &CodePointRange::last);
    return range != kNumeric.end() && range->first <= point;
}

bool flag(const json& object, const char* key, bool fallback)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_boolean() ? found->get<bool>() : fallback;
}

std::string text_of(const json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

} // namespace

Result<json> PreTokenizer::describe(std::string_view name_or_json, bool add_prefix_space)
{
    const json byte_level = {{"type", "ByteLevel"},
                             {"add_prefix_space", add_prefix_space},
                             {"trim_offsets", true},
                             {"use_regex", true}};
    if (name_or_json == "gpt2" || name_or_json == "gpt-2")
        return byte_level;
    if (name_or_json == "smollm")
        return json{
            {"type", "Sequence"},
            {"pretokenizers", {{{"type", "Digits"}, {"individual_digits", true}}, byte_level}}};
    if (!name_or_json.starts_with('{'))
        return Error{ErrorCode::Unsupported,
                     "The pre-tokenizer \"" + std::string(name_or_json) + "\" is not known.",
                     "Known are smollm and gpt2."};
    json parsed = json::parse(name_or_json, nullptr, false);
    if (parsed.is_discarded())
        return Error{ErrorCode::InvalidData, "The pre-tokenizer's description is not JSON.", ""};
    return parsed;
}

Result<PreTokenizer> PreTokenizer::create(std::string_view name_or_json, bool add_prefix_space)
{
    LYCEUM_ASSIGN(const json description, describe(name_or_json, add_prefix_space));
    PreTokenizer result;
    if (text_of(description, "type") == "Sequence" && description.contains("pretokenizers") &&
        description["pretokenizers"].is_array()) {
        for (const json& part : description["pretokenizers"])
            LYCEUM_TRY(result.add(part));
    } else {
        LYCEUM_TRY(result.add(description));
    }
    if (!result.byte_level_)
        return unsupported("no ByteLevel part");
    return result;
}

Result<void> PreTokenizer::add(const json& part)
{
    const std::string type = text_of(part, "type");
    if (byte_level_)
        return unsupported("\"" + type + "\" after ByteLevel");
    if (type == "Digits") {
        const bool one_by_one = flag(part, "individual_digits", false);
        steps_.push_back({.kind = one_by_one ? StepKind::Digit : StepKind::Digits, .regex = {}});
        return {};
    }
    if (type == "Split")
        return add_split(part);
    if (type != "ByteLevel")
        return unsupported("the unknown part \"" + type + "\"");
    byte_level_ = true;
    if (flag(part, "add_prefix_space", true))
        steps_.push_back({.kind = StepKind::PrefixSpace, .regex = {}});
    return flag(part, "use_regex", true) ? add_pattern(kGpt2Pattern) : Result<void>();
}

Result<void> PreTokenizer::add_split(const json& part)
{
    const std::string behavior = text_of(part, "behavior");
    const bool invert = flag(part, "invert", false);
    const json pattern = part.contains("pattern") ? part["pattern"] : json();
    if (behavior != "Isolated" || invert)
        return unsupported("a Split with the behaviour \"" + behavior + "\"" +
                           (invert ? ", inverted" : ""));
    if (!pattern.is_object() || !pattern.contains("Regex") || !pattern["Regex"].is_string())
        return unsupported("a Split without a regular expression: " + pattern.dump());
    return add_pattern(pattern["Regex"].get<std::string>());
}

Result<void> PreTokenizer::add_pattern(std::string_view pattern)
{
    LYCEUM_ASSIGN(auto regex, Regex::compile(pattern));
    steps_.push_back(
        {.kind = StepKind::Pattern, .regex = std::move(regex), .matcher = num_patterns_++});
    return {};
}

PreTokenizer::Scratch::Scratch(const PreTokenizer& pre_tokenizer)
{
    for (const Step& step : pre_tokenizer.steps_)
        if (step.kind == StepKind::Pattern)
            matchers_.emplace_back(*step.regex);
}

void PreTokenizer::split(std::string_view text, Scratch& scratch, const Sink& sink) const
{
    apply(0, text, scratch, sink);
}

/// Each step cuts the pieces of the step before.
void PreTokenizer::apply(std::size_t step, std::string_view text, Scratch& scratch,
                         const Sink& sink) const
{
    if (text.empty())
        return;
    if (step == steps_.size())
        return sink(text);
    switch (steps_[step].kind) {
    case StepKind::Digit:
    case StepKind::Digits:
        return split_digits(step, text, scratch, sink);
    case StepKind::Pattern:
        return split_pattern(step, text, scratch, sink);
    case StepKind::PrefixSpace:
        if (text.starts_with(' '))
            return apply(step + 1, text, scratch, sink);
        return apply(step + 1, " " + std::string(text), scratch, sink);
    }
}

void PreTokenizer::split_digits(std::size_t step, std::string_view text, Scratch& scratch,
                                const Sink& sink) const
{
    const bool one_by_one = steps_[step].kind == StepKind::Digit;
    std::size_t begin = 0;
    bool in_digits = false;
    for (std::size_t i = 0; i < text.size();) {
        const CodePoint point = decode_utf8(text, i);
        const bool numeric = is_numeric(point.value);
        if (numeric != in_digits || (numeric && one_by_one)) {
            apply(step + 1, text.substr(begin, i - begin), scratch, sink);
            begin = i;
            in_digits = numeric;
        }
        i += point.length;
    }
    apply(step + 1, text.substr(begin), scratch, sink);
}

void PreTokenizer::split_pattern(std::size_t step, std::string_view text, Scratch& scratch,
                                 const Sink& sink) const
{
    Regex::Matcher& matcher = scratch.matchers_[steps_[step].matcher];
    std::size_t position = 0;
    while (position < text.size()) {
        const auto match = matcher.find(text, position);
        if (!match)
            break;
        apply(step + 1, text.substr(position, match->begin - position), scratch, sink);
        apply(step + 1, text.substr(match->begin, match->end - match->begin), scratch, sink);
        position = match->end;
    }
    apply(step + 1, text.substr(position), scratch, sink);
}

} // namespace lyceum::text

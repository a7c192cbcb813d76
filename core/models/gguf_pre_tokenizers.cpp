#include "core/models/gguf_pre_tokenizers.h"

#include <algorithm>
#include <initializer_list>
#include <vector>

namespace lyceum::models {
namespace {

using formats::Json;

/// GPT-2's, where what it does not match is a piece as well.
constexpr const char* kGpt2 =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S))";
constexpr const char* kLlama3 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char* kQwen2 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char* kQwen35 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

Json byte_level(bool use_regex)
{
    return {{"type", "ByteLevel"},
            {"add_prefix_space", false},
            {"trim_offsets", true}, // the tokenizers library refuses a file without it
            {"use_regex", use_regex}};
}

Json split(const char* pattern)
{
    return {{"type", "Split"},
            {"pattern", {{"Regex", pattern}}},
            {"behavior", "Isolated"},
            {"invert", false}};
}

/// Cut at each pattern in turn, then written as bytes.
Json cut_at(std::initializer_list<const char*> patterns)
{
    Json parts = Json::array();
    for (const char* pattern : patterns)
        parts.push_back(split(pattern));
    parts.push_back(byte_level(false));
    return {{"type", "Sequence"}, {"pretokenizers", std::move(parts)}};
}

Json digits_then_gpt2()
{
    return {
        {"type", "Sequence"},
        {"pretokenizers", {{{"type", "Digits"}, {"individual_digits", true}}, byte_level(true)}}};
}

std::vector<GgufPreTokenizer> make_all()
{
    const Json gpt2 = byte_level(true);
    const Json digits = digits_then_gpt2();
    const Json llama3 = cut_at({kLlama3});
    const Json qwen2 = cut_at({kQwen2});
    return {
        {"gpt-2", gpt2},
        {"phi-2", gpt2},
        {"roberta-bpe", gpt2},
        {"olmo", gpt2, true},
        {"mpt", gpt2, true},
        {"smollm", digits},
        {"starcoder", digits},
        {"refact", digits},
        {"codeshell", digits},
        {"command-r", digits, true},
        {"llama-bpe", llama3, false, true, true},
        {"llama3", llama3, false, true, true},
        {"llama-v3", llama3, false, true, true},
        {"smaug-bpe", llama3},
        {"dbrx", llama3},
        {"qwen2", qwen2, true},
        {"deepseek-r1-qwen", qwen2},
        {"qwen35", cut_at({kQwen35}), true},
        {"falcon", cut_at({R"([\p{P}\$\+<=>\^~\|`]+)", kGpt2, "[0-9][0-9][0-9]"})},
        {"deepseek-coder", cut_at({R"([\r\n])", R"(\s?\p{L}+)", R"(\s?\p{P}+)",
                                   "[\u4E00-\u9FA5\u0800-\u4E00\uAC00-\uD7FF]+", R"(\p{N})"})},
        {"default", cut_at({R"([\p{P}\$\+<=>\^~\|]+)", kGpt2, R"(\p{N}+)", "[0-9][0-9][0-9]"})},
    };
}

} // namespace

std::span<const GgufPreTokenizer> gguf_pre_tokenizers()
{
    static const std::vector<GgufPreTokenizer> all = make_all();
    return all;
}

const GgufPreTokenizer* find_gguf_pre_tokenizer(std::string_view name)
{
    const auto all = gguf_pre_tokenizers();
    const auto found = std::ranges::find(all, name, &GgufPreTokenizer::name);
    return found == all.end() ? nullptr : &*found;
}

std::string gguf_pre_tokenizer_names()
{
    std::string names;
    for (const GgufPreTokenizer& each : gguf_pre_tokenizers())
        names.append(names.empty() ? "" : ", ").append(each.name);
    return names;
}

} // namespace lyceum::models

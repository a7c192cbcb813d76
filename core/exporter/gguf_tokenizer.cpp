#include "core/exporter/gguf_tokenizer.h"

#include "core/formats/json.h"

#include <utility>

namespace lyceum::exporter {
namespace {

using formats::Json;

/// llama_token_type of llama.h.
enum TokenType : std::int32_t { kNormal = 1, kControl = 3, kUserDefined = 4, kUnused = 5 };

constexpr const char* kLlama3Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char* kQwen2Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

Error unsupported(const std::string& what)
{
    return Error{ErrorCode::Unsupported, "the tokenizer cannot be written to a GGUF file: " + what,
                 "Export --format hf, which keeps every tokenizer as it is."};
}

Json byte_level(bool use_regex)
{
    return {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", use_regex}};
}

Json split(const char* pattern)
{
    return {{"type", "Split"},
            {"pattern", {{"Regex", pattern}}},
            {"behavior", "Isolated"},
            {"invert", false}};
}

Json sequence(Json first, Json second)
{
    return {{"type", "Sequence"}, {"pretokenizers", {std::move(first), std::move(second)}}};
}

/// Without what does not change the tokens.
Json essence(Json pre_tokenizer)
{
    if (!pre_tokenizer.is_object())
        return pre_tokenizer;
    if (pre_tokenizer.value("type", "") == "ByteLevel") {
        pre_tokenizer.erase("trim_offsets");
        if (!pre_tokenizer.contains("use_regex"))
            pre_tokenizer["use_regex"] = true;
    }
    if (const auto parts = pre_tokenizer.find("pretokenizers"); parts != pre_tokenizer.end())
        for (Json& part : *parts)
            part = essence(std::move(part));
    return pre_tokenizer;
}

/// llama.cpp's name (llama-vocab.cpp, tokenizer_pre) of what a tokenizer.json does to its text.
Result<std::string> pre_tokenizer_name(const Json& pre_tokenizer)
{
    const std::pair<const char*, Json> known[] = {
        {"gpt-2", byte_level(true)},
        {"smollm", sequence({{"type", "Digits"}, {"individual_digits", true}}, byte_level(true))},
        {"llama-bpe", sequence(split(kLlama3Pattern), byte_level(false))},
        {"qwen2", sequence(split(kQwen2Pattern), byte_level(false))}};
    const Json wanted = essence(pre_tokenizer);
    for (const auto& [name, description] : known)
        if (wanted == description)
            return std::string(name);
    return unsupported("its pre-tokenizer is " + formats::excerpt(pre_tokenizer) +
                       ", which is none of gpt-2, smollm, llama-bpe and qwen2");
}

struct Tokens {
    std::vector<std::string> texts;
    std::vector<std::int32_t> types;
};

/// Ids that no token has are "[PAD7]", unused: llama.cpp wants a token for each embedding.
Result<Tokens> read_tokens(const Json& tokenizer, std::int64_t vocab_size)
{
    Tokens tokens;
    for (std::int64_t id = 0; id < vocab_size; ++id)
        tokens.texts.push_back("[PAD" + std::to_string(id) + "]");
    tokens.types.assign(tokens.texts.size(), kUnused);
    const auto place = [&](const std::string& text, std::size_t id, std::int32_t type) {
        if (id >= tokens.texts.size())
            return false;
        tokens.texts[id] = text;
        tokens.types[id] = type;
        return true;
    };
    for (const auto& [text, id] : tokenizer["model"]["vocab"].items())
        if (!place(text, id.get<std::size_t>(), kNormal))
            return unsupported("token \"" + text + "\" has no embedding");
    for (const Json& added : tokenizer["added_tokens"])
        if (!place(added["content"].get<std::string>(), added["id"].get<std::size_t>(),
                   added["special"].get<bool>() ? kControl : kUserDefined))
            return unsupported("token " + formats::excerpt(added["content"]) + " has no embedding");
    return tokens;
}

std::vector<std::string> read_merges(const Json& list)
{
    std::vector<std::string> merges;
    for (const Json& merge : list)
        merges.push_back(merge.is_string()
                             ? merge.get<std::string>()
                             : merge[0].get<std::string>() + " " + merge[1].get<std::string>());
    return merges;
}

Result<void> add_special_ids(const models::ModelPackage& package, formats::GgufMetadata& metadata)
{
    const auto& spec = package.tokenizer->spec();
    const auto add = [&](const std::string& name, std::optional<text::TokenId> id) {
        if (id)
            metadata.emplace_back("tokenizer.ggml." + name, static_cast<std::uint32_t>(*id));
    };
    constexpr const char* kStopNames[] = {"eos_token_id", "eot_token_id", "eom_token_id"};
    if (package.stop_tokens.size() > std::size(kStopNames))
        return unsupported("it has " + std::to_string(package.stop_tokens.size()) +
                           " tokens that end an answer, GGUF has places for 3");
    add("bos_token_id", spec.bos);
    for (std::size_t i = 0; i < package.stop_tokens.size(); ++i)
        add(kStopNames[i], package.stop_tokens[i]);
    add("padding_token_id", spec.pad);
    add("unknown_token_id", spec.unknown);
    metadata.emplace_back("tokenizer.ggml.add_bos_token", spec.add_bos);
    return {};
}

} // namespace

Result<void> add_gguf_tokenizer(const models::ModelPackage& package,
                                formats::GgufMetadata& metadata)
{
    LYCEUM_ASSIGN(const Json tokenizer,
                  formats::parse_json(package.tokenizer->to_json(), "the tokenizer"));
    const std::string type = tokenizer["model"].value("type", "");
    if (type != "BPE" || tokenizer["model"].value("byte_fallback", false))
        return unsupported("it is of the kind " + type + ", not byte-level BPE");
    if (tokenizer.contains("normalizer") && !tokenizer["normalizer"].is_null() &&
        tokenizer["normalizer"].value("type", "") != "NFC")
        return unsupported("it has the normalizer " + formats::excerpt(tokenizer["normalizer"]));
    LYCEUM_ASSIGN(const std::string pre, pre_tokenizer_name(tokenizer["pre_tokenizer"]));
    LYCEUM_ASSIGN(Tokens tokens, read_tokens(tokenizer, package.architecture.vocab_size));
    metadata.emplace_back("tokenizer.ggml.model", std::string("gpt2"));
    metadata.emplace_back("tokenizer.ggml.pre", pre);
    metadata.emplace_back("tokenizer.ggml.tokens", std::move(tokens.texts));
    metadata.emplace_back("tokenizer.ggml.token_type", std::move(tokens.types));
    metadata.emplace_back("tokenizer.ggml.merges", read_merges(tokenizer["model"]["merges"]));
    LYCEUM_TRY(add_special_ids(package, metadata));
    if (package.chat_template)
        metadata.emplace_back("tokenizer.chat_template", package.chat_template->source());
    return {};
}

} // namespace lyceum::exporter

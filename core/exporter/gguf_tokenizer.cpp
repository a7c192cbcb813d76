#include "core/exporter/gguf_tokenizer.h"

#include "core/formats/json.h"
#include "core/models/gguf_pre_tokenizers.h"
#include "core/models/tokenizer_parts.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace lyceum::exporter {
namespace {

using formats::Json;

/// llama_token_type of llama.h.
enum TokenType : std::int32_t {
    kNormal = 1,
    kUnknown = 2,
    kControl = 3,
    kUserDefined = 4,
    kUnused = 5,
    kByte = 6
};

constexpr const char* kMark = "\xE2\x96\x81"; ///< U+2581, SentencePiece's space.

std::string key_of(const std::string& name)
{
    return "tokenizer.ggml." + name;
}

Error unsupported(const std::string& what)
{
    return Error{ErrorCode::Unsupported, "the tokenizer cannot be written to a GGUF file: " + what,
                 "Export --format hf, which keeps every tokenizer as it is."};
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

/// NFC or nothing. @return Unsupported for another normalizer.
Result<bool> composes(const Json& normalizer)
{
    if (normalizer.is_null())
        return false;
    if (normalizer.value("type", "") == "NFC")
        return true;
    const Json parts = normalizer.value("normalizers", Json());
    if (parts.is_array() && parts.size() <= 1)
        return composes(parts.empty() ? Json() : parts[0]);
    return unsupported("it has the normalizer " + formats::excerpt(normalizer));
}

/// llama.cpp's name of what a tokenizer.json does to its text.
Result<std::string> pre_tokenizer_name(const Json& tokenizer, bool last_twice)
{
    LYCEUM_ASSIGN(const bool has_nfc, composes(tokenizer["normalizer"]));
    const bool ignore_merges = tokenizer["model"].value("ignore_merges", false);
    const Json wanted = essence(tokenizer["pre_tokenizer"]);
    for (const models::GgufPreTokenizer& known : models::gguf_pre_tokenizers())
        if (essence(known.description) == wanted && known.composes == has_nfc &&
            known.ignore_merges == ignore_merges && (known.name == "roberta-bpe") == last_twice)
            return std::string(known.name);
    return unsupported("its pre-tokenizer is " + formats::excerpt(wanted) + " with ignore_merges " +
                       (ignore_merges ? "true" : "false") + (has_nfc ? " and NFC" : "") +
                       ", which is none of " + models::gguf_pre_tokenizer_names());
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

/// What a tokenizer adds to one text: at most a token on each side.
struct Ends {
    std::optional<text::TokenId> first, last;
    bool last_twice = false; ///< Between the texts of a pair.
};

Result<Ends> find_ends(const text::Tokenizer& tokenizer)
{
    const text::Encoding single = tokenizer.encode_with_offsets("a");
    const auto first_own = std::ranges::find(single.special, false) - single.special.begin();
    const auto num_own = std::ranges::count(single.special, false);
    const auto size = static_cast<std::ptrdiff_t>(single.special.size());
    const auto behind = size - first_own - num_own;
    if (first_own > 1 || behind > 1)
        return unsupported("it adds " + std::to_string(first_own + behind) +
                           " tokens to a text, GGUF has places for one before and one behind");
    Ends ends;
    if (first_own == 1)
        ends.first = single.ids.front();
    if (behind == 1)
        ends.last = single.ids.back();
    const text::Encoding pair = tokenizer.encode_pair("a", "a");
    ends.last_twice = ends.last && std::ranges::count(pair.ids, *ends.last) > 2;
    return ends;
}

std::optional<text::TokenId> mask_of(const text::TokenizerSpec& spec)
{
    for (const text::AddedToken& token : spec.added_tokens)
        if (token.special && (token.content == "[MASK]" || token.content == "<mask>"))
            return token.id;
    return std::nullopt;
}

Result<void> add_special_ids(const models::ModelPackage& package, const Ends& ends,
                             bool is_word_piece, formats::GgufMetadata& metadata)
{
    const auto& spec = package.tokenizer->spec();
    const auto add = [&](const std::string& name, std::optional<text::TokenId> id) {
        if (id)
            metadata.emplace_back(key_of(name), static_cast<std::uint32_t>(*id));
    };
    constexpr const char* kStopNames[] = {"eos_token_id", "eot_token_id", "eom_token_id"};
    // The token behind a text is eos there; what ends an answer comes after it.
    std::vector<text::TokenId> stops = package.stop_tokens;
    if (ends.last) {
        std::erase(stops, *ends.last);
        stops.insert(stops.begin(), *ends.last);
    }
    if (stops.size() > std::size(kStopNames))
        return unsupported("it has " + std::to_string(stops.size()) +
                           " tokens that end an answer, GGUF has places for 3");
    add("bos_token_id", ends.first ? ends.first : spec.bos);
    for (std::size_t i = 0; i < stops.size(); ++i)
        add(kStopNames[i], stops[i]);
    add("padding_token_id", spec.pad);
    add("unknown_token_id", spec.unknown);
    if (is_word_piece || ends.last_twice) {
        add("cls_token_id", ends.first);
        add("seperator_token_id", ends.last);
        add("mask_token_id", mask_of(spec));
    }
    metadata.emplace_back(key_of("add_bos_token"), ends.first.has_value());
    if (ends.last)
        metadata.emplace_back(key_of("add_eos_token"), true);
    if (ends.last_twice)
        metadata.emplace_back(key_of("add_sep_token"), true);
    return {};
}

void add_tokens(const char* model, const std::string& pre, Tokens tokens,
                formats::GgufMetadata& metadata)
{
    metadata.emplace_back(key_of("model"), std::string(model));
    metadata.emplace_back(key_of("pre"), pre);
    metadata.emplace_back(key_of("tokens"), std::move(tokens.texts));
    metadata.emplace_back(key_of("token_type"), std::move(tokens.types));
}

Result<void> add_byte_level(const Json& tokenizer, const Ends& ends, Tokens tokens,
                            formats::GgufMetadata& metadata)
{
    LYCEUM_ASSIGN(const std::string pre, pre_tokenizer_name(tokenizer, ends.last_twice));
    add_tokens("gpt2", pre, std::move(tokens), metadata);
    metadata.emplace_back(key_of("merges"), read_merges(tokenizer["model"]["merges"]));
    return {};
}

/// The scores from which a reader makes the same merges again: its own, or where it has none, of a
/// token the rank of the first merge into it.
Result<std::vector<float>> make_scores(const text::TokenizerSpec& spec, bool space_first)
{
    constexpr float kLowest = -1000000.0F;
    text::TokenizerSpec again;
    again.vocabulary = spec.vocabulary;
    std::vector<float> scores(spec.vocabulary.size(), kLowest);
    std::unordered_map<std::string_view, std::size_t> ids;
    for (std::size_t id = 0; id < spec.vocabulary.size(); ++id)
        ids.emplace(spec.vocabulary[id], id);
    const bool has_scores = spec.scores.size() == spec.vocabulary.size();
    if (has_scores)
        std::ranges::transform(spec.scores, scores.begin(),
                               [](double score) { return static_cast<float>(score); });
    for (std::size_t rank = 0; rank < spec.merges.size() && !has_scores; ++rank) {
        std::string whole = spec.merges[rank];
        std::erase(whole, ' ');
        const auto found = ids.find(whole);
        if (found != ids.end() && scores[found->second] == kLowest)
            scores[found->second] = -static_cast<float>(rank);
    }
    again.scores.assign(scores.begin(), scores.end());
    LYCEUM_TRY(models::make_sentencepiece_bpe(space_first, again));
    if (again.merges != spec.merges)
        return unsupported("the order of its merges is not one that scores of tokens give");
    return scores;
}

Result<void> add_sentencepiece(const Json& tokenizer, const text::TokenizerSpec& spec,
                               Tokens tokens, formats::GgufMetadata& metadata)
{
    const Json replace = {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", kMark}};
    const Json prepend = {{"type", "Prepend"}, {"prepend", kMark}};
    const Json both = {{"type", "Sequence"}, {"normalizers", {prepend, replace}}};
    const Json& normalizer = tokenizer["normalizer"];
    const bool space_first = normalizer == both;
    if ((!space_first && normalizer != replace) || !tokenizer["pre_tokenizer"].is_null())
        return unsupported("its normalizer " + formats::excerpt(normalizer) +
                           " and pre-tokenizer " + formats::excerpt(tokenizer["pre_tokenizer"]) +
                           " are not SentencePiece's");
    LYCEUM_ASSIGN(std::vector<float> scores, make_scores(spec, space_first));
    scores.resize(tokens.texts.size(), -10000.0F);
    for (std::size_t id = 0; id < tokens.texts.size(); ++id) {
        const std::string& token = tokens.texts[id];
        if (token.size() == 6 && token.starts_with("<0x") && token.ends_with('>'))
            tokens.types[id] = kByte;
    }
    if (spec.unknown)
        tokens.types.at(static_cast<std::size_t>(*spec.unknown)) = kUnknown;
    add_tokens("llama", "default", std::move(tokens), metadata);
    metadata.emplace_back(key_of("scores"), std::move(scores));
    if (!space_first)
        metadata.emplace_back(key_of("add_space_prefix"), false);
    return {};
}

Result<void> add_word_piece(const Json& tokenizer, const Ends& ends, Tokens tokens,
                            formats::GgufMetadata& metadata)
{
    const Json& model = tokenizer["model"];
    const Json& normalizer = tokenizer["normalizer"];
    if (model.value("continuing_subword_prefix", "") != "##" ||
        model.value("max_input_chars_per_word", 0) != 100 || !normalizer.is_object() ||
        normalizer.value("type", "") != "BertNormalizer" || !normalizer.value("clean_text", true) ||
        !normalizer.value("handle_chinese_chars", true) ||
        tokenizer["pre_tokenizer"].value("type", "") != "BertPreTokenizer")
        return unsupported("it is a WordPiece with other rules than BERT's");
    if (!ends.first || !ends.last)
        return unsupported("it is a WordPiece that puts no [CLS] and [SEP] around a text");
    for (std::size_t id = 0; id < tokens.texts.size(); ++id) {
        std::string& token = tokens.texts[id];
        if (tokens.types[id] == kControl)
            continue;
        token = token.starts_with("##") ? token.substr(2) : kMark + token;
    }
    add_tokens("bert", "default", std::move(tokens), metadata);
    const bool lowercase = normalizer.value("lowercase", true);
    const Json strip = normalizer.value("strip_accents", Json());
    if (!lowercase)
        metadata.emplace_back(key_of("normalizer.lowercase"), false);
    if (strip.is_boolean() && strip.get<bool>() != lowercase)
        metadata.emplace_back(key_of("normalizer.strip_accents"), strip.get<bool>());
    return {};
}

} // namespace

Result<void> add_gguf_tokenizer(const models::ModelPackage& package,
                                formats::GgufMetadata& metadata)
{
    LYCEUM_ASSIGN(const Json tokenizer,
                  formats::parse_json(package.tokenizer->to_json(), "the tokenizer"));
    const std::string type = tokenizer["model"].value("type", "");
    if (type != "BPE" && type != "WordPiece")
        return unsupported("it is of the kind " + type + ", which is none of BPE and WordPiece");
    const text::TokenizerSpec& spec = package.tokenizer->spec();
    LYCEUM_ASSIGN(Tokens tokens, read_tokens(tokenizer, package.architecture.vocab_size));
    LYCEUM_ASSIGN(const Ends ends, find_ends(*package.tokenizer));
    const bool is_word_piece = type == "WordPiece";
    LYCEUM_TRY(is_word_piece ? add_word_piece(tokenizer, ends, std::move(tokens), metadata)
               : spec.byte_fallback
                   ? add_sentencepiece(tokenizer, spec, std::move(tokens), metadata)
                   : add_byte_level(tokenizer, ends, std::move(tokens), metadata));
    LYCEUM_TRY(add_special_ids(package, ends, is_word_piece, metadata));
    if (package.chat_template)
        metadata.emplace_back("tokenizer.chat_template", package.chat_template->source());
    return {};
}

} // namespace lyceum::exporter

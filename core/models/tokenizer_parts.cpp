#include "core/models/tokenizer_parts.h"

#include "core/formats/json.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

namespace lyceum::models {
namespace {

using formats::Json;

constexpr const char* kMark = "\xE2\x96\x81"; ///< U+2581, SentencePiece's space.
constexpr std::size_t kMaxTokenBytes = 4096;  ///< Bounds the search for merges.

Json sequence_item(const char* name, int type)
{
    return {{"Sequence", {{"id", name}, {"type_id", type}}}};
}

Json token_item(const std::string& token, int type)
{
    return {{"SpecialToken", {{"id", token}, {"type_id", type}}}};
}

/// A merge by the ids of its halves.
struct Merge {
    text::TokenId left = 0;
    text::TokenId right = 0;
    double score = 0.0;          ///< Of the whole,
    std::size_t left_length = 0; ///< in characters.
    std::size_t right_length = 0;
};

using Ids = std::unordered_map<std::string_view, text::TokenId>;

void add_merges_into(std::string_view token, double score, const Ids& ids,
                     std::vector<Merge>& merges)
{
    const auto begins_character = [&](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    };
    const auto length = static_cast<std::size_t>(std::ranges::count_if(token, begins_character));
    const std::size_t first = merges.size();
    std::size_t left_length = 1;
    for (std::size_t cut = 1; cut < token.size(); ++cut) {
        if (!begins_character(token[cut]))
            continue;
        const auto left = ids.find(token.substr(0, cut));
        const auto right = left == ids.end() ? left : ids.find(token.substr(cut));
        if (right != ids.end())
            merges.push_back(
                {left->second, right->second, score, left_length, length - left_length});
        ++left_length;
    }
    std::ranges::sort(merges.begin() + static_cast<std::ptrdiff_t>(first), merges.end(), {},
                      [](const Merge& merge) { return std::pair(merge.left, merge.right); });
}

} // namespace

const std::string& token_text(const text::TokenizerSpec& spec, text::TokenId id)
{
    const auto added = std::ranges::find(spec.added_tokens, id, &text::AddedToken::id);
    return added != spec.added_tokens.end() ? added->content
                                            : spec.vocabulary.at(static_cast<std::size_t>(id));
}

std::string make_template(const AddedAround& around, const text::TokenizerSpec& spec)
{
    if (!around.first && !around.last)
        return {};
    Json single = Json::array();
    Json pair = Json::array();
    Json tokens = Json::object();
    const auto add = [&](const std::optional<text::TokenId>& id, int type, Json& list) {
        if (!id)
            return;
        const std::string& token = token_text(spec, *id);
        list.push_back(token_item(token, type));
        tokens[token] = {{"id", token}, {"ids", {*id}}, {"tokens", {token}}};
    };
    const int second = around.last_twice ? 0 : 1;
    add(around.first, 0, single);
    single.push_back(sequence_item("A", 0));
    add(around.last, 0, single);
    pair = single;
    if (around.last_twice)
        add(around.last, 0, pair);
    if (around.first_twice)
        add(around.first, second, pair);
    pair.push_back(sequence_item("B", second));
    add(around.last, second, pair);
    return formats::dump_json({{"type", "TemplateProcessing"},
                               {"single", std::move(single)},
                               {"pair", std::move(pair)},
                               {"special_tokens", std::move(tokens)}});
}

void make_word_piece(const BertNormalizerOptions& options, text::TokenizerSpec& spec)
{
    spec.model = text::ModelKind::WordPiece;
    spec.continuing_subword_prefix = "##";
    spec.encode_unknown = true;
    const Json strip = options.strip_accents ? Json(*options.strip_accents) : Json();
    spec.normalizer = formats::dump_json({{"type", "BertNormalizer"},
                                          {"clean_text", true},
                                          {"handle_chinese_chars", options.chinese_apart},
                                          {"strip_accents", strip},
                                          {"lowercase", options.lowercase}});
    spec.pre_tokenizer = R"({"type":"BertPreTokenizer"})";
    spec.decoder = R"({"type":"WordPiece","prefix":"##","cleanup":true})";
}

Result<void> make_sentencepiece_bpe(bool space_first, text::TokenizerSpec& spec)
{
    Ids ids;
    for (std::size_t id = 0; id < spec.vocabulary.size(); ++id) {
        const std::string& token = spec.vocabulary[id];
        if (token.size() > kMaxTokenBytes)
            return Error{ErrorCode::InvalidData,
                         "Token " + std::to_string(id) + " has " + std::to_string(token.size()) +
                             " bytes; at most " + std::to_string(kMaxTokenBytes) + " are read.",
                         ""};
        ids.try_emplace(token, static_cast<text::TokenId>(id));
    }
    std::vector<Merge> merges;
    for (std::size_t id = 0; id < spec.vocabulary.size(); ++id)
        add_merges_into(spec.vocabulary[id], spec.scores[id], ids, merges);
    std::ranges::stable_sort(merges, std::greater(), [](const Merge& merge) {
        return std::tuple(merge.score, merge.left_length, merge.right_length);
    });
    const auto text_of = [&](text::TokenId id) -> const std::string& {
        return spec.vocabulary[static_cast<std::size_t>(id)];
    };
    for (const Merge& merge : merges)
        spec.merges.push_back(text_of(merge.left) + " " + text_of(merge.right));
    spec.model = text::ModelKind::Bpe;
    spec.encode_unknown = spec.unknown.has_value();
    spec.byte_fallback = true;
    spec.fuse_unknown = true;
    const Json to_mark = {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", kMark}};
    const Json first = {{"type", "Prepend"}, {"prepend", kMark}};
    spec.normalizer = formats::dump_json(
        space_first ? Json{{"type", "Sequence"}, {"normalizers", {first, to_mark}}} : to_mark);
    Json decoders = {{{"type", "Replace"}, {"pattern", {{"String", kMark}}}, {"content", " "}},
                     {{"type", "ByteFallback"}},
                     {{"type", "Fuse"}}};
    if (space_first)
        decoders.push_back({{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}});
    spec.decoder = formats::dump_json({{"type", "Sequence"}, {"decoders", std::move(decoders)}});
    return {};
}

} // namespace lyceum::models

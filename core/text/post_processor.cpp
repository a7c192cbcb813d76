#include "core/text/post_processor.h"

#include "core/text/part_reader.h"
#include "core/text/unicode.h"
#include "core/text/utf8.h"

#include <algorithm>

namespace lyceum::text {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMaxId = (std::uint64_t{1} << 22U) - 1;
constexpr std::size_t kMaxItems = 256;
constexpr const char* kKind = "post-processor";

Result<TokenId> read_id(const PartReader& part, const json& value)
{
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > kMaxId)
        return part.invalid("names a token by " + value.dump().substr(0, 40));
    return static_cast<TokenId>(value.get<std::uint64_t>());
}

/// ["[SEP]", 102]
Result<TokenId> read_pair(const PartReader& part, const char* key)
{
    const json& pair = part.value(key);
    if (!pair.is_array() || pair.size() != 2)
        return part.invalid(std::string("has no ") + key);
    return read_id(part, pair[1]);
}

Result<std::vector<TokenId>> special_ids(const PartReader& part, const std::string& name)
{
    const PartReader tokens(part.value("special_tokens"), kKind);
    const PartReader token(tokens.value(name.c_str()), kKind);
    const json& list = token.value("ids");
    if (!list.is_array() || list.size() > kMaxItems)
        return part.invalid("uses \"" + name + "\", which its special_tokens do not have");
    std::vector<TokenId> ids;
    for (const json& value : list) {
        LYCEUM_ASSIGN(const TokenId id, read_id(part, value));
        ids.push_back(id);
    }
    return ids;
}

/// White space at the ends of a token as the vocabulary writes it, in characters.
std::pair<std::uint32_t, std::uint32_t> spaces_around(std::string_view token)
{
    constexpr char32_t kSpaceByte = 0x120; // of the byte-level alphabet
    std::uint32_t leading = 0;
    std::uint32_t trailing = 0;
    bool seen_other = false;
    for (std::size_t i = 0; i < token.size();) {
        const CodePoint point = decode_utf8(token, i);
        const bool is_space = point.value == kSpaceByte || is_whitespace(point.value);
        seen_other = seen_other || !is_space;
        leading += is_space && !seen_other ? 1 : 0;
        trailing = is_space ? trailing + 1 : 0;
        i += point.length;
    }
    return {leading, trailing};
}

/// `count` characters before `end`; `end` where there are not so many.
std::uint32_t characters_back(std::string_view text, std::uint32_t end, std::uint32_t count)
{
    std::uint32_t begin = end;
    for (; count > 0; --count) {
        if (begin == 0)
            return end;
        do
            --begin;
        while (begin > 0 && (text[begin] & 0xC0) == 0x80);
    }
    return begin;
}

void append(Encoding& to, const Encoding& from, int type)
{
    to.ids.insert(to.ids.end(), from.ids.begin(), from.ids.end());
    to.offsets.insert(to.offsets.end(), from.offsets.begin(), from.offsets.end());
    to.type_ids.insert(to.type_ids.end(), from.ids.size(), type);
    to.special.insert(to.special.end(), from.ids.size(), false);
}

} // namespace

Result<PostProcessor> PostProcessor::create(const json& part)
{
    PostProcessor result;
    LYCEUM_TRY(result.add(part));
    return result;
}

PostProcessor PostProcessor::begin_with(TokenId token)
{
    PostProcessor result;
    const Item beginning = {.kind = Kind::Special, .ids = {token}};
    result.single_ = {beginning, {.kind = Kind::First, .ids = {}}};
    result.pair_ = {
        beginning, {.kind = Kind::First, .ids = {}}, {.kind = Kind::Second, .ids = {}, .type = 1}};
    result.has_template_ = true;
    return result;
}

Result<void> PostProcessor::add(const json& json)
{
    if (json.is_null())
        return {};
    const PartReader part(json, kKind);
    const std::string type = part.type();
    if (type == "Sequence") {
        LYCEUM_ASSIGN(const auto parts, part.list("processors"));
        for (const auto& each : parts)
            LYCEUM_TRY(add(each));
        return {};
    }
    if (type == "ByteLevel") {
        LYCEUM_ASSIGN(trims_, part.flag("trim_offsets", true));
        LYCEUM_ASSIGN(trims_after_prefix_, part.flag("add_prefix_space", true));
        return {};
    }
    if (type != "TemplateProcessing" && type != "BertProcessing" && type != "RobertaProcessing")
        return part.unknown();
    if (std::exchange(has_template_, true))
        return Error{ErrorCode::Unsupported,
                     "The tokenizer has several post-processors that add tokens, the last \"" +
                         type + "\"; one is supported.",
                     ""};
    return type == "TemplateProcessing" ? add_template(json)
                                        : add_bert(json, type == "RobertaProcessing");
}

Result<void> PostProcessor::add_bert(const json& json, bool roberta)
{
    const PartReader part(json, kKind);
    LYCEUM_ASSIGN(const TokenId cls, read_pair(part, "cls"));
    LYCEUM_ASSIGN(const TokenId sep, read_pair(part, "sep"));
    if (roberta) {
        LYCEUM_ASSIGN(trims_, part.flag("trim_offsets", true));
        LYCEUM_ASSIGN(trims_after_prefix_, part.flag("add_prefix_space", true));
    }
    const int second = roberta ? 0 : 1; // RoBERTa knows one type.
    const auto special = [](TokenId id, int type) {
        return Item{.kind = Kind::Special, .ids = {id}, .type = type};
    };
    const Item first_text = {.kind = Kind::First, .ids = {}};
    const Item second_text = {.kind = Kind::Second, .ids = {}, .type = second};
    single_ = {special(cls, 0), first_text, special(sep, 0)};
    pair_ = single_;
    if (roberta)
        pair_.push_back(special(sep, 0));
    pair_.insert(pair_.end(), {second_text, special(sep, second)});
    return {};
}

Result<void> PostProcessor::add_template(const json& json)
{
    const PartReader part(json, kKind);
    for (const auto& [key, target] : {std::pair("single", &single_), std::pair("pair", &pair_)}) {
        const auto& pieces = part.value(key);
        if (!pieces.is_array() || pieces.size() > kMaxItems)
            return part.invalid(std::string("has no template ") + key);
        for (const auto& piece : pieces) {
            const PartReader reader(piece, kKind);
            const bool is_text = reader.has("Sequence");
            const PartReader inner(reader.value(is_text ? "Sequence" : "SpecialToken"), kKind);
            LYCEUM_ASSIGN(const std::string id, inner.text("id"));
            LYCEUM_ASSIGN(const std::size_t type, inner.count("type_id", 0));
            Item item = {.kind = Kind::Special, .ids = {}, .type = static_cast<int>(type & 0xFF)};
            if (is_text && id != "A" && id != "B")
                return part.invalid("has the sequence \"" + id + "\", expected A or B");
            if (is_text && id == "B" && target == &single_)
                return part.invalid("has a second text in the template of a single one");
            if (is_text) {
                item.kind = id == "A" ? Kind::First : Kind::Second;
            } else {
                LYCEUM_ASSIGN(item.ids, special_ids(part, id));
            }
            target->push_back(std::move(item));
        }
    }
    return {};
}

std::vector<TokenId> PostProcessor::added_ids() const
{
    std::vector<TokenId> ids;
    for (const Template* items : {&single_, &pair_})
        for (const Item& item : *items)
            ids.insert(ids.end(), item.ids.begin(), item.ids.end());
    return ids;
}

std::optional<TokenId> PostProcessor::only_beginning() const
{
    const bool is_one =
        single_.size() == 2 && single_[0].ids.size() == 1 && single_[1].kind == Kind::First;
    return is_one ? std::optional(single_[0].ids[0]) : std::nullopt;
}

/// As process_offsets of tokenizers/src/pre_tokenizers/byte_level.rs, which counts characters.
void PostProcessor::trim(EncodedText& part, const Tokenizer& tokenizer) const
{
    Encoding& encoding = part.encoding;
    std::vector<TokenId> stripping;
    for (const AddedToken& token : tokenizer.spec().added_tokens)
        if (token.lstrip || token.rstrip)
            stripping.push_back(token.id);
    for (std::size_t i = 0; i < encoding.offsets.size(); ++i) {
        Origin& offset = encoding.offsets[i];
        // One that takes the white space around it is written with it.
        const bool is_stripping = std::ranges::find(stripping, encoding.ids[i]) != stripping.end();
        auto [leading, trailing] =
            spaces_around(is_stripping ? part.text.substr(offset.begin, offset.end - offset.begin)
                                       : tokenizer.token_text(encoding.ids[i]));
        if (leading > 0 && (i == 0 || offset.begin == 0) && trims_after_prefix_)
            --leading;
        for (; leading > 0 && offset.begin < offset.end; --leading)
            offset.begin += static_cast<std::uint32_t>(decode_utf8(part.text, offset.begin).length);
        const std::uint32_t end = characters_back(part.text, offset.end, trailing);
        offset.end = std::max(end, offset.begin);
    }
}

Encoding PostProcessor::process(EncodedText first_part, EncodedText* second_part,
                                bool add_special_tokens, const Tokenizer& tokenizer) const
{
    if (trims_) {
        trim(first_part, tokenizer);
        if (second_part != nullptr)
            trim(*second_part, tokenizer);
    }
    const Encoding& first = first_part.encoding;
    const Encoding* second = second_part != nullptr ? &second_part->encoding : nullptr;
    Encoding result;
    if (!has_template_ || !add_special_tokens) {
        append(result, first, 0);
        if (second != nullptr)
            append(result, *second, 1);
        return result;
    }
    const bool has_offsets = first.offsets.size() == first.ids.size();
    for (const Item& item : second != nullptr ? pair_ : single_) {
        if (item.kind != Kind::Special) {
            append(result, item.kind == Kind::First ? first : *second, item.type);
            continue;
        }
        result.ids.insert(result.ids.end(), item.ids.begin(), item.ids.end());
        result.type_ids.insert(result.type_ids.end(), item.ids.size(), item.type);
        result.special.insert(result.special.end(), item.ids.size(), true);
        if (has_offsets)
            result.offsets.insert(result.offsets.end(), item.ids.size(), Origin{});
    }
    return result;
}

} // namespace lyceum::text

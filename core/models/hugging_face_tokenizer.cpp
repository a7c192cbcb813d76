#include "core/models/hugging_face_tokenizer.h"

#include "core/base/atomic_file.h"
#include "core/models/gguf_pre_tokenizers.h"
#include "core/models/special_tokens.h"
#include "core/models/tokenizer_parts.h"
#include "core/models/vocabulary_files.h"

#include <algorithm>
#include <utility>

namespace lyceum::models {
namespace {

using formats::Json;
using formats::JsonObject;
using Ids = std::map<std::string, text::TokenId, std::less<>>;

enum class Kind : std::uint8_t { Gpt2, Roberta, Qwen2, Bert };

/// Transformers' classes (models/*/tokenization_*.py) and the tokens they start with.
struct TokenizerClass {
    std::string name;
    std::vector<std::string> model_types; ///< For which it is meant where none is named.
    Kind kind = Kind::Gpt2;
    TokenRoles defaults;
};

const std::vector<TokenizerClass>& tokenizer_classes()
{
    static const std::string end = "<|endoftext|>";
    static const std::vector<TokenizerClass> classes = {
        {"GPT2Tokenizer",
         {"gpt2"},
         Kind::Gpt2,
         {{"bos_token", end}, {"eos_token", end}, {"unk_token", end}}},
        {"RobertaTokenizer",
         {"roberta"},
         Kind::Roberta,
         {{"bos_token", "<s>"},
          {"eos_token", "</s>"},
          {"unk_token", "<unk>"},
          {"sep_token", "</s>"},
          {"pad_token", "<pad>"},
          {"cls_token", "<s>"},
          {"mask_token", "<mask>"}}},
        {"Qwen2Tokenizer",
         {"qwen2", "qwen3"},
         Kind::Qwen2,
         {{"eos_token", end}, {"unk_token", end}, {"pad_token", end}}},
        {"BertTokenizer",
         {"bert"},
         Kind::Bert,
         {{"unk_token", "[UNK]"},
          {"sep_token", "[SEP]"},
          {"pad_token", "[PAD]"},
          {"cls_token", "[CLS]"},
          {"mask_token", "[MASK]"}}}};
    return classes;
}

/// The class by name, else by model type; null for others.
Result<const TokenizerClass*> find_class(const JsonObject& settings, std::string_view model_type)
{
    LYCEUM_ASSIGN(std::string name, settings.string_or("tokenizer_class", ""));
    if (name.ends_with("Fast"))
        name.resize(name.size() - 4);
    for (const TokenizerClass& each : tokenizer_classes())
        if (name.empty() ? std::ranges::find(each.model_types, model_type) != each.model_types.end()
                         : each.name == name)
            return &each;
    return static_cast<const TokenizerClass*>(nullptr);
}

bool is_there(const std::filesystem::path& path)
{
    std::error_code ignored;
    return std::filesystem::exists(path, ignored);
}

/// Sets it in the ByteLevel that a tokenizer.json's pre-tokenizer is or ends with.
void set_prefix_space(bool add, text::TokenizerSpec& spec)
{
    Json part = Json::parse(spec.pre_tokenizer, nullptr, false);
    Json* last = &part;
    if (part.is_object() && part.contains("pretokenizers") && !part["pretokenizers"].empty())
        last = &part["pretokenizers"].back();
    if (!last->is_object() || last->value("type", Json()) != "ByteLevel")
        return;
    (*last)["add_prefix_space"] = add;
    spec.pre_tokenizer = formats::dump_json(part);
    spec.add_prefix_space = add;
}

Result<void> read_byte_level(const std::filesystem::path& folder, Kind kind,
                             text::TokenizerSpec& spec)
{
    LYCEUM_TRY(read_vocabulary_and_merges(folder, spec));
    const char* name = kind == Kind::Qwen2 ? "qwen2" : "gpt-2";
    spec.pre_tokenizer = formats::dump_json(find_gguf_pre_tokenizer(name)->description);
    if (kind == Kind::Qwen2)
        spec.normalizer = R"({"type":"NFC"})";
    return {};
}

Result<void> read_word_piece(const std::filesystem::path& folder, const JsonObject& settings,
                             text::TokenizerSpec& spec)
{
    LYCEUM_TRY(read_vocabulary_lines(folder, spec));
    BertNormalizerOptions options;
    LYCEUM_ASSIGN(options.lowercase, settings.boolean_or("do_lower_case", true));
    LYCEUM_ASSIGN(options.chinese_apart, settings.boolean_or("tokenize_chinese_chars", true));
    if (settings.find("strip_accents") != nullptr) {
        LYCEUM_ASSIGN(options.strip_accents, settings.boolean_or("strip_accents", false));
    }
    make_word_piece(options, spec);
    return {};
}

/// Vocabulary and rules from the files that came before tokenizer.json.
Result<text::TokenizerSpec> read_older_files(const std::filesystem::path& folder,
                                             const JsonObject& settings,
                                             const TokenizerClass* known,
                                             std::string_view model_type)
{
    text::TokenizerSpec spec;
    const bool has_lines = is_there(folder / "vocab.txt");
    const bool has_json = is_there(folder / "vocab.json");
    if (!has_lines && !has_json)
        return Error{ErrorCode::Unsupported,
                     folder.string() +
                         ": the tokenizer is in the file tokenizer.model alone, which "
                         "this version cannot read",
                     "Convert it with Transformers: AutoTokenizer.from_pretrained(folder)"
                     ".save_pretrained(folder) writes the tokenizer.json that is needed."};
    if (known == nullptr || (known->kind == Kind::Bert ? !has_lines : !has_json)) {
        LYCEUM_ASSIGN(const std::string name, settings.string_or("tokenizer_class", "none"));
        return Error{ErrorCode::Unsupported,
                     folder.string() + ": there is no tokenizer.json, and how " +
                         (has_json ? "vocab.json" : "vocab.txt") +
                         " is used is not known for the tokenizer_class " + name +
                         " and the model_type " + std::string(model_type),
                     "vocab.json is read for GPT2Tokenizer, RobertaTokenizer and Qwen2Tokenizer, "
                     "vocab.txt for BertTokenizer. Transformers writes a tokenizer.json: "
                     "AutoTokenizer.from_pretrained(folder).save_pretrained(folder)."};
    }
    LYCEUM_TRY(known->kind == Kind::Bert ? read_word_piece(folder, settings, spec)
                                         : read_byte_level(folder, known->kind, spec));
    return spec;
}

std::optional<text::TokenId> find_id(const Ids& ids, std::string_view role)
{
    const auto found = ids.find(role);
    return found == ids.end() ? std::nullopt : std::optional(found->second);
}

/// What BERT and RoBERTa put around a text.
void surround(Kind kind, const Ids& ids, text::TokenizerSpec& spec)
{
    const auto first = find_id(ids, "cls_token");
    const auto last = find_id(ids, "sep_token");
    if (!first || !last)
        return;
    if (kind == Kind::Bert) {
        spec.post_processor = make_template({.first = first, .last = last}, spec);
        return;
    }
    const bool prefix = spec.add_prefix_space;
    spec.post_processor = formats::dump_json({{"type", "RobertaProcessing"},
                                              {"sep", {token_text(spec, *last), *last}},
                                              {"cls", {token_text(spec, *first), *first}},
                                              {"trim_offsets", true},
                                              {"add_prefix_space", prefix}});
}

/// add_bos_token and add_eos_token, which a tokenizer.json says itself. Source:
/// TokenizersBackend.update_post_processor.
Result<void> add_ends(const JsonObject& settings, text::TokenizerSpec& spec)
{
    LYCEUM_ASSIGN(const bool add_bos, settings.boolean_or("add_bos_token", false));
    LYCEUM_ASSIGN(const bool add_eos, settings.boolean_or("add_eos_token", false));
    const auto first = add_bos ? spec.bos : std::nullopt;
    const auto last = add_eos ? spec.eos : std::nullopt;
    spec.post_processor = make_template({.first = first, .last = last, .first_twice = true}, spec);
    spec.add_bos = first && !last;
    return {};
}

} // namespace

Result<text::TokenizerSpec> read_hugging_face_tokenizer(const std::filesystem::path& folder,
                                                        const Json& config,
                                                        std::string_view model_type)
{
    LYCEUM_ASSIGN(const TokenSettings read, read_token_settings(folder, config));
    const JsonObject settings(read.values, read.source);
    LYCEUM_ASSIGN(const TokenizerClass* known, find_class(settings, model_type));
    const bool is_older = !is_there(folder / "tokenizer.json") &&
                          (is_there(folder / "vocab.json") || is_there(folder / "vocab.txt") ||
                           is_there(folder / "tokenizer.model"));
    text::TokenizerSpec spec;
    if (is_older) {
        LYCEUM_ASSIGN(spec, read_older_files(folder, settings, known, model_type));
    } else {
        LYCEUM_ASSIGN(const std::string file, read_file(folder / "tokenizer.json"));
        LYCEUM_ASSIGN(spec, text::parse_tokenizer_json(file));
    }
    const std::size_t own_size = spec.vocabulary.size();
    LYCEUM_ASSIGN(const Ids ids,
                  place_special_tokens(read, known != nullptr ? known->defaults : TokenRoles(),
                                       is_older, spec));
    if (known != nullptr && known->kind != Kind::Bert && settings.find("add_prefix_space")) {
        LYCEUM_ASSIGN(const bool add, settings.boolean_or("add_prefix_space", false));
        set_prefix_space(add, spec);
    }
    spec.bos = spec.add_bos ? spec.bos : find_id(ids, "bos_token");
    spec.eos = find_id(ids, "eos_token");
    spec.pad = find_id(ids, "pad_token");
    if (is_older || !spec.encode_unknown)
        spec.unknown = find_id(ids, "unk_token");
    if (spec.encode_unknown && (!spec.unknown || std::cmp_greater_equal(*spec.unknown, own_size)))
        return settings.invalid("unk_token", "names no token of the vocabulary");
    if (!is_older)
        return spec;
    if (known->kind == Kind::Bert || known->kind == Kind::Roberta)
        surround(known->kind, ids, spec);
    else
        LYCEUM_TRY(add_ends(settings, spec));
    return spec;
}

} // namespace lyceum::models

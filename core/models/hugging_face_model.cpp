#include "core/base/atomic_file.h"
#include "core/formats/json_description.h"
#include "core/formats/weights_folder.h"
#include "core/models/architecture.h"
#include "core/models/family.h"
#include "core/models/hugging_face_config.h"
#include "core/models/hugging_face_tokenizer.h"
#include "core/models/model_opener.h"
#include "core/models/model_tensors.h"

#include <utility>

namespace lyceum::models {
namespace {

using formats::Json;
using formats::JsonObject;

constexpr std::size_t kMaxTemplateBytes = std::size_t{1} << 20;

bool is_there(const std::filesystem::path& path)
{
    std::error_code ignored;
    return std::filesystem::exists(path, ignored);
}

/// An optional JSON file of the folder; an empty object where there is none.
Result<Json> read_optional(const std::filesystem::path& path)
{
    if (!is_there(path))
        return Json::object();
    LYCEUM_ASSIGN(Json json, formats::read_description(path));
    if (!json.is_object())
        return Error{ErrorCode::InvalidData, path.string() + " is not a JSON object", ""};
    return json;
}

/// "chat_template" as text, or as a list of named ones, of which "default" is meant; or a file of
/// its own.
Result<std::string> read_template_source(const std::filesystem::path& folder,
                                         const JsonObject& config)
{
    const std::filesystem::path file = folder / "chat_template.jinja";
    if (is_there(file))
        return read_file(file, kMaxTemplateBytes);
    const Json* value = config.find("chat_template");
    if (value == nullptr)
        return std::string();
    if (value->is_array())
        for (const Json& named : *value)
            if (named.is_object() && named.value("name", Json()) == "default" &&
                named.contains("template") && named["template"].is_string())
                return named["template"].get<std::string>();
    if (!value->is_string())
        return config.invalid("chat_template",
                              "is " + formats::excerpt(*value) + ", expected a text");
    return value->get<std::string>();
}

/// eos_token_id of generation_config.json, else of config.json: a number or a list; else the
/// tokenizer's.
Result<std::vector<text::TokenId>> read_stop_tokens(const JsonObject& generation,
                                                    const JsonObject& config,
                                                    const ModelPackage& package)
{
    constexpr std::string_view kKey = "eos_token_id";
    std::vector<text::TokenId> tokens;
    const JsonObject& source = generation.find(kKey) != nullptr ? generation : config;
    const Json* value = source.find(kKey);
    if (value == nullptr) {
        if (const auto eos = package.tokenizer->spec().eos)
            tokens.push_back(*eos);
        return tokens;
    }
    const Json list = value->is_array() ? *value : Json::array({*value});
    for (const Json& id : list) {
        if (!id.is_number_unsigned() ||
            std::cmp_greater_equal(id.get<std::uint64_t>(), package.architecture.vocab_size))
            return source.invalid(kKey, "is " + formats::excerpt(*value) +
                                            ", expected token ids below " +
                                            std::to_string(package.architecture.vocab_size));
        tokens.push_back(static_cast<text::TokenId>(id.get<std::uint64_t>()));
    }
    return tokens;
}

Result<void> read_text_parts(const std::filesystem::path& folder, const Json& config,
                             ModelPackage& package)
{
    const std::string config_name = (folder / "config.json").string();
    const std::string tokenizer_name = (folder / "tokenizer_config.json").string();
    const std::string generation_name = (folder / "generation_config.json").string();
    LYCEUM_ASSIGN(const Json tokenizer_config, read_optional(tokenizer_name));
    LYCEUM_ASSIGN(const Json generation, read_optional(generation_name));
    const JsonObject tokens(tokenizer_config, tokenizer_name);
    LYCEUM_ASSIGN(const std::string model_type,
                  JsonObject(config, config_name).string_or("model_type", ""));
    LYCEUM_ASSIGN(text::TokenizerSpec spec,
                  read_hugging_face_tokenizer(folder, tokenizer_config, model_type));
    LYCEUM_ASSIGN(package.tokenizer, text::Tokenizer::create(std::move(spec)));
    if (package.tokenizer->vocabulary_size() > package.architecture.vocab_size)
        return Error{ErrorCode::InvalidData,
                     folder.string() + ": the tokenizer has " +
                         std::to_string(package.tokenizer->vocabulary_size()) +
                         " tokens, but the model only " +
                         std::to_string(package.architecture.vocab_size) + " embeddings",
                     ""};
    LYCEUM_ASSIGN(package.stop_tokens, read_stop_tokens(JsonObject(generation, generation_name),
                                                        JsonObject(config, config_name), package));
    LYCEUM_ASSIGN(const std::string jinja, read_template_source(folder, tokens));
    if (!jinja.empty()) {
        LYCEUM_ASSIGN(auto parsed, text::ChatTemplate::parse(jinja));
        package.chat_template = std::make_shared<const text::ChatTemplate>(std::move(parsed));
    }
    return {};
}

/// The `license:` of a model card's front matter; empty when there is none.
std::string read_card_licence(const std::filesystem::path& folder)
{
    constexpr std::string_view kKey = "\nlicense:";
    const auto card = read_file(folder / "README.md", std::size_t{1} << 20);
    if (!card || !card.value().starts_with("---\n"))
        return {};
    const std::string_view text = card.value();
    const std::string_view front = text.substr(0, text.find("\n---", 3));
    const std::size_t at = front.find(kKey);
    if (at == std::string_view::npos)
        return {};
    std::string_view name = front.substr(at + kKey.size());
    name = name.substr(0, name.find('\n'));
    while (name.starts_with(' '))
        name.remove_prefix(1);
    return licence_name(name);
}

Result<void> read_weights(const std::filesystem::path& folder, ModelPackage& package)
{
    LYCEUM_ASSIGN(auto stored, formats::open_weights_folder(folder));
    LYCEUM_ASSIGN(package.tensors,
                  with_full_names(std::move(stored), package.architecture, folder.string()));
    complete_from_tensors(package.architecture, *package.tensors);
    LYCEUM_TRY(check_tensors(package.architecture, *package.tensors, folder.string()));
    package.licence = {read_card_licence(folder), folder.string()};
    count_parameters(package);
    return {};
}

} // namespace

Result<ModelPackage> open_tokenizer_folder(const std::filesystem::path& folder)
{
    ModelPackage package;
    package.path = folder;
    package.architecture.vocab_size = std::int64_t{1} << 26;
    LYCEUM_TRY(read_text_parts(folder, Json::object(), package));
    return package;
}

Result<ModelPackage> open_hugging_face(const std::filesystem::path& folder, Parts parts)
{
    const std::filesystem::path config_path = folder / "config.json";
    LYCEUM_ASSIGN(const Json config, formats::read_description(config_path));
    ModelPackage package;
    package.path = folder;
    LYCEUM_ASSIGN(package.architecture, read_hugging_face_config(config, config_path.string()));
    LYCEUM_TRY(check_architecture(package.architecture, config_path.string()));
    if (parts != Parts::TextOnly)
        LYCEUM_TRY(read_weights(folder, package));
    if (parts != Parts::WeightsOnly)
        LYCEUM_TRY(read_text_parts(folder, config, package));
    if (family_of(package.architecture).is_encoder) {
        LYCEUM_ASSIGN(package.embedding, read_sentence_embedding(folder));
    }
    return package;
}

} // namespace lyceum::models

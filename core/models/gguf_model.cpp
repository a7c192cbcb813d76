#include "core/models/gguf_architecture.h"
#include "core/models/gguf_tensors.h"
#include "core/models/gguf_tokenizer.h"
#include "core/models/model_opener.h"
#include "core/models/model_tensors.h"

#include <algorithm>
#include <utility>

namespace lyceum::models {
namespace {

using formats::GgufFile;

Result<std::string> string_or_empty(const GgufFile& file, std::string_view key)
{
    return file.has(key) ? file.get_string(key) : Result<std::string>(std::string());
}

Result<Licence> read_licence(const GgufFile& file)
{
    Licence licence;
    LYCEUM_ASSIGN(const std::string name, string_or_empty(file, "general.license"));
    licence.name = licence_name(name);
    for (const char* key :
         {"general.source.url", "general.source.repo_url", "general.source.huggingface.repository",
          "general.url", "general.repo_url", "general.organization"}) {
        LYCEUM_ASSIGN(licence.source, string_or_empty(file, key));
        if (!licence.source.empty())
            return licence;
    }
    return licence;
}

/// The tokens after which the model has finished: end of sequence and end of turn.
Result<std::vector<text::TokenId>> read_stop_tokens(const GgufFile& file,
                                                    const text::TokenizerSpec& spec)
{
    std::vector<text::TokenId> tokens;
    if (spec.eos)
        tokens.push_back(*spec.eos);
    for (const char* key : {"tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"}) {
        if (!file.has(key))
            continue;
        LYCEUM_ASSIGN(const std::int64_t id, file.get_integer(key));
        if (id < 0 || std::cmp_greater_equal(id, spec.vocabulary.size()))
            return Error{ErrorCode::InvalidData,
                         file.path().string() + ": " + key + " is " + std::to_string(id) +
                             ", but there are " + std::to_string(spec.vocabulary.size()) +
                             " tokens",
                         ""};
        if (std::ranges::find(tokens, id) == tokens.end())
            tokens.push_back(static_cast<text::TokenId>(id));
    }
    return tokens;
}

Result<void> read_text_parts(const GgufFile& file, ModelPackage& package)
{
    LYCEUM_ASSIGN(text::TokenizerSpec spec, read_gguf_tokenizer(file));
    if (std::cmp_greater(spec.vocabulary.size(), package.architecture.vocab_size))
        return Error{ErrorCode::InvalidData,
                     file.path().string() + ": there are " +
                         std::to_string(spec.vocabulary.size()) + " tokens, but only " +
                         std::to_string(package.architecture.vocab_size) + " embeddings",
                     ""};
    LYCEUM_ASSIGN(package.stop_tokens, read_stop_tokens(file, spec));
    LYCEUM_ASSIGN(package.tokenizer, text::Tokenizer::create(std::move(spec)));
    LYCEUM_ASSIGN(const std::string jinja, string_or_empty(file, "tokenizer.chat_template"));
    if (!jinja.empty()) {
        LYCEUM_ASSIGN(auto parsed, text::ChatTemplate::parse(jinja));
        package.chat_template = std::make_shared<const text::ChatTemplate>(std::move(parsed));
    }
    return {};
}

/// How an encoder's vectors become one for a text: llama_pooling_type of llama.h.
Result<SentenceEmbedding> read_pooling(const GgufFile& file)
{
    enum : std::int64_t { kNone = 0, kMean = 1, kCls = 2, kLast = 3 };
    LYCEUM_ASSIGN(const std::string architecture, file.get_string("general.architecture"));
    const std::string key = architecture + ".pooling_type";
    SentenceEmbedding embedding;
    if (!file.has(key))
        return embedding;
    LYCEUM_ASSIGN(const std::int64_t type, file.get_integer(key));
    embedding.is_stated = type != kNone;
    if (type == kCls)
        embedding.pooling = {Pooling::Cls};
    else if (type == kLast)
        embedding.pooling = {Pooling::LastToken};
    else if (type != kNone && type != kMean)
        embedding.unsupported = key + " " + std::to_string(type);
    return embedding;
}

/// Known by size only: said here, before anybody waits for a part of the weights.
Result<void> check_readable(const GgufFile& file)
{
    for (const formats::TensorInfo& info : file.tensors())
        if (file.placement(info.name)->type->to_float32 == nullptr)
            return Error{ErrorCode::Unsupported,
                         file.path().string() + ": tensor " + info.name + " is stored as " +
                             info.dtype + ", which this version cannot read",
                         "Use a file in " + formats::readable_ggml_types() + "."};
    return {};
}

} // namespace

std::string licence_name(std::string_view name)
{
    constexpr std::pair<std::string_view, std::string_view> kNames[] = {
        {"apache-2.0", "Apache-2.0"},
        {"mit", "MIT"},
        {"bsd-3-clause", "BSD-3-Clause"},
        {"cc0-1.0", "CC0-1.0"},
        {"cc-by-4.0", "CC-BY-4.0"}};
    for (const auto& [lower, usual] : kNames)
        if (name == lower)
            return std::string(usual);
    return std::string(name);
}

Result<ModelPackage> open_gguf(const std::filesystem::path& path, Parts parts)
{
    LYCEUM_ASSIGN(const auto file, GgufFile::open(path));
    ModelPackage package;
    package.path = path;
    LYCEUM_ASSIGN(package.architecture, read_gguf_architecture(*file));
    LYCEUM_TRY(check_architecture(package.architecture, path.string()));
    LYCEUM_ASSIGN(package.tensors, GgufTensors::create(file, package.architecture));
    LYCEUM_TRY(check_tensors(package.architecture, *package.tensors, path.string()));
    LYCEUM_TRY(check_readable(*file));
    LYCEUM_ASSIGN(package.licence, read_licence(*file));
    count_parameters(package);
    if (family_of(package.architecture).is_encoder) {
        LYCEUM_ASSIGN(package.embedding, read_pooling(*file));
    }
    if (parts == Parts::All)
        LYCEUM_TRY(read_text_parts(*file, package));
    return package;
}

} // namespace lyceum::models

#include "core/models/new_tokenizer.h"

#include "core/formats/json.h"
#include "core/text/training/train_tokenizer.h"

#include <algorithm>
#include <utility>

namespace lyceum::models {
namespace {

constexpr const char* kEndOfText = "<|endoftext|>";
constexpr const char* kTurnBegins = "<|im_start|>";
constexpr const char* kTurnEnds = "<|im_end|>";

/// ChatML, as OpenAI described it and SmolLM2, Qwen and others write it.
constexpr const char* kChatTemplate =
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] "
    "+ '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ "
    "'<|im_start|>assistant\\n' }}{% endif %}";

std::optional<text::TokenId> find_token(const text::TokenizerSpec& spec, std::string_view token)
{
    const auto added = std::ranges::find(spec.added_tokens, token, &text::AddedToken::content);
    if (added != spec.added_tokens.end())
        return added->id;
    const auto plain = std::ranges::find(spec.vocabulary, token);
    if (plain == spec.vocabulary.end())
        return std::nullopt;
    return static_cast<text::TokenId>(plain - spec.vocabulary.begin());
}

/// Adds a special token behind the vocabulary, unless it is there.
void add_special(text::TokenizerSpec& spec, const char* token)
{
    if (find_token(spec, token))
        return;
    text::TokenId id = static_cast<text::TokenId>(spec.vocabulary.size());
    for (const text::AddedToken& added : spec.added_tokens)
        id = std::max(id, added.id + 1);
    spec.added_tokens.push_back({.id = id, .content = token});
}

Result<TextParts> finish(text::TokenizerSpec spec, bool has_dialogues)
{
    if (!spec.eos)
        spec.eos = find_token(spec, kEndOfText);
    if (!spec.pad)
        spec.pad = spec.eos;
    TextParts parts;
    if (spec.eos)
        parts.stop_tokens.push_back(*spec.eos);
    if (has_dialogues) {
        add_special(spec, kTurnBegins);
        add_special(spec, kTurnEnds);
        parts.stop_tokens.push_back(*find_token(spec, kTurnEnds));
        LYCEUM_ASSIGN(auto chat_template, text::ChatTemplate::parse(kChatTemplate));
        parts.chat_template = std::make_shared<const text::ChatTemplate>(std::move(chat_template));
    }
    LYCEUM_ASSIGN(parts.tokenizer, text::Tokenizer::create(std::move(spec)));
    return parts;
}

text::TokenizerTraining training_of(const std::string& kind)
{
    if (kind == "wordpiece")
        return text::TokenizerTraining::WordPiece;
    return kind == "unigram" ? text::TokenizerTraining::Unigram : text::TokenizerTraining::Bpe;
}

Result<TextParts> learn(const config::TokenizerConfig& config, const TokenizerTexts& texts)
{
    text::TokenizerTrainingOptions options{.kind = training_of(config.kind),
                                           .vocab_size = config.vocab_size,
                                           .special_tokens = {kEndOfText}};
    if (texts.has_dialogues)
        for (const char* token : {kTurnBegins, kTurnEnds})
            options.special_tokens.emplace_back(token);
    auto spec = text::train_tokenizer(texts.texts, options, texts.on_progress);
    if (!spec)
        return Error{spec.error().code, "model.tokenizer.train: " + spec.error().message,
                     spec.error().hint};
    return finish(std::move(spec).value(), texts.has_dialogues);
}

Result<TextParts> take(const std::string& source, const std::filesystem::path& workspace)
{
    auto package = open_tokenizer(source, workspace);
    if (!package)
        return Error{package.error().code, "model.tokenizer: " + package.error().message,
                     package.error().hint};
    ModelPackage& from = package.value();
    return TextParts{from.tokenizer, from.chat_template, from.stop_tokens};
}

} // namespace

Result<TextParts> make_tokenizer(const config::TokenizerConfig& config, const TokenizerTexts& texts,
                                 const std::filesystem::path& workspace)
{
    if (config.source == "train")
        return learn(config, texts);
    if (config.source != "byte")
        return take(config.source, workspace);
    LYCEUM_ASSIGN(auto spec, text::byte_tokenizer());
    return finish(std::move(spec), texts.has_dialogues);
}

} // namespace lyceum::models

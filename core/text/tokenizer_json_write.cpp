#include "core/text/pre_tokenizers/pre_tokenizer.h"
#include "core/text/token_models/bpe.h"
#include "core/text/tokenizer.h"

#include <nlohmann/json.hpp>

namespace lyceum::text {
namespace {

using nlohmann::json;

json text_or_null(const std::string& text)
{
    return text.empty() ? json() : json(text);
}

/// A part of a specification that has been read once.
json parsed(const std::string& text)
{
    return text.empty() ? json() : json::parse(text, nullptr, false);
}

json added_tokens(const TokenizerSpec& spec)
{
    json added = json::array();
    for (const AddedToken& token : spec.added_tokens)
        added.push_back({{"id", token.id},
                         {"content", token.content},
                         {"single_word", token.single_word},
                         {"lstrip", token.lstrip},
                         {"rstrip", token.rstrip},
                         {"normalized", token.normalized},
                         {"special", token.special}});
    return added;
}

/// The model's own tokens by text.
json vocabulary_of(const TokenizerSpec& spec)
{
    std::vector<bool> beyond(spec.vocabulary.size());
    for (const AddedToken& token : spec.added_tokens)
        beyond[static_cast<std::size_t>(token.id)] = !token.in_model;
    json vocabulary = json::object();
    for (std::size_t id = 0; id < spec.vocabulary.size(); ++id)
        if (!spec.vocabulary[id].empty() && !beyond[id])
            vocabulary[spec.vocabulary[id]] = id;
    return vocabulary;
}

json unknown_of(const TokenizerSpec& spec)
{
    return spec.encode_unknown && spec.unknown
               ? json(spec.vocabulary[static_cast<std::size_t>(*spec.unknown)])
               : json();
}

/// Pairs: a token may have a space within.
json merges_of(const Tokenizer& tokenizer)
{
    const TokenizerSpec& spec = tokenizer.spec();
    json merges = json::array();
    const auto find = [&](std::string_view token) { return tokenizer.id_of(token); };
    for (const std::string& merge : spec.merges)
        if (const auto parts = split_merge(merge, spec.continuing_subword_prefix.size(), find))
            merges.push_back({parts->left, parts->right});
    return merges;
}

json model_of(const Tokenizer& tokenizer)
{
    const TokenizerSpec& spec = tokenizer.spec();
    if (spec.model == ModelKind::Unigram) {
        json vocabulary = json::array();
        for (std::size_t id = 0; id < spec.scores.size(); ++id)
            vocabulary.push_back({spec.vocabulary[id], spec.scores[id]});
        return {{"type", "Unigram"},
                {"unk_id", *spec.unknown},
                {"vocab", std::move(vocabulary)},
                {"byte_fallback", spec.byte_fallback}};
    }
    if (spec.model == ModelKind::WordLevel)
        return {
            {"type", "WordLevel"}, {"vocab", vocabulary_of(spec)}, {"unk_token", unknown_of(spec)}};
    if (spec.model == ModelKind::WordPiece)
        return {{"type", "WordPiece"},
                {"unk_token", unknown_of(spec)},
                {"continuing_subword_prefix", spec.continuing_subword_prefix},
                {"max_input_chars_per_word", spec.max_input_chars_per_word},
                {"vocab", vocabulary_of(spec)}};
    return {{"type", "BPE"},
            {"dropout", nullptr},
            {"unk_token", unknown_of(spec)},
            {"continuing_subword_prefix", text_or_null(spec.continuing_subword_prefix)},
            {"end_of_word_suffix", text_or_null(spec.end_of_word_suffix)},
            {"fuse_unk", spec.fuse_unknown},
            {"byte_fallback", spec.byte_fallback},
            {"ignore_merges", spec.ignore_merges},
            {"vocab", vocabulary_of(spec)},
            {"merges", merges_of(tokenizer)}};
}

/// `[bos] A`, where the specification says no more.
json post_processor_of(const TokenizerSpec& spec)
{
    if (!spec.post_processor.empty() || !spec.add_bos)
        return parsed(spec.post_processor);
    const std::string& bos = spec.vocabulary[static_cast<std::size_t>(*spec.bos)];
    const json before = {{"SpecialToken", {{"id", bos}, {"type_id", 0}}}};
    const auto sequence = [](const char* name, int type) {
        return json{{"Sequence", {{"id", name}, {"type_id", type}}}};
    };
    return {{"type", "TemplateProcessing"},
            {"single", json::array({before, sequence("A", 0)})},
            {"pair", json::array({before, sequence("A", 0), sequence("B", 1)})},
            {"special_tokens", {{bos, {{"id", bos}, {"ids", {*spec.bos}}, {"tokens", {bos}}}}}}};
}

} // namespace

std::string Tokenizer::to_json() const
{
    const TokenizerSpec& own = spec();
    const json file = {
        {"version", "1.0"},
        {"truncation", nullptr},
        {"padding", nullptr},
        {"added_tokens", added_tokens(own)},
        {"normalizer", parsed(own.normalizer)},
        {"pre_tokenizer", describe_pre_tokenizer(own.pre_tokenizer, own.add_prefix_space).value()},
        {"post_processor", post_processor_of(own)},
        {"decoder", parsed(own.decoder)},
        {"model", model_of(*this)}};
    return file.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace lyceum::text

#include "core/text/decoders/word_decoders.h"

#include <algorithm>
#include <array>

namespace lyceum::text {
namespace {

using Tokens = std::vector<std::string>;

/// The spaces that a tokenizer for words puts before punctuation and English contractions.
std::string clean_up(std::string text)
{
    static constexpr std::array<std::pair<const char*, const char*>, 11> kRules = {
        {{" .", "."},
         {" ?", "?"},
         {" !", "!"},
         {" ,", ","},
         {" ' ", "'"},
         {" n't", "n't"},
         {" 'm", "'m"},
         {" do not", " don't"},
         {" 's", "'s"},
         {" 've", "'ve"},
         {" 're", "'re"}}};
    if (text.find_first_of(".?!,'") == std::string::npos &&
        text.find(" do not") == std::string::npos)
        return text;
    for (const auto& [from, to] : kRules)
        text = replace_all(text, from, to);
    return text;
}

class WordPieceDecoder final : public Decoder {
public:
    WordPieceDecoder(std::string prefix, bool cleans_up)
        : prefix_(std::move(prefix)), cleans_up_(cleans_up)
    {
    }
    void decode(Tokens& tokens) const override
    {
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            std::string& token = tokens[i];
            if (i > 0 && token.starts_with(prefix_))
                token.erase(0, prefix_.size());
            else if (i > 0)
                token.insert(0, " ");
            if (cleans_up_)
                token = clean_up(std::move(token));
        }
    }

private:
    std::string prefix_;
    bool cleans_up_;
};

class BpeDecoder final : public Decoder {
public:
    explicit BpeDecoder(std::string suffix) : suffix_(std::move(suffix)) {}
    void decode(Tokens& tokens) const override
    {
        for (std::size_t i = 0; i < tokens.size(); ++i)
            tokens[i] = replace_all(tokens[i], suffix_, i + 1 == tokens.size() ? "" : " ");
    }

private:
    std::string suffix_;
};

/// Connectionist temporal classification (Graves et al. 2006): repetitions are one.
class CtcDecoder final : public Decoder {
public:
    CtcDecoder(std::string pad, std::string delimiter, bool cleans_up)
        : pad_(std::move(pad)), delimiter_(std::move(delimiter)), cleans_up_(cleans_up)
    {
    }
    void decode(Tokens& tokens) const override
    {
        const auto repeated = std::ranges::unique(tokens);
        tokens.erase(repeated.begin(), repeated.end());
        for (std::string& token : tokens) {
            token = replace_all(token, pad_, "");
            if (cleans_up_)
                token = replace_all(clean_up(std::move(token)), delimiter_, " ");
        }
        std::erase(tokens, std::string());
    }

private:
    std::string pad_;
    std::string delimiter_;
    bool cleans_up_;
};

} // namespace

std::string replace_all(std::string_view text, std::string_view from, std::string_view to)
{
    std::string result;
    std::size_t position = 0;
    while (!from.empty()) {
        const std::size_t found = text.find(from, position);
        if (found == std::string_view::npos)
            break;
        result.append(text.substr(position, found - position)).append(to);
        position = found + from.size();
    }
    return result.append(text.substr(position));
}

Result<DecoderPtr> make_word_decoder(const PartReader& part)
{
    const std::string type = part.type();
    if (type == "BPEDecoder") {
        LYCEUM_ASSIGN(std::string suffix, part.text("suffix", "</w>"));
        return DecoderPtr(std::make_unique<BpeDecoder>(std::move(suffix)));
    }
    if (type != "WordPiece" && type != "CTC")
        return part.unknown();
    LYCEUM_ASSIGN(const bool cleans_up, part.flag("cleanup", true));
    if (type == "WordPiece") {
        LYCEUM_ASSIGN(std::string prefix, part.text("prefix", "##"));
        return DecoderPtr(std::make_unique<WordPieceDecoder>(std::move(prefix), cleans_up));
    }
    LYCEUM_ASSIGN(std::string pad, part.text("pad_token", "<pad>"));
    LYCEUM_ASSIGN(std::string delimiter, part.text("word_delimiter_token", "|"));
    return DecoderPtr(
        std::make_unique<CtcDecoder>(std::move(pad), std::move(delimiter), cleans_up));
}

} // namespace lyceum::text
